import Foundation
import Planning
import Testing

/// docs/guards.md names every holder that there is, so that whoever sees a held action finds it there.
struct GuardDocumentTests {
  @Test func namesEveryHolder() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/guards.md"), encoding: .utf8)
    for holder in Action.Holder.allCases {
      #expect(text.contains("\n| `\(holder.rawValue)` |"), "docs/guards.md does not name \(holder.rawValue)")
    }
  }
}

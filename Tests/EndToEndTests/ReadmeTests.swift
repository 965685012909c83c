import Foundation
import Support
import Testing

/// Every command of the README's tour runs, in a fresh directory, in order.
@Suite(.timeLimit(.minutes(2))) struct ReadmeTests {
  @Test func tourRuns() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var place = folder.path
    for line in try tour() {
      for command in line.split(separator: "#")[0].components(separatedBy: "&&") {
        let words = command.split(separator: " ").map(String.init)
        if words.first == "cd" {
          place += "/" + words[1]
          continue
        }
        #expect(words.first == "hawker")
        let outcome = try await Program.run(Array(words.dropFirst()), in: place)
        #expect(outcome.status == 0, "\(command): \(outcome.out)\(outcome.err)")
      }
    }
  }

  private func tour() throws -> [Substring] {
    let readme = try String(contentsOfFile: Program.repository + "/README.md", encoding: .utf8)
    let marked = readme.components(separatedBy: "<!-- tested:")[1]
    let block = marked.components(separatedBy: "```sh\n")[1].components(separatedBy: "```")[0]
    return block.split(separator: "\n")
  }

  @Test func initNeverOverwrites() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    #expect(try await Program.run(["init"], in: folder.path).status == 0)
    try "mine".write(toFile: folder.path + "/hawker.yaml", atomically: true, encoding: .utf8)
    let again = try await Program.run(["init"], in: folder.path)
    #expect(again.status == 0 && again.out.contains("kept   hawker.yaml"))
    #expect(try String(contentsOfFile: folder.path + "/hawker.yaml", encoding: .utf8) == "mine")
  }
}

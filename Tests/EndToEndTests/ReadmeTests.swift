import Foundation
import Support
import Testing

/// What the documentation tells people to type, typed in a fresh directory; and what it says that hawker says, hawker says.
@Suite(.timeLimit(.minutes(4))) struct ReadmeTests {
  /// README.md and the guides that have blocks marked as tested.
  static let guides = {
    let folder = Program.repository + "/docs"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return (["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/" + $0 }).filter {
      text(of: $0).contains("<!-- tested")
    }
  }()

  private static func text(of guide: String) -> String {
    (try? String(contentsOfFile: Program.repository + "/" + guide, encoding: .utf8)) ?? ""
  }

  /// The blocks of one guide are one session: what the first leaves, the second finds. `# exit 3` at the end of a line is
  /// the exit code that it must have; without one it is 0.
  @Test(arguments: guides) func everyCommandOfTheGuideRuns(_ guide: String) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let script = try folder.write("guide.sh", Array(ReadmeTests.script(of: ReadmeTests.text(of: guide)).utf8))
    try FileManager.default.createDirectory(atPath: folder.path + "/desk", withIntermediateDirectories: true)
    let place = URL(filePath: Program.path).deletingLastPathComponent().path
    let outcome = try await Program.start(
      ["/bin/bash", script], in: folder.path + "/desk",
      environment: ["PATH": "\(place):/usr/bin:/bin", "HOME": folder.path, "GIT_CONFIG_GLOBAL": "/dev/null"])
    #expect(outcome.status == 0, "\(guide): \(outcome.out.suffix(2000))\(outcome.err.suffix(2000))")
  }

  private static func script(of guide: String) -> String {
    let blocks = guide.components(separatedBy: "<!-- tested").dropFirst().compactMap { part -> String? in
      let pieces = part.components(separatedBy: "```sh\n")
      return pieces.count > 1 ? pieces[1].components(separatedBy: "\n```")[0] : nil
    }
    let lines = blocks.joined(separator: "\n").split(separator: "\n").map { line in
      guard let exit = line.firstMatch(of: /# exit ([0-9]+)$/) else { return String(line) }
      return "code=0; \(line[..<exit.range.lowerBound]) || code=$?; [ $code = \(exit.1) ]"
    }
    return "set -e -o pipefail\ntrap 'echo \"line failed: $BASH_COMMAND\" >&2' ERR\n" + lines.joined(separator: "\n")
      + "\n"
  }

  /// The messages that docs/troubleshooting.md explains are the program's own words.
  @Test func theMessagesThatAreExplainedExist() throws {
    let rows = ReadmeTests.text(of: "docs/troubleshooting.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(rows.count > 15)
    let sources = Program.repository + "/Sources"
    let files = try FileManager.default.subpathsOfDirectory(atPath: sources).filter { $0.hasSuffix(".swift") }
    let texts = try files.map { try String(contentsOfFile: sources + "/" + $0, encoding: .utf8) }
    // A message that is broken over two lines of source is one here.
    let source = texts.joined().replacing(/"\s*\+ "/, with: "")
    for row in rows {
      let message = row.split(separator: "`")[1]
      for part in message.split(separator: "…").map({ $0.trimmingCharacters(in: .whitespaces) }) where part.count > 2 {
        let isSaid = source.contains(part)
        #expect(isSaid, "no source says: \(part)")
      }
    }
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

import Foundation
import Support
import Testing

/// The examples and the generated files say what the program says now; `scripts/docs` writes them anew.
struct ExampleTests {
  static let shops = list("examples").filter { !$0.hasPrefix(".") }
  static let problems = shops.flatMap { shop in
    list("examples/\(shop)").filter { $0.hasSuffix("problems.txt") }.map { "\(shop)/\($0)" }
  }
  static let commands = shops.flatMap { shop in
    ((try? text("examples/\(shop)/README.md")) ?? "").split(separator: "\n").filter { $0.hasPrefix("    hawker ") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  @Test(arguments: shops) func planIsAsCommitted(shop: String) async throws {
    let copy = try Copy()
    defer { copy.folder.remove() }
    let outcome = try await Program.run(
      ["plan", "--sandbox", "--config", "examples/\(shop)/hawker.yaml"], in: copy.folder.path)
    #expect(outcome.out == (try text("examples/\(shop)/plan.txt")))
    #expect(outcome.status == Self.status(shop))
    #expect(!FileManager.default.fileExists(atPath: "\(copy.folder.path)/examples/\(shop)/state"))
  }

  @Test(arguments: problems) func problemsAreAsCommitted(file: String) async throws {
    let copy = try Copy()
    defer { copy.folder.remove() }
    let config = file.hasSuffix("/problems.txt") ? "hawker.problems.txt" : file.split(separator: "/").last ?? ""
    let path = "examples/\(file.split(separator: "/")[0])/\(config.replacing(".problems.txt", with: ".yaml"))"
    let outcome = try await Program.run(["validate", "--sandbox", "--config", path], in: copy.folder.path)
    #expect(outcome.out == (try text("examples/\(file)")))
    #expect(outcome.status == 4)
  }

  @Test(arguments: commands) func commandOfAReadmeRuns(command: String) async throws {
    let copy = try Copy()
    defer { copy.folder.remove() }
    let arguments = command.split(separator: " ").dropFirst().map(String.init)
    let outcome = try await Program.run(arguments, in: copy.folder.path)
    #expect(outcome.status == Self.status(command), "\(command): \(outcome.err)")
    #expect(!outcome.out.isEmpty)
  }

  @Test(arguments: [("listing", "listing"), ("config", "hawker")])
  func schemaIsAsCommitted(kind: String, file: String) async throws {
    let outcome = try await Program.run(["schema", kind])
    #expect(outcome.status == 0)
    #expect(outcome.out == (try text("schema/\(file).schema.json")))
  }

  @Test func rulesAreAsCommitted() async throws {
    let outcome = try await Program.run(["schema", "rules"])
    #expect(outcome.out.split(separator: "\n").count > 60)
    #expect(try text("docs/rules.md").hasSuffix("\n\n" + outcome.out))
  }

  /// All of `scripts/docs` at once would write into the repository; docs/cli.md is held against each help here.
  @Test func helpIsAsCommitted() async throws {
    let committed = try text("docs/cli.md")
    for chapter in committed.components(separatedBy: "\n## hawker").dropFirst() {
      let parts = chapter.components(separatedBy: "\n```\n")
      let command = parts[0].split(whereSeparator: \.isWhitespace).map(String.init)
      let outcome = try await Program.run(["help"] + command, environment: ["COLUMNS": "80"])
      #expect(outcome.out.trimmingCharacters(in: .newlines) == parts[1], "\(command)")
    }
  }

  @Test func thereIsSomethingToTest() {
    #expect(Self.shops.count >= 3)
    #expect(Self.problems.count >= 3)
    #expect(Self.commands.count >= 6)
    #expect(((try? text("docs/cli.md")) ?? "").components(separatedBy: "\n## hawker").count > 12)
  }

  /// Of a plan or a validation: the mistakes are invalid, everything else is fine.
  private static func status(_ text: String) -> Int32 { text.contains("mistakes") ? 4 : 0 }

  private static func list(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(Program.repository)/\(folder)")) ?? []).sorted()
  }
}

/// The examples somewhere else, without the state that trying them out leaves behind.
private struct Copy {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let files = FileManager.default
    try files.copyItem(atPath: "\(Program.repository)/examples", toPath: "\(folder.path)/examples")
    for shop in ExampleTests.shops { try? files.removeItem(atPath: "\(folder.path)/examples/\(shop)/state") }
  }
}

private func text(_ path: String) throws -> String {
  try String(contentsOfFile: "\(Program.repository)/\(path)", encoding: .utf8)
}

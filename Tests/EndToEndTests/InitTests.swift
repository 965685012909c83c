import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(2))) struct InitTests {
  private func shop(_ arguments: String..., in folder: TemporaryFolder) async throws -> Program.Outcome {
    try await Program.run(["init"] + arguments, in: folder.path)
  }

  @Test func aNewShopsOwnChecksAreGreen() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    #expect(try await shop("--ci", "github", in: folder).status == 0)
    let workflow = try String(contentsOfFile: folder.path + "/.github/workflows/listings.yml", encoding: .utf8)
    let steps = workflow.split(separator: "\n").compactMap { $0.firstRange(of: "- run: hawker ").map { $0.upperBound } }
    #expect(steps.count == 2)
    for command in [["validate"], ["plan", "--format", "github"], ["plan", "--format", "markdown"]] {
      #expect(workflow.contains("run: hawker \(command.joined(separator: " "))"))
      let check = try await Program.run(command, in: folder.path)
      let words = command.last == "markdown" ? "web.public\\_url" : "listing/photo-public-url"
      #expect(check.status == 0 && (check.out + check.err).contains(words), "\(check)")
    }
  }

  @Test func anIgnoreListOfTheSellersGetsWhatIsMissing() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/.gitignore"
    try "node_modules/\nstate".write(toFile: path, atomically: true, encoding: .utf8)
    let first = try await shop(in: folder)
    #expect(first.status == 0 && first.out.contains("in .gitignore"), "\(first)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "node_modules/\nstate\n/listings/.hawker\n")
    #expect(try await shop(in: folder).out.contains("kept   .gitignore (it was there)"))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "node_modules/\nstate\n/listings/.hawker\n")
  }

  @Test func theShopThatIsNamedGetsTheNewJournal() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    #expect(try await shop("here", in: folder).status == 0)
    #expect(try await shop("there", in: folder).status == 0)
    let here = folder.path + "/here"
    let new = try await Program.run(["init", "../there", "--new-journal", "--yes"], in: here)
    #expect(new.status == 0 && new.out.contains("there/state: a new journal"), "\(new)")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/there/listings/.hawker"))
    #expect(!FileManager.default.fileExists(atPath: here + "/listings/.hawker"))
    let adopted = try await Program.run(["init", "../there", "--adopt-root", "--yes"], in: here)
    #expect(adopted.status == 0 && adopted.out.contains("there/listings/.hawker: marked"), "\(adopted)")
  }

  @Test(arguments: [["apply", "--yes"], ["run"], ["run", "--once"]]) func aFolderThatIsNoShopStaysAsItIs(
    _ words: [String]
  ) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let refused = try await Program.run(words + ["--sandbox"], in: folder.path)
    #expect(refused.status == 3 && refused.err.contains("`hawker init` makes one here"), "\(refused)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func whatCanNotBeMeantIsRefused() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    #expect(try await shop("--config", "other.yaml", in: folder).status == 64)
    #expect(try await shop("", in: folder).status == 64)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    #expect(try await shop("with space", in: folder).out.contains("cd 'with space' && hawker plan"))
  }
}

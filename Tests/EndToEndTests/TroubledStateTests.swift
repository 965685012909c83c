import Foundation
import Support
import Testing

/// A journal that is lost, older, or damaged is told of by every command, in the same words and with the same code.
@Suite(.timeLimit(.minutes(3))) struct TroubledStateTests {
  @Test func aLostJournalIsNotTakenForNone() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for name in ["journal-000001.jsonl", "head.json"] { try shop.remove("state/sandbox/\(name)") }
    for words in [
      ["apply", "--yes"], ["status"], ["hold", "lamp"], ["forget", "lamp"], ["log"], ["state", "verify"],
      ["state", "compact"], ["state", "export"],
    ] {
      let outcome = try await Program.run(words + ["--sandbox"], in: shop.path)
      #expect(outcome.status == 7 && outcome.err.contains("there is no journal, but"), "\(words): \(outcome)")
    }
    let plan = try await shop.hawker("plan", "--sandbox")
    #expect(plan.status == 0 && plan.out.contains("6 create"))
    #expect(plan.err.contains("`apply` would refuse this plan (exit 7)"))
    let json = try await shop.hawker("status", "--sandbox", "--format", "json")
    try isError(json, 7, "there is no journal, but")
  }

  @Test func anOlderCopyIsTold() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let names = ["state/sandbox/journal-000001.jsonl", "state/sandbox/head.json"]
    let older = try names.map { ($0, try shop.read($0)) }
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "33.00"))
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    for (name, text) in older { try shop.write(name, text) }
    for words in [["plan"], ["status"], ["hold", "lamp"], ["log"], ["state", "verify"]] {
      let outcome = try await Program.run(words + ["--sandbox"], in: shop.path)
      let said = outcome.out + outcome.err
      #expect(outcome.status == 7 && said.contains("the journal ends at entry"), "\(words): \(outcome)")
      #expect(!said.contains("hawker import") && !said.contains("all intact"), "\(words): \(outcome)")
    }
  }

  @Test func theLogOfADamagedJournalIsShownAsFarAsItGoes() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    #expect(try await shop.hawker("apply", "--sandbox", "--yes").status == 0)
    let path = "state/sandbox/journal-000001.jsonl"
    var lines = try shop.read(path).split(separator: "\n", omittingEmptySubsequences: false)
    lines[4] = lines[4].replacing("\"at\":\"2", with: "\"at\":\"3")[...]
    try shop.write(path, lines.joined(separator: "\n"))
    let log = try await shop.hawker("log", "--sandbox")
    #expect(log.status == 7)
    #expect(log.out.split(separator: "\n").count == 4)
    #expect(log.err.contains("\(path):5: ") && log.err.contains("hawker state verify"))
    // What is readable is the result; the error stands beside it.
    let json = try await shop.hawker("log", "--sandbox", "--format", "json")
    #expect(json.status == 7 && json.out.split(separator: "\n").count == 4)
    try isError(try await shop.hawker("plan", "--sandbox", "--format", "json"), 7, "state verify --sandbox")
    try isError(try await shop.hawker("apply", "--sandbox", "--yes", "--format", "json"), 7, ":5: ")
  }

  @Test func aBrokenConfigIsADocumentToo() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write("hawker.yaml", try shop.read("hawker.yaml") + "gards: {}\n")
    for command in ["plan", "status", "log", "show"] {
      let arguments = [command] + (command == "show" ? ["lamp"] : []) + ["--sandbox", "--format", "json"]
      let document = try isError(try await Program.run(arguments, in: shop.path), 4, "the config has errors")
      let problems = try #require(document["problems"] as? [[String: Any]])
      #expect(problems.count == 1 && problems.first?["file"] as? String == "hawker.yaml", "\(command)")
    }
  }

  @discardableResult
  private func isError(_ outcome: Program.Outcome, _ code: Int, _ text: String) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(outcome.out.utf8)) as? [String: Any]
    let document = try #require(json, "\(outcome)")
    #expect(Int(outcome.status) == code && document["exit"] as? Int == code, "\(outcome)")
    #expect(document["format"] as? String == "hawker.error/1")
    #expect((document["message"] as? String)?.contains(text) == true && outcome.err.contains(text), "\(outcome)")
    return document
  }
}

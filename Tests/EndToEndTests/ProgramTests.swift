import Testing

struct ProgramTests {
  @Test func tellsItsVersion() async throws {
    let outcome = try await Program.run(["version"])
    #expect(outcome.status == 0)
    #expect(outcome.out == "0.1.0\n")
    #expect(outcome.err.isEmpty)
  }

  @Test func refusesAWrongCommandLine() async throws {
    let outcome = try await Program.run(["version", "--nonsense"])
    #expect(outcome.status == 64)
    #expect(outcome.out.isEmpty)
    #expect(outcome.err.contains("--nonsense"))
  }
}

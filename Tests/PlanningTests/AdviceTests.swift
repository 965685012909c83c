import Planning
import Testing

/// What a text tells to type works where it is told.
struct AdviceTests {
  @Test(arguments: [
    ("withdraw: held (hawker release lamp)", "withdraw: held (hawker release --sandbox lamp)"),
    ("`hawker apply` does it", "`hawker apply --sandbox` does it"),
    ("hawker release a; hawker release b", "hawker release --sandbox a; hawker release --sandbox b"),
    ("hawker release --scope", "hawker release --sandbox --scope"),
    ("run `hawker state verify`.", "run `hawker state verify --sandbox`."),
    ("hawker apply --enforce puts it back", "hawker apply --sandbox --enforce puts it back"),
  ])
  func aCommandGetsTheFlag(_ text: String, _ expected: String) {
    #expect(Advice.inSandbox(text) == expected)
    // Twice is once.
    #expect(Advice.inSandbox(expected) == expected)
  }

  /// They take no `--sandbox`, or are no command.
  @Test(arguments: [
    "", "hawker", "hawker ", "run `hawker connect facebook`", "by hawker 0.1.0", "the hawker releases it",
    "`hawker init --new-journal`", "my-hawker plan", "another hawker holds the state", "hawker state of things",
    "hawker.yaml", "a street hawker", "hawker schema listing",
  ])
  func nothingElseIsTouched(_ text: String) { #expect(Advice.inSandbox(text) == text) }
}

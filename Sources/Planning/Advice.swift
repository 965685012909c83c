import Listings

/// Makes the commands that a text names such as can be pasted. On the sandbox each needs `--sandbox`: without it the
/// command would reach for the real shop. One place for all of them; the texts themselves are worded where they arise.
package enum Advice {
  /// The commands that take `--sandbox`.
  private static let verbs: Set<Substring> = [
    "plan", "apply", "run", "status", "show", "log", "sold", "pull", "hold", "release", "forget", "resolve", "approve",
    "validate",
  ]
  private static let stateVerbs: Set<Substring> = ["verify", "compact", "export"]

  /// `hawker release lamp` → `hawker release --sandbox lamp`.
  package static func inSandbox(_ text: String) -> String {
    var (result, rest) = ("", text[...])
    while let found = rest.firstRange(of: "hawker ") {
      let isWord = rest[..<found.lowerBound].last.map { !$0.isLetter && !$0.isNumber && !"-./".contains($0) } ?? true
      result += rest[..<found.upperBound]
      rest = rest[found.upperBound...]
      guard isWord, let end = command(rest) else { continue }
      result += rest[..<end]
      rest = rest[end...]
      if !rest.hasPrefix(" --sandbox") { result += " --sandbox" }
    }
    return result + rest
  }

  /// The end of the command's name, when it is one that takes the flag.
  private static func command(_ text: Substring) -> Substring.Index? {
    let verb = word(text)
    if verb == "state" {
      let second = word(text[verb.endIndex...].dropFirst())
      return stateVerbs.contains(second) ? second.endIndex : nil
    }
    return verbs.contains(verb) ? verb.endIndex : nil
  }

  private static func word(_ text: Substring) -> Substring { text.prefix { $0.isASCII && $0.isLowercase } }
}

extension Plan {
  /// The same plan on the sandbox: what it says to type works there.
  package func inSandbox() -> Plan {
    var plan = self
    // By index: going through the actions would copy each.
    for index in plan.actions.indices where plan.actions[index].hold != nil {
      if let text = plan.actions[index].hold?.text { plan.actions[index].hold?.text = Advice.inSandbox(text) }
    }
    for index in plan.guards.indices {
      plan.guards[index].override = Advice.inSandbox(plan.guards[index].override)
      plan.guards[index].text = Advice.inSandbox(plan.guards[index].text)
    }
    for index in plan.problems.indices {
      plan.problems[index].message = Advice.inSandbox(plan.problems[index].message)
    }
    return plan
  }
}

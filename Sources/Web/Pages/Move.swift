import Listings

/// Something that a seller can do with one button: the form, and the command that does the same.
struct Move {
  /// Unique on its page, so that the focus finds it again when a part of the page is made anew.
  var id: String
  /// What the button says.
  var label: String
  var decision: String
  /// What the form sends besides: name and value.
  var fields: [Field]
  var inputs: [Input] = []
  /// Asked before it is sent; nil: not asked.
  var confirm: String?
  var isDangerous = false
  /// The button that most want.
  var isMain = false

  struct Field {
    var name: String
    var value: String
  }

  struct Input {
    var name: String
    var label: String
    var hint: String
    var isRequired: Bool
    /// What a phone's keyboard should be: `text` or `decimal`.
    var mode = "text"
    /// What can be chosen instead of typed; none: it is typed.
    var choices: [Choice] = []
    var isChosen = false

    struct Choice {
      var value: String
      var label: String
    }
  }

  init(_ label: String, _ decision: String, _ fields: KeyValuePairs<String, String?>, at place: String) {
    self.label = label
    self.decision = decision
    self.fields = fields.compactMap { name, value in value.map { Field(name: name, value: $0) } }
    id = ([place, decision] + self.fields.map(\.value)).joined(separator: "__")
      .map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? String($0) : "." }.joined()
  }

  func asking(_ text: String) -> Move { with { ($0.confirm, $0.isDangerous) = (text, true) } }
  func taking(_ inputs: Input...) -> Move { with { $0.inputs = inputs } }
  var first: Move { with { $0.isMain = true } }

  private func with(_ change: (inout Move) -> Void) -> Move {
    var move = self
    change(&move)
    return move
  }
}

extension Move.Input {
  static let price = Move.Input(
    name: "price", label: "Price (optional)", hint: "430.00", isRequired: false, mode: "decimal")
  static let reason = Move.Input(
    name: "reason", label: "Why (optional)", hint: "on loan until Friday", isRequired: false)
  /// Where it was sold; empty: elsewhere.
  static func place(_ accounts: [String]) -> Move.Input {
    Move.Input(
      name: "account", label: "Sold on", hint: "", isRequired: false,
      choices: accounts.map { Choice(value: $0, label: $0) } + [Choice(value: "", label: "elsewhere")], isChosen: true)
  }
  static func remote(_ account: String) -> Move.Input {
    Move.Input(name: "remote", label: "Its id on \(account)", hint: "10001_77", isRequired: true)
  }
}

import Listings
import Marketplaces
import Planning

/// Whether the shop is in step with its files, or getting there; else what is wrong, in words that tell nothing of the
/// listings: anybody may ask.
struct Readiness: Sendable {
  enum State: String, Sendable {
    case inSync = "in-sync"
    case working
    case troubled
  }

  struct Trouble: Hashable, Sendable {
    var code: String
    var text: String
  }

  let troubles: [Trouble]
  let state: State

  /// Guards that keep a shop from being what its files say.
  private static let grave: Set<Action.Holder> = [.withdrawals, .emptied, .updates, .scope, .rejections]

  init(_ view: ShopView) {
    var troubles: [Trouble] = []
    if view.wanted == nil { troubles.append(.init(code: "starting", text: "the files have not been looked at yet")) }
    if let root = view.wanted?.root, root != .seen {
      troubles.append(.init(code: "root", text: "the listings folder can't be seen as a whole"))
    }
    if view.configProblems.contains(where: { $0.severity == .error }) {
      troubles.append(.init(code: "config", text: "hawker.yaml has errors; the last good one is in force"))
    }
    for report in view.plan?.guards ?? [] where report.isTripped && !report.isLifted {
      guard Readiness.grave.contains(report.name) else { continue }
      let trouble = Trouble(code: "guard", text: "the guard \(report.name.rawValue) waits for a person")
      if !troubles.contains(trouble) { troubles.append(trouble) }
    }
    for account in view.accounts where account.isEnabled {
      if let why = Readiness.trouble(of: account) { troubles.append(.init(code: "account", text: why)) }
    }
    self.troubles = troubles
    let isWorking = view.inFlight > 0 || view.queued > 0 || view.plan?.hasChanges ?? false
    state = !troubles.isEmpty ? .troubled : isWorking ? .working : .inSync
  }

  private static func trouble(of account: AccountHealth) -> String? {
    switch account.token {
    case .missing, .dead: "\(account.name) needs connecting"
    case .unknown, .good: account.stop == nil ? nil : "\(account.name) has stopped"
    }
  }

  /// As an array.
  func write(to json: inout JSONWriter) {
    json.array { json in
      for trouble in troubles {
        json.object { json in
          json.field("code", trouble.code)
          json.field("text", trouble.text)
        }
      }
    }
  }

  var answer: WebAnswer {
    .json(state == .troubled ? 503 : 200) { json in
      json.field("ready", state != .troubled)
      json.field("state", state.rawValue)
      json.key("troubles")
      write(to: &json)
    }
  }
}

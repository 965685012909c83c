import Journaling
import Listings
import Planning

/// What settles a hold: buttons, a command, or what to do in a file. One for every way to be held.
struct Settling {
  /// A short name of what is wrong: "Refused by facebook".
  var title: String
  /// What the seller does when no button does it.
  var advice: String?
  var commands: [String] = []
  var moves: [Move] = []

  /// What is held, by whom.
  struct Case {
    var holder: Action.Holder
    var listing: String
    /// Nil: on all its accounts alike.
    var account: String?
    /// The hold is in the journal, not in the file.
    var isRecorded = true
    /// The plan's short id, where approving it helps.
    var plan = ""
  }

  /// `place`: where on the page, for the names of forms.
  init(_ held: Case, at place: String) {
    let (holder, id, account) = (held.holder, held.listing, held.account)
    title = Settling.title(holder, account ?? "its marketplaces")
    func release(_ label: String) -> Move {
      Move(label, "release", ["listing": id, "account": account], at: place).first
    }
    let command = "hawker release \(id)" + (account.map { " --account \($0)" } ?? "")
    switch holder {
    case .withdrawals, .emptied, .updates: approve(holder, held.plan, place)
    case .scope: leaveScope(place)
    case .hold where held.isRecorded: (commands, moves) = ([command], [release("Release")])
    case .hold: advice = "Take `hold:` out of its file."
    case .priceDrop: (commands, moves) = ([command], [release("Accept the new price")])
    case .rejected:
      advice = "Change the file; it is then sent again by itself."
      (commands, moves) = ([command], [release("Send it again as it is")])
    case .rejections:
      advice = "Change what is refused. New posts go on by themselves when a day has passed."
      (commands, moves) = ([command], [release("Post this one all the same")])
    case .adopt:
      advice = "Correct `adopt:` in its file."
      (commands, moves) = ([command], [release("Try again")])
    case .sold:
      advice = "Say `status: sold` in its file."
      (commands, moves) = ([command], [release("Offer it again")])
    case .gone:
      advice = "To let it go, take its file away, or have it say `status: sold`."
      commands = [command, "hawker sold \(id)" + (account.map { " --account \($0)" } ?? "")]
      moves = [release("Post it again"), Move.sold(id, account, at: place)]
    case .unsettled: resolve(id, account ?? "", place)
    case .oversold:
      advice = "Tell one of the buyers, then confirm it."
      (commands, moves) = ([command], [release("One of them knows")])
    case .drift, .conflict: drift(holder, id, account)
    case .retry:
      advice = "It is tried again by itself."
      moves = [Move("Try now", "retry", ["listing": id, "account": account], at: place).first]
    case .root, .protect, .grace, .git, .unseen, .replace, .idChanged, .rollout, .daily:
      advice = Settling.advice(holder)
    }
  }

  private mutating func approve(_ holder: Action.Holder, _ plan: String, _ place: String) {
    let what = holder == .updates ? "updates" : "withdrawals"
    advice =
      holder == .updates ? "If a default was changed by mistake, change it back." : "If files are lost, put them back."
    commands = ["hawker approve \(plan)"]
    moves = [
      Move("Approve these \(what)", "approve", ["plan": plan], at: place).first
        .asking("All held \(what) of plan \(plan) go ahead at once. Posts that are withdrawn can't be brought back.")
    ]
  }

  /// What the file says, or what stands there: the command line shows the difference first.
  private mutating func drift(_ holder: Action.Holder, _ id: String, _ account: String?) {
    let place = account.map { " --account \($0)" } ?? ""
    advice = "Take the change into the file, or have the file's words put back."
    commands = ["hawker pull \(id)\(place)", "hawker apply --enforce"]
  }

  private mutating func leaveScope(_ place: String) {
    advice = "If hawker.yaml was changed by mistake, change it back."
    commands = ["hawker release --scope", "hawker release --scope --forget"]
    moves = [
      Move("Withdraw them", "release-scope", ["withdraw": "true"], at: place)
        .asking("Every post that hawker.yaml no longer covers is taken off its marketplace."),
      Move("Forget them", "release-scope", ["withdraw": "false"], at: place)
        .asking("The posts stay on their marketplaces and hawker no longer knows them."),
    ]
  }

  private mutating func resolve(_ id: String, _ account: String, _ place: String) {
    advice = "Look on \(account) whether the post is there, then say what you saw."
    commands = ["--posted REMOTE_ID", "--not-posted"].map { "hawker resolve \(id) --account \(account) \($0)" }
    moves = [
      Move("It is there", "resolve", ["listing": id, "account": account], at: place).first.taking(.remote(account)),
      Move("It is not there", "resolve", ["listing": id, "account": account, "not_posted": "1"], at: place)
        .asking("If it is there after all, it may be posted a second time."),
    ]
  }

  private static func advice(_ holder: Action.Holder) -> String {
    switch holder {
    case .root: "Bring the listings folder back. If it was moved on purpose: hawker init --adopt-root"
    case .protect: "Bring the file back, or have it say `protect: false` first."
    case .grace: "If the file (or the `_defaults.yaml`) comes back in time, nothing is sent."
    case .git: "It goes on when git has finished."
    case .unseen: "Mend what can't be read, or take it out of the listings: its file may have moved there."
    case .replace: "Say `replace: allow` in its file for a new post with a new id."
    case .idChanged: "Say `moved_from:` with the old id in its file, or give it another title."
    case .rollout: "It is sent when `sync.rollout` grows."
    default: "It is sent when a day has passed, or when `new_posts_per_day` grows."
    }
  }

  private static func title(_ holder: Action.Holder, _ account: String) -> String {
    switch holder {
    case .withdrawals: "Many files went away"
    case .emptied: "Every post of an account would go"
    case .root: "The listings folder is not there"
    case .protect: "Protected, and its file is gone"
    case .scope: "hawker.yaml no longer covers this"
    case .grace: "Waiting for its file or its defaults to come back"
    case .git: "Waiting for git"
    case .unseen: "Its file is gone, or where it can't be read"
    case .updates: "Many posts would change at once"
    case .priceDrop: "A large price drop"
    case .sold: "Sold elsewhere, but its file still offers it"
    case .rejections: "\(account) refused too many new posts"
    case .rejected: "Refused by \(account)"
    case .gone: "No longer on \(account)"
    case .unsettled: "Unclear whether it arrived on \(account)"
    case .replace: "Needs a new post"
    case .adopt: "Can't be taken over on \(account)"
    case .idChanged: "Looks like another listing under a new id"
    case .hold: "Held by you"
    case .oversold: "Sold twice"
    case .drift: "Changed on \(account)"
    case .conflict: "Changed on \(account) and in its file"
    case .rollout: "Not in the rollout yet"
    case .retry: "Failed on \(account), will be tried again"
    case .daily: "New posts for today are used up"
    }
  }
}

extension Move {
  /// It was sold there, and nowhere else.
  static func sold(_ listing: String, _ account: String?, at place: String) -> Move {
    Move(account.map { "Sold on \($0)" } ?? "Sold", "sold", ["listing": listing, "account": account], at: place)
      .asking("It is withdrawn from every other marketplace at once.").taking(.price)
  }

  /// It was sold on one of these, or elsewhere.
  static func sold(_ listing: String, onOneOf accounts: [String], at place: String) -> Move {
    Move("Mark as sold", "sold", ["listing": listing], at: place)
      .asking("It is withdrawn from every other marketplace at once.").taking(.place(accounts), .price)
  }

  static func hold(_ listing: String, at place: String) -> Move {
    Move("Hold", "hold", ["listing": listing], at: place).taking(.reason)
  }
}

/// Actions that one word of the seller settles.
struct HeldGroup: Sendable {
  let holder: Action.Holder
  /// Places in `plan.actions`, at least one.
  var actions: [Int]
  /// The plan's short id, where approving it is what helps.
  var plan = ""

  /// What needs a person; what one decision settles for the whole shop is one group.
  static func all(in plan: Plan?) -> [HeldGroup] {
    guard let plan else { return [] }
    return all(in: plan, plan.actions.indices) { $0.needsPerson }
  }

  /// What holds these actions.
  static func all(
    in plan: Plan, _ indices: some Sequence<Int>, where isWanted: (Action.Holder) -> Bool = { _ in true }
  ) -> [HeldGroup] {
    var groups: [HeldGroup] = []
    var shared: [Action.Holder: Int] = [:]
    var alike: [[String]: Int] = [:]
    for index in indices {
      guard let holder = plan.actions[index].hold?.by, isWanted(holder), holder != .root else { continue }
      guard holder.isShared else {
        let name = [plan.actions[index].key.listing, holder.rawValue]
        if holder.isOfListing, let place = alike[name] {
          groups[place].actions.append(index)
        } else {
          alike[name] = groups.count
          groups.append(HeldGroup(holder: holder, actions: [index]))
        }
        continue
      }
      if let place = shared[holder] {
        groups[place].actions.append(index)
      } else {
        shared[holder] = groups.count
        groups.append(HeldGroup(holder: holder, actions: [index]))
      }
    }
    if !shared.isEmpty {
      let name = String(plan.id.dropFirst("sha256:".utf8.count).prefix(12))
      for place in shared.values { groups[place].plan = name }
    }
    return groups.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
  }

  /// One decision is for all of them.
  var isShared: Bool { holder.isShared }

  private var rank: Int { holder.isShared ? 0 : holder == .git ? 2 : 1 }
}

extension Action.Holder {
  /// What is held on two accounts is one thing to decide.
  fileprivate var isOfListing: Bool {
    switch self {
    case .gone, .unsettled, .rejected, .rejections, .adopt, .retry, .drift, .conflict: false
    default: true
    }
  }

  /// One decision is for all that it holds.
  fileprivate var isShared: Bool {
    switch self {
    case .withdrawals, .emptied, .updates, .scope, .git: true
    default: false
    }
  }
}

import Journaling
import Listings
import Marketplaces
import Planning

/// Every problem of the files, the config's first.
enum Problems {
  static func all(_ view: ShopView) -> [Problem] {
    let problems = view.wanted?.problems ?? []
    // Not even empty: the sum would be a copy of them all.
    return view.configProblems.isEmpty ? problems : view.configProblems + problems
  }
}

struct ProblemLine {
  var severity: String
  var tone: String
  var place: String
  var message: String
  var rule: String
  var listing: String?
  var href: String?
  var account: String?

  init(_ problem: Problem, _ catalogue: Catalogue) {
    severity = problem.severity == .error ? "Error" : "Warning"
    tone = problem.severity == .error ? "bad" : "wait"
    place = Words.cut(problem.place, 300)
    message = Words.cut(problem.message, 600)
    rule = problem.rule
    account = problem.account
    listing = problem.listing
    href = problem.listing.flatMap { catalogue[$0] == nil ? nil : Address.listing($0) }
  }
}

struct ProblemsPage {
  var frame: Frame
  var problems: [ProblemLine]
  var pager: Pager?

  init(_ scene: Scene) {
    frame = Frame("Problems", scene)
    let all = Problems.all(scene.view)
    let paging = Paging(total: all.count, size: 100, asked: scene.request.query["page"])
    problems = all[paging.range].map { ProblemLine($0, scene.catalogue) }
    pager = Pager(paging, Address("/problems", [:]))
  }
}

extension AccountHealth {
  /// Whether nothing works there until a person has run `hawker connect`.
  var needsConnecting: Bool {
    switch token {
    case .missing, .dead: true
    case .unknown, .good: false
    }
  }
}

struct AccountCard {
  var name: String
  var marketplace: String
  var identity: String?
  var state: PostState
  var token: String
  var checked: Moment?
  var trouble: String?
  var command: String?
  var live: String

  init(_ account: AccountHealth, _ live: Int, now: Timestamp) {
    name = account.name
    marketplace = account.marketplace
    identity = account.identity.map { Words.cut($0, 80) }
    checked = account.checkedAt.map(Moment.init)
    self.live = Words.count(live, "live post")
    command = account.needsConnecting ? "hawker connect \(account.name)" : nil
    token = AccountCard.words(account.token, now)
    trouble = account.stop.map { Words.cut($0.message, 300) }
    if case .dead(let why) = account.token, trouble == nil { trouble = Words.cut(why, 300) }
    if !account.isEnabled {
      state = PostState("Switched off", "idle")
    } else if account.needsConnecting {
      state = PostState("Needs connecting", "bad")
    } else if account.stop != nil {
      state = PostState("Stopped", "bad")
    } else if let until = account.pausedUntil, until > now {
      state = PostState("Waiting for \(Words.span(until.duration(since: now)))", "wait")
    } else {
      state = PostState(
        account.token == .unknown ? "Not asked yet" : "Working", account.token == .unknown ? "idle" : "good")
    }
  }

  private static func words(_ token: AccountHealth.Token, _ now: Timestamp) -> String {
    switch token {
    case .unknown: "Token not checked yet"
    case .missing: "No token"
    case .good(nil): "Token good, without an end"
    case .good(let until?): "Token good for \(Words.span(until.duration(since: now)))"
    case .dead: "Token dead"
    }
  }
}

struct ExposureLine {
  var title: String
  var href: String
  var sold: String
  var soldAt: Moment
  var rest: String
  var tone: String

  init(_ exposure: Exposure, _ title: String?, now: Timestamp) {
    self.title = Words.cut(title ?? exposure.key.listing, 120)
    href = Address.listing(exposure.key.listing)
    soldAt = Moment(exposure.soldAt)
    sold = "on \(exposure.soldOn ?? "another place")"
    let account = exposure.key.account
    if let end = exposure.endedAt {
      rest = "was live on \(account) for \(Words.span(end.duration(since: exposure.soldAt))) more"
      tone = "idle"
    } else {
      rest = "still live on \(account) for \(Words.span(now.duration(since: exposure.soldAt)))"
      tone = "bad"
    }
  }

  /// Those that are open, then those of the last day, the newest first.
  static func all(_ scene: Scene) -> [ExposureLine] {
    let now = scene.view.now
    let open = scene.view.exposures.filter { $0.endedAt == nil }
    let ended = scene.view.exposures.reversed().filter {
      $0.endedAt.map { now.duration(since: $0) < .seconds(86_400) } ?? false
    }
    return (open.prefix(20) + ended.prefix(max(0, 5 - open.count))).map {
      ExposureLine($0, scene.title(of: $0.key.listing), now: now)
    }
  }
}

struct ActivityLine {
  var at: Moment
  var level: String
  var word: String
  var text: String
  var href: String?

  init(_ activity: Activity) {
    at = Moment(activity.at)
    level = activity.level.rawValue
    word =
      switch activity.level {
      case .info: "Note"
      case .good: "Done"
      case .warning: "Warning"
      case .error: "Error"
      }
    text = Words.cut(activity.text, 400)
    href = activity.listing.map(Address.listing)
  }
}

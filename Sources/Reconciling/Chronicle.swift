import Executing
import Journaling
import Listings
import Logging
import Marketplaces
import Planning

/// What the daemon tells its log: each thing once, when it changes, not at every look.
struct Chronicle {
  private let logger: Logger
  private var problems: Set<Problem> = []
  private var holds: Set<String> = []
  private var guards: Set<String> = []
  private var configProblems: [Problem] = []
  private var inSync: String?

  init(_ logger: Logger) { self.logger = logger }

  mutating func refused(_ found: [Problem]) {
    guard found != configProblems else { return }
    configProblems = found
    tell(found)
    logger.error("the config has errors: the last good one stays in force")
  }

  mutating func accepted() {
    if !configProblems.isEmpty { logger.notice("the config is good again") }
    configProblems = []
  }

  /// Something was begun that no plan of the whole shop shows: when it is done, that is to be told.
  mutating func begun() { inSync = nil }

  mutating func planned(_ plan: Plan, accounts: Int, isBusy: Bool) {
    // What can't be seen has no problems to tell of.
    if plan.guards.contains(where: { $0.name == .root }) {
      inSync = nil
      return tellGuards(plan)
    }
    let found = Set(plan.problems)
    tell(plan.problems.filter { !problems.contains($0) })
    let hadErrors = problems.contains { $0.severity == .error }
    if hadErrors, !plan.hasErrors { logger.notice("no errors are left in the listings") }
    problems = found
    tellGuards(plan)
    tellHolds(plan)
    tellSync(plan, accounts, isBusy)
  }

  /// Again whenever it says something else, and when a guard lets go.
  private mutating func tellSync(_ plan: Plan, _ accounts: Int, _ isBusy: Bool) {
    guard !plan.hasChanges, !isBusy, !plan.guards.contains(where: \.stopsAShop) else { return inSync = nil }
    let summary = plan.summary
    let posts = summary[.unchanged]
    let listings = Set(plan.actions.filter { $0.kind == .unchanged }.map(\.key.listing)).count
    let held = summary.held > 0 ? ", \(summary.held) held" : ""
    // What has an error stays as it is, and is neither of these.
    let problems = summary.problems > 0 ? ", \(summary.problems, of: "problem")" : ""
    let counts = "\(listings, of: "listing"), \(posts, of: "post") on \(accounts, of: "account")"
    let text = "in sync: \(counts)\(held)\(problems)"
    if text != inSync { logger.notice("\(text)") }
    inSync = text
  }

  private mutating func tellGuards(_ plan: Plan) {
    let tripped = plan.guards.filter { $0.isTripped && !$0.isLifted }
    for report in tripped where !guards.contains(report.text) {
      let level: Logger.Level = report.name.needsPerson ? .error : .notice
      logger.log(level: level, "guard \(report.name.rawValue): \(Escaping.line(report.text))\(report.way)")
    }
    guards = Set(tripped.map(\.text))
  }

  private mutating func tellHolds(_ plan: Plan) {
    var now: Set<String> = []
    for action in plan.actions {
      guard let hold = action.hold, !Chronicle.toldByGuard.contains(hold.by) else { continue }
      let text = "\(action.key): held by \(hold.by.rawValue): \(hold.text)"
      now.insert(text)
      if !holds.contains(text), hold.by.needsPerson { logger.warning("\(Escaping.line(text))") }
    }
    holds = now
  }

  /// One line of the guard says it for all of them.
  fileprivate static let toldByGuard: Set<Action.Holder> = [
    .withdrawals, .emptied, .updates, .scope, .git, .rejections, .unseen,
  ]

  /// What one look may tell: a default that breaks a thousand listings is one thing to know.
  private static let problemLimit = 20

  private func tell(_ found: [Problem]) {
    let sorted = found.filter { $0.severity == .error } + found.filter { $0.severity != .error }
    for problem in sorted.prefix(Chronicle.problemLimit) { tell(problem) }
    if sorted.count > Chronicle.problemLimit {
      logger.warning("and \(sorted.count - Chronicle.problemLimit) more problems; `hawker validate` shows them all")
    }
  }

  private func tell(_ problem: Problem) {
    let text = "\(problem.place): \(problem.message) [\(problem.rule)]"
    if problem.severity == .error {
      logger.error("\(Escaping.line(text))")
    } else {
      logger.warning("\(Escaping.line(text))")
    }
  }

  static func tell(_ event: ExecutionEvent, _ logger: Logger) {
    switch event {
    case .started, .overtaken, .foundDone, .idle: break
    case .finished(let result): tell(result, logger)
    case .stopped(let account, let failure):
      logger.error("\(account) stopped: \(Escaping.line(failure.message))", metadata: ["account": "\(account)"])
    case .waiting(let account, let until, let why):
      logger.warning("\(account) waits until \(until): \(Escaping.line(why))", metadata: ["account": "\(account)"])
    case .duplicate(let key, let removed):
      logger.warning("\(key): a second post of it (\(removed)) was taken off")
    }
  }

  /// How long a sold thing could be bought elsewhere.
  static func tellSale(_ result: ActionResult, _ journal: Journal, _ logger: Logger) {
    let key = result.action.key
    guard result.action.isClaimed, result.kind == .done,
      let sale = journal.ledger.standing.openSales(on: key).last, let record = journal.record(of: key)
    else { return }
    let exposure = Exposure(key: key, soldOn: sale.account, soldAt: sale.at, endedAt: max(record.since, sale.at))
    logger.notice(
      "\(key.listing): \(exposure.text(at: record.since))",
      metadata: ["listing": "\(key.listing)", "account": "\(key.account)"])
  }

  private static func tell(_ result: ActionResult, _ logger: Logger) {
    let action = result.action
    var metadata: Logger.Metadata = [
      "listing": "\(action.key.listing)", "account": "\(action.key.account)", "action": "\(action.kind.rawValue)",
    ]
    if let op = result.op { metadata["op"] = "\(op)" }
    let text = "\(action.kind.rawValue) \(action.key)"
    switch result.kind {
    case .done:
      let detail = PlanText.describe(action)
      logger.notice("\(text): done\(detail.isEmpty ? "" : ", \(Escaping.line(detail))")", metadata: metadata)
    case .failed, .uncertain, .held, .skipped:
      let why = result.failure.map { ": \(Escaping.line($0.message))" } ?? ""
      let again = result.retryAt.map { "; again at \($0)" } ?? ""
      logger.warning("\(text): \(result.kind.rawValue)\(why)\(again)", metadata: metadata)
    }
  }
}

extension GuardReport {
  /// Whether it holds so much that the shop is not what its files say.
  fileprivate var stopsAShop: Bool {
    isTripped && !isLifted && (name == .root || Chronicle.toldByGuard.contains(name))
  }
}

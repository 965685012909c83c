import ArgumentParser
import Journaling
import Listings
import Marketplaces
import Planning
import Reconciling

struct Status: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Every post: its state, since when, its URL, what is next, what is held and why.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: SelectionOptions

  @Argument(help: "Only this listing.")
  var id: String?

  @Flag(help: "The sandbox's journal.")
  var sandbox = false

  @Flag(help: "Shows it again every two seconds.")
  var watch = false

  @Option(help: "How it is written.")
  var format: Format = .text

  func run() async throws {
    try await show()
    guard watch else { return }
    for try await _ in Ticks(every: .seconds(2)) {
      if Console.isOutputClosed { return }
      if Console.isOutputTerminal { Console.out("\u{1B}[H\u{1B}[2J") }
      try await show()
    }
  }

  private func show() async throws {
    let setting = try Setting.read(global, sandbox: sandbox)
    var chosen = selection.selection()
    if let id { chosen.listings.insert(id) }
    let planned = try await setting.plan(chosen, mode: .continuous)
    let plan = planned.plan
    let records = (planned.ledger?.records ?? [:]).filter { key, _ in
      (chosen.listings.isEmpty || chosen.listings.contains(key.listing))
        && (chosen.account == nil || chosen.account == key.account)
    }
    var exposures = planned.ledger.map { Exposures.found(in: $0, planned.wanted) } ?? []
    exposures.removeAll { records[$0.key] == nil }
    let report = StatusReport(
      plan: plan, records: records, now: Ambient.system.now(), standing: planned.ledger?.standing ?? Standing(),
      exposures: exposures, isSandbox: sandbox)
    Console.out(format == .json ? report.json : report.text)
  }
}

/// Posts, recorded or planned, each with what is next.
struct StatusReport {
  let plan: Plan
  let records: [PostKey: Record]
  let now: Timestamp
  var standing = Standing()
  var exposures: [Exposure] = []
  var isSandbox = false

  private struct Row {
    var key: PostKey
    var record: Record?
    var action: Action?
  }

  private var rows: [Row] {
    var rows: [PostKey: Row] = [:]
    for (key, record) in records { rows[key] = Row(key: key, record: record) }
    for action in plan.actions {
      rows[action.key, default: Row(key: action.key, record: action.record)].action = action
    }
    return rows.values.sorted { $0.key < $1.key }
  }

  var text: String {
    var text = ""
    let rows = rows
    for row in rows {
      let state = PlanText.pad(Escaping.line(row.key.description), 40) + PlanText.pad(state(row), 12)
      let since = row.record.map { "since \(DurationText.about(now.duration(since: $0.since))) ago" } ?? ""
      text += state + PlanText.pad(since, 18) + Escaping.line(row.record?.url ?? "") + "\n"
      for exposure in exposures where exposure.key == row.key && exposure.isRecent(at: now) {
        text += "    \(exposure.text(at: now))\n"
      }
      if let next = next(row) { text += "    \(Escaping.line(next))\n" }
    }
    if rows.isEmpty { text += "Nothing is recorded and nothing is wanted.\n" }
    for report in plan.guards where report.isTripped {
      text += "guard \(report.name.rawValue): \(Escaping.line(report.text))\(report.way)\n"
    }
    let problems = ProblemExcerpt(plan.problems)
    for problem in problems.shown { text += problem.text + "\n" }
    if let rest = problems.rest { text += rest + "\n" }
    return text + summary(rows) + "\n"
  }

  private func summary(_ rows: [Row]) -> String {
    let live = rows.count { $0.record?.isLive == true }
    let held = rows.count { $0.action?.hold != nil }
    let pending = rows.count { $0.action.map { $0.hold == nil && $0.kind != .unchanged } ?? false }
    return "\(rows.count, of: "post"): \(live) live, \(pending) to change, \(held) held. "
      + "\(plan.summary.problems, of: "problem")."
  }

  /// What was sold through a post that still stands there is sold, too.
  private func state(_ row: Row) -> String {
    if row.record?.isLive == true, row.action?.reason.code == "sold", standing.wasSoldHere(row.key, quantity: 1) {
      return "sold"
    }
    return Record.word(row.record?.state)
  }

  private func next(_ row: Row) -> String? {
    if let hold = hold(row) { return "held by \(hold.by.rawValue): \(hold.text)" }
    guard let action = row.action, action.kind != .unchanged else { return nil }
    return "next: \(action.kind.rawValue) (\(PlanText.describe(action)))"
  }

  /// The seller's hold stands also where there is nothing to hold back now.
  private func hold(_ row: Row) -> Action.Hold? {
    if let hold = row.action?.hold { return hold }
    guard row.action?.kind == .unchanged, let hold = standing.hold(on: row.key, by: Action.Holder.hold.rawValue) else {
      return nil
    }
    let text = "\(hold.text ?? "held by the seller") (hawker release \(row.key.listing))"
    return Action.Hold(by: .hold, isSandbox ? Advice.inSandbox(text) : text)
  }

  var json: String {
    var json = JSONWriter(reserving: 4096)
    json.object { json in
      json.field("format", "hawker.status/1")
      json.key("posts")
      json.array { json in
        for row in rows { write(row, &json) }
      }
      json.key("exposures")
      json.array { json in
        for exposure in exposures { write(exposure, &json) }
      }
      PlanJSON.writeGuards(plan.guards, to: &json)
      PlanJSON.writeProblems(plan.problems, to: &json)
    }
    return json.text + "\n"
  }

  private func write(_ exposure: Exposure, _ json: inout JSONWriter) {
    json.object { json in
      json.field("listing", exposure.key.listing)
      json.field("account", exposure.key.account)
      json.field("sold_on", exposure.soldOn)
      json.field("sold_at", exposure.soldAt.description)
      json.field("ended_at", exposure.endedAt?.description)
    }
  }

  private func write(_ row: Row, _ json: inout JSONWriter) {
    json.object { json in
      json.field("listing", row.key.listing)
      json.field("account", row.key.account)
      json.field("state", state(row))
      json.field("since", row.record?.since.description)
      json.field("remote_id", row.record?.remoteID)
      json.field("url", row.record?.url)
      json.field("error", row.record?.trouble?.message)
      let next = row.action?.kind == .unchanged ? nil : row.action
      json.field("next", next?.kind.rawValue)
      json.key("held")
      guard let hold = hold(row) else { return json.null() }
      json.object { json in
        json.field("by", hold.by.rawValue)
        json.field("text", hold.text)
        if let until = hold.until { json.field("until", until.description) }
      }
    }
  }
}

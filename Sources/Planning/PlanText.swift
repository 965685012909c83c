import Diffing
import Listings

/// The plan as a person reads it. Deterministic: no clock in it but what a hold says.
package struct PlanText {
  /// Shows unchanged posts too.
  package var isVerbose: Bool
  /// Colour on top of the symbols, never instead of them.
  package var isColoured: Bool

  package init(isVerbose: Bool = false, isColoured: Bool = false) {
    self.isVerbose = isVerbose
    self.isColoured = isColoured
  }

  package func render(_ plan: Plan) -> String {
    var whole: [UInt8] = []
    write(plan) { whole += $0 }
    return String(decoding: whole, as: UTF8.self)
  }

  /// In UTF-8, piece by piece: a big shop's plan is megabytes, and nobody needs all of them at once.
  package func write(_ plan: Plan, _ output: ([UInt8]) -> Void) {
    let sheet = Sheet(plan, self)
    for piece in sheet.pieces { output(lines(sheet, piece)) }
    output(rest(plan, behindPosts: !sheet.rows.isEmpty))
  }

  /// The same with all cores: for who has nothing else to do meanwhile.
  package func writeConcurrently(_ plan: Plan, _ output: ([UInt8]) -> Void) async {
    let sheet = Sheet(plan, self)
    var pieces = sheet.pieces[...]
    while !pieces.isEmpty {
      let (first, others) = (pieces.removeFirst(), pieces.prefix(PlanText.atOnce - 1))
      pieces = pieces.dropFirst(others.count)
      let ahead = others.map { piece in Task { lines(sheet, piece) } }
      output(lines(sheet, first))
      for task in ahead { output(await task.value) }
    }
    output(rest(plan, behindPosts: !sheet.rows.isEmpty))
  }

  /// So many pieces are in memory.
  private static let atOnce = 4
  /// Posts of a piece: some 200 kB.
  private static let pieceSize = 2048

  /// Problems, and the sum of it all.
  private func rest(_ plan: Plan, behindPosts: Bool) -> [UInt8] {
    // A String would grow by small pieces several times slower.
    var text: [UInt8] = []
    if behindPosts { text.append(0x0A) }
    for report in plan.guards where report.name == .root || report.name == .oversold {
      text += "\(report.name.rawValue): \(Escaping.line(report.text))\(report.way)\n\n".utf8
    }
    let problems = ProblemExcerpt(plan.problems)
    for problem in problems.shown { self.problem(problem, &text) }
    if let rest = problems.rest { text += "\(rest)\n".utf8 }
    if !plan.problems.isEmpty { text.append(0x0A) }
    text += (PlanText.summary(plan.summary) + "\n").utf8
    return text
  }

  /// What is shown, and in which order.
  private struct Sheet: Sendable {
    let actions: [Action]
    let rows: [Row]
    let width: Int

    init(_ plan: Plan, _ text: PlanText) {
      actions = plan.actions
      rows = text.rows(actions)
      // As wide for posts that no action stands for.
      width = max(text.accountWidth(actions, Set(plan.settled.keys)) + 1, 11)
    }

    /// Each ends where a listing ends.
    var pieces: [Range<Int>] {
      var pieces: [Range<Int>] = []
      var first = 0
      while first < rows.count {
        var end = min(first + PlanText.pieceSize, rows.count)
        while end < rows.count, rows[end].group == rows[end - 1].group { end += 1 }
        pieces.append(first..<end)
        first = end
      }
      return pieces
    }
  }

  private func lines(_ sheet: Sheet, _ piece: Range<Int>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(piece.count * 112)
    var first = piece.lowerBound
    // Over a span, which copies no action.
    let actions = sheet.actions.span
    while first < piece.upperBound {
      var end = first
      var isGone = false
      while end < piece.upperBound, sheet.rows[end].group == sheet.rows[first].group {
        isGone = isGone || PlanText.isGone(actions[sheet.rows[end].index])
        end += 1
      }
      header(actions[sheet.rows[first].index], isGone: isGone, &text)
      for row in first..<end { line(actions[sheet.rows[row].index], accountWidth: sheet.width, &text) }
      first = end
    }
    return text
  }

  private func accountWidth(_ actions: [Action], _ settled: Set<String>) -> Int {
    var accounts = settled
    var last = ""
    for index in actions.indices where actions[index].key.account != last {
      last = actions[index].key.account
      accounts.insert(last)
    }
    return accounts.map(\.count).max() ?? 0
  }

  /// An action that is shown, by its place: actions are large, and there are tens of thousands.
  private struct Row: Sendable {
    /// The place of its listing in the text.
    var group: Int
    var index: Int
  }

  /// By listing, in the order of each one's first action. A listing with something to show shows its unchanged posts too.
  private func rows(_ all: [Action]) -> [Row] {
    ascendingRows(all) ?? sortedRows(all)
  }

  /// The rows of a plan in which every action is shown and the listings stand one behind the other already, as in that
  /// of a new shop; nil: they don't.
  private func ascendingRows(_ all: [Action]) -> [Row]? {
    var rows: [Row] = []
    rows.reserveCapacity(all.count)
    for index in all.indices {
      guard isVerbose || all[index].kind != .unchanged else { return nil }
      guard let last = rows.last else {
        rows.append(Row(group: 0, index: index))
        continue
      }
      if all[index].key.listing == all[last.index].key.listing {
        guard all[last.index].key.account < all[index].key.account else { return nil }
        rows.append(Row(group: last.group, index: index))
      } else {
        guard all[last.index].key.listing < all[index].key.listing else { return nil }
        rows.append(Row(group: last.group + 1, index: index))
      }
    }
    return rows
  }

  private func sortedRows(_ all: [Action]) -> [Row] {
    var groups: [String: Int] = [:]
    var rows: [Row] = []
    groups.reserveCapacity(all.count)
    rows.reserveCapacity(all.count)
    for index in all.indices where isVerbose || all[index].kind != .unchanged {
      let listing = all[index].key.listing
      if let last = rows.last, all[last.index].key.listing == listing {
        rows.append(Row(group: last.group, index: index))
      } else {
        let new = groups.count
        rows.append(Row(group: groups[listing, default: new], index: index))
        if groups[listing] == nil { groups[listing] = new }
      }
    }
    if !isVerbose, !groups.isEmpty {
      for index in all.indices where all[index].kind == .unchanged {
        if let group = groups[all[index].key.listing] { rows.append(Row(group: group, index: index)) }
      }
    }
    rows.sort { $0.group == $1.group ? all[$0.index].key < all[$1.index].key : $0.group < $1.group }
    return rows
  }

  private func header(_ first: Action, isGone: Bool, _ text: inout [UInt8]) {
    let file = isGone ? first.record?.file : first.listingFile
    PlanText.append(Escaping.line(first.key.listing), padded: 42, to: &text)
    PlanText.append(Escaping.line(file ?? ""), to: &text)
    PlanText.append(isGone ? " (gone)\n" : "\n", to: &text)
  }

  private static func isGone(_ action: Action) -> Bool { action.cause == .fileGone || action.kind == .forget }

  private func line(_ action: Action, accountWidth: Int, _ text: inout [UInt8]) {
    let isHeld = action.hold != nil
    if isColoured { text += "\u{1B}[\(colour(of: action))m".utf8 }
    let start = text.count
    PlanText.append("  ", to: &text)
    PlanText.append(isHeld ? "#" : action.kind.symbol, to: &text)
    text.append(0x20)
    PlanText.append(isHeld ? "held" : action.kind.rawValue, padded: 10, to: &text)
    PlanText.append(action.key.account, padded: accountWidth, to: &text)
    let words = action.hold.map { PlanText.held(action, $0) } ?? PlanText.describe(action)
    PlanText.append(Escaping.line(words), to: &text)
    if !isHeld, let origin = PlanText.origin(action) {
      let line = String(decoding: text[start...], as: UTF8.self)
      text.removeSubrange(start...)
      PlanText.append(line, padded: 58, to: &text)
      PlanText.append(Escaping.line(origin), to: &text)
    }
    while text.last == 0x20 { text.removeLast() }
    if isColoured { text += "\u{1B}[0m".utf8 }
    text.append(0x0A)
  }

  private func colour(of action: Action) -> String {
    if action.hold != nil { return "33" }
    return switch action.kind {
    case .create, .adopt: "32"
    case .update, .resolve: "36"
    case .replace, .withdraw: "31"
    case .forget, .unchanged: "2"
    }
  }

  private func problem(_ problem: Problem, _ text: inout [UInt8]) {
    let account = problem.account.map { " (\($0))" } ?? ""
    if isColoured { text += "\u{1B}[\(problem.severity == .error ? "31" : "33")m".utf8 }
    for part in [
      problem.place, ": ", problem.severity.rawValue, ": ", problem.message, account, " [", problem.rule, "]",
    ] { PlanText.append(Escaping.line(part), to: &text) }
    if isColoured { text += "\u{1B}[0m".utf8 }
    text.append(0x0A)
  }

  package static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: blanks(behind: text, width))
  }

  /// By its bytes where they stand: going through the view byte by byte takes several times as long.
  private static func append(_ text: String, to line: inout [UInt8]) {
    if text.utf8.withContiguousStorageIfAvailable({ line.append(contentsOf: $0) }) == nil { line += text.utf8 }
  }

  private static func append(_ text: String, padded width: Int, to line: inout [UInt8]) {
    append(text, to: &line)
    line += repeatElement(0x20, count: blanks(behind: text, width))
  }

  /// At least one.
  private static func blanks(behind text: String, _ width: Int) -> Int {
    max(1, width - (isASCII(text) ? text.utf8.count : text.count))
  }

  /// Whether each byte is a character: CR and LF may make one of two.
  static func isASCII(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      for byte in bytes where byte >= 0x80 || byte == 0x0D { return false }
      return true
    }
  }

  package static func summary(_ summary: Plan.Summary) -> String {
    var parts = [Action.Kind.create, .update, .replace, .withdraw].map { "\(summary[$0]) \($0.rawValue)" }
    parts += [Action.Kind.adopt, .forget, .resolve].filter { summary[$0] > 0 }.map { "\(summary[$0]) \($0.rawValue)" }
    parts += ["\(summary.held) held", "\(summary[.unchanged]) unchanged"]
    let rest = "\(summary.problems, of: "problem"), \(summary.warnings, of: "warning")"
    return "Plan: " + parts.joined(separator: ", ") + ". \(rest)."
  }
}

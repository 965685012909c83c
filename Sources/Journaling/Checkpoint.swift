import Listings

/// The fold of every entry up to one, as a file.
struct Checkpoint {
  var ledger: Ledger
  /// The entry it stands for.
  var chain: Chain

  /// The file's bytes, piece by piece. Records come in the order of their keys, so that equal ledgers give equal files.
  func encode<Failure: Error>(
    program: String, at: Timestamp, _ write: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    let (keys, others) = (ledger.records.keys.sorted(), others())
    let opened = Opened(
      lineage: ledger.lineage, program: program, lines: keys.count + others.count, lastAt: ledger.lastAt)
    var chain = chain
    var first: [UInt8] = []
    chain.write(opened.body(), at: at.description, to: &first)
    let (records, start, begun) = (ledger.records, chain, first)
    let parts = max(1, (keys.count + Checkpoint.piece - 1) / Checkpoint.piece)
    var written = 0
    try Cores.run(parts) { part in
      var lines = OpenLines(part == 0 ? begun : [], start, at)
      for key in keys[part * Checkpoint.piece..<min((part + 1) * Checkpoint.piece, keys.count)] {
        if let record = records[key] { lines.append("record") { record.writeMembers(to: &$0) } }
      }
      return lines.finished
    } _: { (lines: OpenLines.Finished) throws(Failure) in
      var piece = lines.closed(&chain)
      written += 1
      if written == parts {
        for line in others { chain.write(line.body, at: (line.at ?? at).description, to: &piece) }
      }
      try write(piece)
    }
  }

  func encoded(program: String, at: Timestamp) -> [UInt8] {
    var bytes: [UInt8] = []
    encode(program: program, at: at) { bytes += $0 }
    return bytes
  }

  /// Records that one thread writes out at once.
  private static let piece = 1024

  private func others() -> [(at: Timestamp?, body: [UInt8])] {
    var lines: [(at: Timestamp?, body: [UInt8])] = []
    for listing in ledger.protectedListings.sorted() {
      lines.append((nil, Entry.protected(listing: listing, true).body()))
    }
    for (listing, quantity) in ledger.quantities.sorted(by: { $0.key < $1.key }) {
      lines.append((nil, Entry.counted(listing: listing, quantity).body()))
    }
    lines += standing()
    for listing in ledger.sales.keys.sorted() {
      for sale in ledger.sales[listing] ?? [] { lines.append((sale.at, sale.body(listing))) }
    }
    for key in ledger.drifts.keys.sorted() {
      guard let drift = ledger.drifts[key] else { continue }
      lines.append((drift.at, Entry.observed(key, .drift(drift.fields, values: drift.values)).body()))
    }
    for key in ledger.hints.keys.sorted() { lines.append((ledger.hints[key], Entry.observed(key, .hint).body())) }
    for entry in ledger.unknown { lines.append((entry.at, Array(entry.body.utf8))) }
    return lines
  }
}

extension Checkpoint {
  private func standing() -> [(at: Timestamp?, body: [UInt8])] {
    let standing = ledger.standing
    var lines: [(at: Timestamp?, body: [UInt8])] = []
    for key in standing.holds.keys.sorted() {
      for hold in standing.holds[key] ?? [] {
        lines.append((hold.since, Entry.held(key, by: hold.by, until: hold.until, text: hold.text).body()))
      }
    }
    let hour = ledger.lastAt?.advanced(by: .seconds(-3600)) ?? Timestamp(milliseconds: 0)
    for key in standing.permits.keys.sorted() {
      for permit in standing.permits[key] ?? [] where (permit.usedAt ?? permit.until).map({ $0 > hour }) ?? true {
        lines.append((nil, Entry.permitted(key, permit).body()))
      }
    }
    for loss in standing.losses { lines.append((loss.at, encodeBody("lost") { loss.key.writeMembers(to: &$0) })) }
    for refusal in standing.refusals {
      lines.append((refusal.at, encodeBody("refused") { refusal.key.writeMembers(to: &$0) }))
    }
    return lines
  }
}

extension Sale {
  /// As `body` wrote it.
  fileprivate init(_ json: JSONValue, at: Timestamp) throws(Shortfall) {
    self.init(
      account: json["account"]?.string, price: try json.money(), at: at, delivery: json["delivery"]?.string,
      releasedAccounts: json["released"] == nil ? [] : Set(try json.texts("released")))
  }

  /// A `sold` entry, with the accounts on which it no longer counts.
  fileprivate func body(_ listing: String) -> [UInt8] {
    encodeBody("sold") { json in
      json.field("listing", listing)
      json.optional("account", account)
      json.money(price)
      json.optional("delivery", delivery)
      guard !releasedAccounts.isEmpty else { return }
      json.key("released")
      json.array { json in
        for account in releasedAccounts.sorted() { json.value(account) }
      }
    }
  }
}

extension Checkpoint {
  /// Reads a checkpoint; anything but a whole and intact one is damage, since it was published whole.
  init(reading bytes: [UInt8], path: String) throws(JournalError) {
    var first = LineReader(bytes: bytes)
    guard let range = first.next(), let head = Envelope(bytes, range), head.kind == "opened" else {
      throw .broken(path, 1, "the checkpoint's first line is not intact")
    }
    let opened = try Opened(head, bytes, path)
    chain = Chain(sequence: head.sequence, batch: head.batch, sum: head.previous)
    ledger = Ledger(lineage: opened.lineage, sequence: head.sequence)
    guard LineScan.areChained(bytes, from: first.offset, behind: head, lines: opened.lines) else {
      throw Checkpoint.damage(bytes, first, head, opened, path)
    }
    // A record has more bytes than this.
    ledger.reserve(min(opened.lines ?? 0, bytes.count / 256))
    var lines = LineScan(bytes, from: first.offset, isChecked: true)
    var number = 1
    while var line = lines.next() {
      number += 1
      do throws(Shortfall) { try ledger.restore(line.envelope, line.take(), bytes) } catch {
        throw .incomplete(path, number, error)
      }
    }
    ledger.lastAt = opened.lastAt
  }

  /// Where a checkpoint that isn't whole is broken first.
  private static func damage(
    _ bytes: [UInt8], _ first: LineReader, _ head: Envelope, _ opened: Opened, _ path: String
  ) -> JournalError {
    var (lines, previous) = (first, head.sum)
    while let range = lines.next() {
      guard let envelope = Envelope(bytes, range), envelope.previous == previous, envelope.sequence == head.sequence
      else { return .broken(path, lines.number, "the line is not intact or not in its place") }
      previous = envelope.sum
    }
    return .broken(
      path, lines.number + 1, "the checkpoint is cut off: \(opened.lines ?? 0) lines should follow its first")
  }
}

extension Ledger {
  /// Takes one line of a checkpoint in. What it says is said of that moment: it is put back as it stands, and never told
  /// anew, for what an entry makes of a ledger depends on what else stands there.
  fileprivate mutating func restore(
    _ envelope: Envelope, _ content: consuming LineContent, _ bytes: [UInt8]
  ) throws(Shortfall) {
    if case .record(let record) = consume content { return put(record) }
    let json = try envelope.json(bytes)
    switch envelope.kind {
    case "record": put(try Record(json))
    case "lost": standing.losses.append(Loss(key: try PostKey(json), at: envelope.at))
    case "refused": standing.refusals.append(Refusal(key: try PostKey(json), at: envelope.at))
    case "sold": standing.sales[try json.text("listing"), default: []].append(try Sale(json, at: envelope.at))
    default:
      guard let entry = try Entry(kind: envelope.kind, json), restore(entry, envelope.at) else {
        return try replay(envelope, .other, bytes)
      }
    }
  }

  /// False for what a checkpoint says only because an older hawker, which did not know it, has carried it along.
  private mutating func restore(_ entry: Entry, _ at: Timestamp) -> Bool {
    switch entry {
    // Each record says it for itself.
    case .protected(let listing, true): protectedListings.insert(listing)
    case .counted(let listing, let quantity): quantities[listing] = quantity == 1 ? nil : quantity
    case .held(let key, let by, let until, let text):
      standing.holds[key, default: []].append(RecordedHold(by: by, since: at, until: until, text: text))
    case .permitted(let key, let permit): standing.permits[key, default: []].append(permit)
    case .observed(let key, .drift(let fields, let values)):
      standing.drifts[key] = Drift(fields: fields, values: values, at: at)
    case .observed(let key, .hint): hints[key] = at
    default: return false
    }
    return true
  }

  /// Takes one line of a segment in; a kind that only a newer hawker knows is kept for the next checkpoint.
  mutating func replay(
    _ envelope: Envelope, _ content: consuming LineContent, _ bytes: [UInt8]
  ) throws(Shortfall) {
    if case .entry(let entry) = consume content { return apply(entry, at: envelope.at) }
    if envelope.kind == "opened" { return }
    // In a segment nobody wrote them; carried along as unknown they would spoil the next checkpoint.
    if ["record", "lost", "refused"].contains(envelope.kind) { throw Shortfall(member: "kind") }
    if let entry = try Entry(kind: envelope.kind, try envelope.json(bytes)) {
      apply(entry, at: envelope.at)
    } else {
      unknown.append(UnknownEntry(at: envelope.at, body: String(decoding: bytes[envelope.body], as: UTF8.self)))
      lastAt = envelope.at
    }
  }
}

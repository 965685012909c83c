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
    return lines
  }
}

extension Sale {
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
    // A record has more bytes than this; what the first line says is not believed beyond it.
    ledger.reserve(min(max(opened.lines ?? 0, 0), bytes.count / 256))
    var (previous, number, end) = (head.sum, 1, first.offset)
    var lines = LineScan(bytes, from: end)
    while let line = lines.next(), line.envelope.previous == previous, line.envelope.sequence == head.sequence {
      (previous, number, end) = (line.envelope.sum, number + 1, line.envelope.line.upperBound + 1)
      do throws(Shortfall) { try ledger.restore(line, bytes) } catch { throw .incomplete(path, number, error) }
    }
    var rest = LineReader(bytes: bytes, offset: end)
    if rest.next() != nil { throw .broken(path, number + 1, "the line is not intact or not in its place") }
    guard end == bytes.count, number - 1 == opened.lines else {
      throw .broken(path, number + 1, "the checkpoint is cut off: \(opened.lines ?? 0) lines should follow its first")
    }
    ledger.lastAt = opened.lastAt
  }
}

extension Ledger {
  /// Takes one line of a checkpoint in.
  fileprivate mutating func restore(_ line: consuming ScannedLine, _ bytes: [UInt8]) throws(Shortfall) {
    if case .record(let record) = line.content { return put(record) }
    let envelope = line.envelope
    if envelope.kind == "record" { return put(try Record(try envelope.json(bytes))) }
    if envelope.kind == "lost" {
      return standing.losses.append(Loss(key: try PostKey(try envelope.json(bytes)), at: envelope.at))
    }
    try replay(line, bytes)
    if envelope.kind == "sold" {
      let json = try envelope.json(bytes)
      let listing = try json.text("listing")
      guard let sale = standing.sales[listing]?.popLast() else { return }
      let released = json["released"] == nil ? [] : try json.texts("released")
      standing.sales[listing]?.append(
        Sale(
          account: sale.account, price: sale.price, at: sale.at, delivery: json["delivery"]?.string,
          releasedAccounts: Set(released)))
    }
  }

  /// Takes one line of a segment in; a kind that only a newer hawker knows is kept for the next checkpoint.
  mutating func replay(_ line: ScannedLine, _ bytes: [UInt8]) throws(Shortfall) {
    let envelope = line.envelope
    if case .entry(let entry) = line.content { return apply(entry, at: envelope.at) }
    if envelope.kind == "opened" { return }
    // In a segment nobody wrote them; carried along as unknown they would spoil the next checkpoint.
    if envelope.kind == "record" || envelope.kind == "lost" { throw Shortfall(member: "kind") }
    if let entry = try Entry(kind: envelope.kind, try envelope.json(bytes)) {
      apply(entry, at: envelope.at)
    } else {
      unknown.append(UnknownEntry(at: envelope.at, body: String(decoding: bytes[envelope.body], as: UTF8.self)))
      lastAt = envelope.at
    }
  }
}

import Listings

/// The fold of every entry up to one, as a file.
struct Checkpoint {
  var ledger: Ledger
  /// The entry it stands for.
  var chain: Chain

  /// The file's bytes. Records come in the order of their keys, so that equal ledgers give equal files.
  func encoded(program: String, at: Timestamp) -> [UInt8] {
    let lines = body()
    let opened = Opened(lineage: ledger.lineage, program: program, lines: lines.count, lastAt: ledger.lastAt)
    var chain = chain
    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines.reduce(512) { $0 + $1.body.count + Format.lineOverhead })
    chain.write(opened.body(), at: at.description, to: &bytes)
    for line in lines { chain.write(line.body, at: (line.at ?? at).description, to: &bytes) }
    return bytes
  }

  private func body() -> [(at: Timestamp?, body: [UInt8])] {
    var lines: [(at: Timestamp?, body: [UInt8])] = []
    for key in ledger.records.keys.sorted() {
      guard let record = ledger.records[key] else { continue }
      lines.append((nil, encodeBody("record") { record.writeMembers(to: &$0) }))
    }
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
    var lines = LineReader(bytes: bytes)
    guard let first = lines.next(), let head = Envelope(bytes, first), head.kind == "opened" else {
      throw .broken(path, 1, "the checkpoint's first line is not intact")
    }
    let opened = try Opened(head, bytes, path)
    chain = Chain(sequence: head.sequence, batch: head.batch, sum: head.previous)
    ledger = Ledger(lineage: opened.lineage, sequence: head.sequence)
    var previous = head.sum
    while let range = lines.next() {
      guard let envelope = Envelope(bytes, range), envelope.previous == previous, envelope.sequence == head.sequence
      else { throw .broken(path, lines.number, "the line is not intact or not in its place") }
      do throws(Shortfall) { try ledger.restore(envelope, bytes) } catch {
        throw .incomplete(path, lines.number, error)
      }
      previous = envelope.sum
    }
    guard lines.offset == bytes.count, lines.number - 1 == opened.lines else {
      throw .broken(
        path, lines.number + 1, "the checkpoint is cut off: \(opened.lines ?? 0) lines should follow its first")
    }
    ledger.lastAt = opened.lastAt
  }
}

extension Ledger {
  /// Takes one line of a checkpoint in.
  fileprivate mutating func restore(_ envelope: Envelope, _ bytes: [UInt8]) throws(Shortfall) {
    if envelope.kind == "record" { return put(try Record(try envelope.json(bytes))) }
    if envelope.kind == "lost" {
      return standing.losses.append(Loss(key: try PostKey(try envelope.json(bytes)), at: envelope.at))
    }
    try replay(envelope, bytes)
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
  mutating func replay(_ envelope: Envelope, _ bytes: [UInt8]) throws(Shortfall) {
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

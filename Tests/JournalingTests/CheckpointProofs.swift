import Listings
import Support
import Testing

@testable import Journaling

/// A checkpoint says what its ledger says, to the last word: what it restores must not depend on what else it has restored.
@Suite struct CheckpointProofs {
  @Test func anyHistoryIsReadBackFromItsCheckpoint() throws {
    var effort = Effort("checkpoints", short: 1500, long: 3_000_000)
    var lines = 0
    while effort.goesOn() {
      var history = History()
      for _ in 0..<Int.random(in: 1...60, using: &effort.random) { history.goOn(&effort.random) }
      let bytes = Checkpoint(ledger: history.ledger, chain: Chain()).encoded(program: "1", at: noon)
      lines += bytes.count { $0 == 0x0A }
      let read = try Checkpoint(reading: bytes, path: "c").ledger
      let differences = history.kept.differences(from: read)
      guard differences.isEmpty, read == history.kept else {
        Issue.record("\(differences): \(history.told.suffix(60)): \(effort.replay)")
        break
      }
    }
    effort.report("\(lines) lines, each ledger as it was")
  }

  /// Released, it is over: what is posted anew afterwards was not sold by it.
  @Test func aSaleKeepsItsTimeWhateverIsPostedLater() throws {
    let ledger = ledger(
      intent("a"), done("a", id: "1"), .sold(listing: "trek-520", account: "facebook", price: nil),
      .released(bike, by: Entry.saleSeen), intent("b", .withdraw, remoteID: "1"), done("b"), intent("c"),
      done("c", id: "2"))
    let bytes = Checkpoint(ledger: ledger, chain: Chain()).encoded(program: "1", at: noon)
    let read = try Checkpoint(reading: bytes, path: "c").ledger
    #expect(read.sales["trek-520"]?.map(\.at) == [later(2)])
    #expect(read == ledger)
  }
}

extension Ledger {
  /// Which parts are not the same.
  fileprivate func differences(from other: Ledger) -> [String] {
    let parts: [(String, Bool)] = [
      ("records", records == other.records), ("holds", holds == other.holds),
      ("permits", standing.permits == other.standing.permits), ("losses", standing.losses == other.standing.losses),
      ("refusals", standing.refusals == other.standing.refusals), ("sales", sales == other.sales),
      ("drifts", drifts == other.drifts), ("hints", hints == other.hints),
      ("quantities", quantities == other.quantities),
      ("protected", protectedListings == other.protectedListings), ("lastAt", lastAt == other.lastAt),
    ]
    return parts.filter { !$0.1 }.map(\.0)
  }
}

/// Entries as they may come, and some that never should, for a few posts; what it comes to is the ledger.
private struct History {
  private(set) var ledger = Ledger(lineage: "test")
  private(set) var told: [Entry] = []
  private var now = noon
  private var count = 0

  /// Without permits that ran out an hour ago: a checkpoint leaves them out.
  var kept: Ledger {
    var kept = ledger
    let hour = (ledger.lastAt ?? noon).advanced(by: .seconds(-3600))
    kept.standing.permits = ledger.standing.permits
      .mapValues { $0.filter { ($0.usedAt ?? $0.until).map { $0 > hour } ?? true } }.filter { !$0.value.isEmpty }
    return kept
  }

  mutating func goOn(_ random: inout SeededRandom) {
    // Clocks are put back now and then.
    now = now.advanced(by: .seconds(Int64.random(in: -30...900, using: &random)))
    let entry = Int.random(in: 0..<3, using: &random) > 0 ? operation(&random) : other(&random)
    told.append(entry)
    ledger.apply(entry, at: now)
  }

  private mutating func operation(_ random: inout SeededRandom) -> Entry {
    let open = ledger.records.values.compactMap(\.pending).sorted { $0.op < $1.op }
    guard !open.isEmpty, Bool.random(using: &random) else { return begun(&random) }
    let intent = pick(open, &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0:
      var again = intent
      again.attempt += 1
      return .intent(again)
    case 1:
      let code = pick(["rejected", "unavailable", "throttled", "gone"], &random)
      return failed(intent.op, code, retryAt: maybe(&random))
    case 2: return uncertain(intent.op)
    default:
      count += 1
      let isNew = intent.action == .create || intent.action == .replace
      return done(intent.op, id: isNew ? "r\(count)" : intent.remoteID)
    }
  }

  private mutating func begun(_ random: inout SeededRandom) -> Entry {
    count += 1
    let key = key(&random)
    let record = ledger[key]
    let action = pick([Intent.Action.create, .update, .replace, .withdraw], &random)
    let ids = [record?.remoteID, "copy"] + (record?.superseded ?? [])
    return intent(
      "op\(count)", action, key, content: content("Lamp", price: Int64.random(in: 1...3, using: &random)),
      remoteID: action == .create ? nil : pick(ids, &random), isSale: Bool.random(using: &random),
      because: pick([nil, "file-gone", "drift"], &random))
  }

  private mutating func other(_ random: inout SeededRandom) -> Entry {
    let (key, listing) = (key(&random), pick(History.listings, &random))
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return .observed(key, observation(&random))
    case 1:
      return .adopted(
        key, marketplace: key.account, remoteID: "adopted", url: "u", file: "f",
        shows: Bool.random(using: &random) ? Shown(content(), unsure: [.photos]) : nil)
    case 2: return .forgotten(key)
    case 3: return .moved(listing: listing, from: pick(History.listings + [nil], &random), file: "moved.yaml")
    case 4: return .protected(listing: listing, Bool.random(using: &random))
    case 5: return .counted(listing: listing, Int.random(in: 1...3, using: &random))
    case 6:
      let text = pick([nil, "why"], &random)
      return .held(key, by: pick(History.holders, &random), until: maybe(&random), text: text)
    case 7: return .released(key, by: pick(History.holders + [nil, Entry.saleSeen, "gone", "rejected"], &random))
    case 8:
      let digest = pick([nil, content("Lamp", price: 1).digest], &random)
      let guardName = pick(["updates", "withdrawals"], &random)
      return .permitted(key, Permit(by: guardName, digest: digest, until: maybe(&random)))
    case 9: return .sold(listing: listing, account: pick([nil, "a", "b"], &random), price: nil)
    default: return .observed(key, observation(&random))
    }
  }

  private func observation(_ random: inout SeededRandom) -> Observation {
    switch Int.random(in: 0..<5, using: &random) {
    case 0: .live(remoteID: "seen", url: "u")
    case 1: .gone
    case 2: .sold(price: nil, delivery: pick([nil, Sale.seen, "d1", "d2"], &random))
    case 3:
      .drift(
        pick([[], ["price"], ["price", "title"]], &random), values: pick([[:], ["price": "1.00 USD"]], &random))
    default: .hint
    }
  }

  private static let listings = ["chair", "lamp", "rug"]
  private static let holders = ["hold", "grace", "unsettled", "oversold", "retry"]

  private func key(_ random: inout SeededRandom) -> PostKey {
    PostKey(listing: pick(History.listings, &random), account: pick(["a", "b"], &random))
  }

  private func maybe(_ random: inout SeededRandom) -> Timestamp? {
    let time = now.advanced(by: .seconds(Int64.random(in: 1...9000, using: &random)))
    return Bool.random(using: &random) ? time : nil
  }

  private func pick<Value>(_ values: [Value], _ random: inout SeededRandom) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }
}

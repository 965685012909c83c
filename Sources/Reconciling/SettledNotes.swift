import Journaling
import Listings
import Loading
import Planning

/// Which files' posts are all settled, as notes in a scan's cache; and what is to be known of them when the file, and with
/// it the note, is no longer what it was.
struct SettledNotes {
  private let ledger: Ledger
  private let wanted: Wanted
  private let accounts: [String: Config.Account]
  private let names: [String]
  private let numbers: [String: Int]
  private(set) var covered: Set<PostKey> = []

  init(_ ledger: Ledger, _ wanted: Wanted, _ config: Config) {
    (self.ledger, self.wanted) = (ledger, wanted)
    accounts = Dictionary(uniqueKeysWithValues: config.accounts.map { ($0.name, $0) })
    names = config.accounts.map(\.name)
    numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
  }

  /// A note for the file with these listings; nil when one of them is not settled.
  mutating func note(_ listings: [Listing]) -> FileNote? {
    var (note, attachment) = (Packer(reserving: 64), Packer(reserving: 1024))
    var records: [Record] = []
    for listing in listings {
      let own = ledger.records(of: listing.id)
      guard !wanted.frozenIDs.contains(listing.id), Settled.covers(listing, own, accounts) else { return nil }
      records += own
    }
    note.list(records) { note, record in
      note.small(UInt32(numbers[record.key.account] ?? 0))
      for time in [record.postedAt, record.updatedAt] { note.number(time?.milliseconds ?? .min) }
    }
    attachment.list(records) { attachment, record in
      var record = record
      // It is the listing's, which is kept beside it.
      record.content = nil
      let text = RecordText.encode(record)
      attachment.count(text.count)
      attachment.raw(text)
    }
    for record in records { covered.insert(record.key) }
    return FileNote(note: note.bytes, attachment: attachment.bytes)
  }

  /// Adds up what is noted of the files that were passed over; nil when a note can't be read.
  static func settled(_ passing: Passing, _ accounts: [String], now: Timestamp) -> Settled? {
    var tally = Settled.Tally(accounts: accounts.count, now: now)
    for file in passing.passed {
      guard var note = file.seed.note else { return nil }
      do throws(PackDamage) {
        for _ in 0..<(try note.count()) {
          let account = Int(try note.small())
          let (posted, updated) = (time(try note.number()), time(try note.number()))
          guard tally.add(account, posted: posted, updated: updated) else { return nil }
        }
      } catch { return nil }
    }
    return tally.settled(accounts)
  }

  private static func time(_ milliseconds: Int64) -> Timestamp? {
    milliseconds == .min ? nil : Timestamp(milliseconds: milliseconds)
  }

  /// The records of a file that was settled; nil when they can't be read.
  static func records(of seed: FileSeed) -> [Record]? {
    guard let attachment = seed.attachment, let listings = seed.listings else { return nil }
    var packed = Unpacker(attachment)
    let texts = try? packed.list { (packed) throws(PackDamage) in try packed.raw(try packed.count()) }
    return texts?.reduce([] as [Record]?) { records, text in
      guard var records, var record = RecordText.decode(text),
        let post = listings.first(where: { $0.id == record.key.listing })?.posts
          .first(where: { $0.account == record.key.account })
      else { return nil }
      record.content = post.content
      records.append(record)
      return records
    }
  }
}

// THE FORMAT
//
// A journal is a directory:
//
//   journal-NNNNNN.jsonl   segments, numbered from 1: the entries in their order
//   checkpoint-SEQ.jsonl   the fold of every entry up to and with SEQ
//   head.json              one line: how far the journal is known to have come
//   lock                   whose open-file-description lock makes its holder the only writer
//   emergency.jsonl        outcomes that could not be written; merged and moved to torn/ by the next open
//   torn/                  evidence: bytes that were cut off, emergencies that were merged
//   *.tmp                  files on their way to one of the names above; never read, removed by the next open
//
// Every line of every file is one JSON object with its keys in this order; an entry's is at most 64 KiB with its line feed
// (a checkpoint's may be longer: a record can hold two contents):
//
//   {"seq":N,"batch":N,"at":"2026-11-22T16:00:00.000Z","kind":"K", …own fields… ,"prev":"xxxxxxxx","sum":"xxxxxxxx"}LF
//
// No space stands between tokens; no number has a fraction.
//
//   sum    CRC-32C (Castagnoli polynomial, reflected, start and final xor all ones) of every byte of the line before
//          `,"sum"`, as eight lower-case hexadecimal digits. So a line is checked without knowing its fields.
//   prev   the `sum` of the line before; in the first line of a segment, of the last entry of the segment before;
//          00000000 in the first line of all. So a lost, repeated, swapped or inserted line breaks the chain.
//   seq    1 for the first line of all, then +1 for each line, over all segments.
//   batch  the number of the write (and sync) that the line belongs to: the same or +1 within a segment.
//
// The first line of a segment and of a checkpoint is `opened`: format, lineage, hawker; in a segment also `segment` and
// `checkpoint` (the one it builds on, 0 for none), and `unclean` when the stop before it was not in order; in a checkpoint `lines` (how many follow) and `last_at`. In a
// checkpoint every line carries the `seq` and `batch` of the entry that the checkpoint stands for, the `prev` of its
// first line is that entry's `sum`, and what follows is `record`, and `held`, `released` (permits), `lost` (withdrawals
// of the last hour), `sold`, `protected`, `counted`, `observed` where they are more than a record says. head.json is such a line too (kind `head`): `seq` is the newest entry known to be
// durable, `prev` that entry's `sum`, `clean` whether the program ended in order, `unswept` (when it did) the accounts that
// are still to be swept for second posts, with when the last trouble was.
//
// Kinds that this program does not know are carried, whole, into every checkpoint. Fields that it does not know stay in
// their segments but not in checkpoints: whoever adds a field that carries a record's state raises the major format.
//
// WHY A CRASH LOSES NOTHING
//
// A batch is one write behind the newest segment's entries and one fdatasync; its callers go on only after that, and the
// next batch is written only after that. While a segment is written, spaces without a line feed may stand behind its
// entries, which later batches are written over; a stop in order, and compaction, take them off. Files other than the newest
// segment are written under a temporary name, synced, renamed, and their directory is synced before anything relies on
// them; so they are there whole or not at all.
//
// 1. A power cut therefore harms only the last batch, which nobody was told of: some of its blocks may be missing, and
//    read as NULs or as the spaces of before, while later ones arrived. So: at the first line that is not intact, look at
//    what follows. If an intact line there has a batch more than one past the last good line's, or if two batches stand there, the bad line belonged
//    to a batch that had been synced: damage, refused. Otherwise it is a torn tail, and what it held was never acknowledged. Intact lines of the
//    torn batch that stand before the tear are kept: they are true, and an outcome among them is worth having.
//    Spaces alone are no tear: the batch never arrived, or there was none.
// 2. A tear leaves NULs, spaces or an end of file, never a shorter file with an intact rest. An intact line that is not
//    the next in its chain is therefore always damage.
// 3. A file that was cut back at a line's end looks like a journal that never went further. head.json knows better: a
//    sequence below its own is a rollback (a restored backup, a disk that lied), refused.
// 4. After a tear, or any stop that was not clean, the old segment is never written again: a new checkpoint holds all that
//    was recovered and a new segment goes on from there, with a batch number that the torn batch can't have had. This
//    also makes durable what was only in the page cache after a failed sync (the old segment is synced once more too,
//    for its history; nothing relies on that). A segment's entries end where the next
//    segment's first `seq` says; bytes after that are its tear.
// 5. Compaction is the same step at leisure: checkpoint, then segment, then head.json, then the removal of all but the
//    newest three generations (a start after a crash leaves more segments, for their history). Cut anywhere, the newest checkpoint and the segments from it on give the same fold;
//    and if that checkpoint can't be read, the one before does, through one more segment.
// 6. A sync that fails is never tried again (the kernel may have dropped the pages and call them clean): the writer is
//    dead, and everything is read back from the disk by the next process.
// 7. What was synced into a file that no name leads to any more is as lost as if it had not been. So behind each batch's
//    sync the lock file and the segment have to be the ones at their paths; if not, the batch was not acknowledged, and
//    the writer is dead.

import Listings

/// Names and limits of the format.
enum Format {
  static let name = "hawker.journal/"
  static let major = "1"
  /// In bytes, with the line feed.
  static let lineLimit = 64 * 1024
  static let checkpointLineLimit = 1024 * 1024
  /// A segment that could not be compacted for want of room takes no more intents beyond the half of this.
  static let segmentLimit = 512 * 1024 * 1024
  /// head.json and lock.
  static let smallFileLimit = 64 * 1024
  /// Behind every number that a journal can come to, and below what a line's frame can say.
  static let numberLimit = 900_000_000_000_000_000
  /// What a line has besides its body: 2 × 19 digits, the time, the keys, the checksums.
  static let lineOverhead = 160
  /// `,"prev":"xxxxxxxx"` and `,"sum":"xxxxxxxx"}`.
  static let previousLength = 18
  static let sumLength = 18
  /// How many generations can be started from.
  static let generations = 3
  /// How many segments are kept at most where crashes, not compaction, made them.
  static let history = 32
  /// Of a failure's message; more is cut, so that an outcome always fits.
  static let messageLimit = 4096
  /// What stands behind the entries of a segment that is being written.
  static let blank: UInt8 = 0x20
  /// Room for outcomes that is kept free behind the newest entry before an intent is taken.
  static let reserve = 1024 * 1024
}

/// When a segment is compacted.
package struct SegmentLimits: Sendable {
  package var bytes: Int
  package var entries: Int
  /// How much room a batch adds behind itself when it reaches beyond that of before, in bytes: a sync that need not record
  /// a new size takes half as long.
  package var headroom: Int

  package init(bytes: Int = 16 * 1024 * 1024, entries: Int = 100_000, headroom: Int = 128 * 1024) {
    self.bytes = bytes
    self.entries = entries
    self.headroom = headroom
  }
}

/// The last entry of a chain: what the next one is numbered and chained from.
struct Chain: Hashable, Sendable {
  var sequence = 0
  var batch = 0
  var sum: UInt32 = 0

  /// Writes the next entry's line behind `buffer`. `body` is its members from `"kind"` on, without braces.
  mutating func append(_ body: [UInt8], at: String, to buffer: inout [UInt8]) {
    sequence += 1
    write(body, at: at, to: &buffer)
  }

  /// Writes a line that stands for this entry and isn't one itself: a checkpoint's, a head's.
  mutating func write(_ body: [UInt8], at: String, to buffer: inout [UInt8]) {
    let start = buffer.count
    buffer.append(contentsOf: "{\"seq\":\(sequence),\"batch\":\(batch),\"at\":\"".utf8)
    buffer.append(contentsOf: at.utf8)
    buffer.append(contentsOf: "\",".utf8)
    buffer.append(contentsOf: body)
    buffer.append(contentsOf: ",\"prev\":\"".utf8)
    Hex.append(sum, to: &buffer)
    buffer.append(0x22)
    sum = crc32c(buffer, start..<buffer.count)
    buffer.append(contentsOf: ",\"sum\":\"".utf8)
    Hex.append(sum, to: &buffer)
    buffer.append(contentsOf: "\"}\n".utf8)
  }
}

/// Eight lower-case hexadecimal digits.
enum Hex {
  static func append(_ value: UInt32, to buffer: inout [UInt8]) { buffer.append(word: EightBytes.hex(number: value)) }

  static func read(_ bytes: Span<UInt8>, at index: Int) -> UInt32? {
    let word = bytes.word(at: index)
    guard let value = EightBytes.number(hex: word), EightBytes.hex(number: value) == word else { return nil }
    return value
  }
}

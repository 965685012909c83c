import Journaling
import Listings
import Loading
import Planning

/// `state/cache/`: what the last plan learnt, so that the next one need not read again what is as it was: what each file
/// came to, and which posts were settled with the journal as it stood. Believed only when all that it depends on is shown
/// to be the same; anything else is dropped and made anew.
package struct PlanCache: Sendable {
  /// The journal's side of it.
  struct Head: Sendable {
    /// Of the journal's files.
    var journal: Digest
    /// Whether posts were noted as settled, and those that were not are here: then, with that journal, the listings that
    /// are as they were need not be looked at.
    var isSettled: Bool
    var lineage: String
    var sequence: Int
    /// What the notes' numbers stand for.
    var accounts: [String]
    /// Records of posts that are not noted as settled.
    var loose: [[UInt8]]
  }

  static let indexName = "plan.bin"
  static let contentsName = "contents.bin"
  private static let magic = Array("hawkpln1".utf8)

  let head: Head
  package let scan: ScanCache
  private let headBytes: [UInt8]

  /// All that a file's content and a post's settledness depend on beyond the files and the journal. `build` names the
  /// program: tables of categories and limits are part of it.
  package static func key(_ loaded: LoadedConfig, publicURL: String?, build: String) -> Digest {
    var packer = Packer()
    packer.text(build)
    packer.optional(loaded.digest?.hex)
    for path in [loaded.config.file, loaded.config.shop, loaded.config.listings, loaded.config.state] {
      packer.text(path)
    }
    // Whether there is one, not which.
    packer.flag(publicURL != nil)
    return Digest(of: packer.bytes)
  }

  /// Nil when there is none, or it is another program's, another shop's, or not whole.
  package static func read(_ files: CacheFiles, key: Digest) -> PlanCache? {
    // Were the two replaced in between, they would not belong together: then the contents' checks fail.
    guard let pieces = files.open(contentsName), let bytes = files.read(indexName), bytes.count > magic.count + 32,
      bytes.starts(with: magic)
    else { return nil }
    let sum = bytes.span.extracting(magic.count..<magic.count + 32)
    guard Digest(of: bytes[(magic.count + 32)...]) == Digest(raw: sum) else { return nil }
    var packed = Unpacker(bytes, magic.count + 32..<bytes.count)
    do throws(PackDamage) {
      guard try packed.digest() == key else { return nil }
      let start = packed.place
      let head = try Head(from: &packed)
      let end = packed.place
      guard let scan = ScanCache(bytes, from: end, contents: { pieces.read($0, $1) }) else { return nil }
      return PlanCache(head: head, scan: scan, headBytes: Array(bytes[start..<end]))
    } catch { return nil }
  }

  /// Writes it anew.
  static func write(
    _ head: (_ contents: ([UInt8]) -> Void) -> (head: Head, index: [UInt8]), to files: CacheFiles, key: Digest
  ) {
    var made: (head: Head, index: [UInt8])?
    let isWritten = files.replace(contentsName) { writing in
      var gathered: [UInt8] = []
      made = head { content in
        gathered += content
        guard gathered.count >= 1 << 20 else { return }
        writing.append(gathered)
        gathered.removeAll(keepingCapacity: true)
      }
      writing.append(gathered)
    }
    guard isWritten, let made else { return }
    write(made.head.packed, made.index, to: files, key: key)
  }

  /// The same with new stamps alone.
  func write(index: [UInt8], to files: CacheFiles, key: Digest) {
    PlanCache.write(headBytes, index, to: files, key: key)
  }

  private static func write(_ head: [UInt8], _ index: [UInt8], to files: CacheFiles, key: Digest) {
    var body: [UInt8] = []
    body.reserveCapacity(32 + head.count + index.count)
    key.append(to: &body)
    body += head
    body += index
    var front = magic
    Digest(of: body).append(to: &front)
    files.replace(indexName) { writing in
      writing.append(front)
      writing.append(body)
    }
  }
}

extension PlanCache.Head {
  fileprivate init(from packed: inout Unpacker) throws(PackDamage) {
    journal = try packed.digest()
    isSettled = try packed.flag()
    lineage = try packed.text()
    sequence = Int(try packed.number())
    accounts = try packed.list { (packed) throws(PackDamage) in try packed.text() }
    loose = try packed.list { (packed) throws(PackDamage) in try packed.raw(try packed.count()) }
  }

  fileprivate var packed: [UInt8] {
    var packer = Packer()
    packer.digest(journal)
    packer.flag(isSettled)
    packer.text(lineage)
    packer.number(sequence)
    packer.list(accounts) { $0.text($1) }
    packer.list(loose) { packer, bytes in
      packer.count(bytes.count)
      packer.raw(bytes)
    }
    return packer.bytes
  }
}

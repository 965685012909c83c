import Glibc
import Listings

/// The journal, open for writing: there is one in the world for each directory.
package final class Journal: Sendable {
  /// What `open` found.
  package let opening: Opening
  private let mailbox: Mailbox

  private init(_ mailbox: Mailbox, _ opening: Opening) {
    self.mailbox = mailbox
    self.opening = opening
  }

  deinit { mailbox.send(.close(nil)) }

  /// Opens the journal in `directory`, or makes one. `program` is hawker's version, for the files' first lines.
  package static func open(
    _ directory: String, program: String, now: @escaping @Sendable () -> Timestamp
  ) throws(JournalError) -> Journal {
    try open(directory, JournalSetting(program: program, now: now))
  }

  package static func open(_ directory: String, _ setting: JournalSetting) throws(JournalError) -> Journal {
    let layout = Layout(directory: directory)
    let lock = try Lock.take(layout, setting)
    do throws(JournalError) {
      let start = try Start.make(layout, setting, lock)
      let mailbox = try Mailbox(start.ledger, directory, unswept: start.unswept)
      try WriterThread.start(start.writer, mailbox, lock: lock)
      return Journal(mailbox, start.opening)
    } catch {
      lock.release(setting.disk)
      throw error
    }
  }

  /// The fold of all durable entries.
  package var ledger: Ledger { mailbox.ledger }

  /// One post's record, without a copy of the whole ledger.
  package func record(of key: PostKey) -> Record? { mailbox.record(of: key) }

  /// What was last seen to differ of one post.
  package func drift(of key: PostKey) -> Drift? { mailbox.drift(of: key) }

  /// Whether its account has refused too much for another new post.
  package func stopsCreate(of key: PostKey, digest: Digest?, at now: Timestamp) -> Bool {
    mailbox.stopsCreate(of: key, digest: digest, at: now)
  }

  /// Keeps these contents in the place of equal ones, which changes nothing but the memory that they take. A few at a time:
  /// nobody is to wait for it.
  package func share(_ contents: [(key: PostKey, content: Content)]) {
    for first in stride(from: 0, to: contents.count, by: 256) {
      mailbox.share(contents[first..<min(first + 256, contents.count)])
    }
  }

  /// What the ledger knows of these listings, with the holds on them alone; the rest of it stays where it is.
  package func ledger(of listings: Set<String>) -> Ledger { mailbox.ledger(of: listings) }

  /// Accounts that are still to be swept for second posts, with when the last trouble was: what a life leaves to the next
  /// one. After a stop that was not in order that is every account with a record.
  package var unswept: [String: Timestamp] { mailbox.unswept }

  /// Something went wrong there that may have left two posts of one create.
  package func note(trouble account: String, at moment: Timestamp) { mailbox.note(trouble: account, at: moment) }

  /// It was looked through after the trouble of `moment`; a later one stays.
  package func swept(_ account: String, since moment: Timestamp) { mailbox.swept(account, since: moment) }

  /// Whether every caller has had its answer: what a test on virtual time waits for before it lets time pass.
  package var isIdle: Bool { mailbox.isIdle }

  /// Calls that the writer has not taken yet.
  var waiting: Int { mailbox.waiting }

  /// Returns when the entries are durable. Entries of one call stand together and in their order; many callers share one
  /// write and one sync. A cancelled task still waits: what it has been told is then true. When it throws, nothing may
  /// be sent that depends on the entries; outcomes have then gone to the emergency file.
  package nonisolated(nonsending) func append(_ entries: [Entry]) async throws(JournalError) {
    guard !entries.isEmpty else { return }
    let entries = entries.contains(where: \.isLong) ? entries.map(\.clipped) : entries
    var bodies: [[UInt8]] = []
    for entry in entries {
      let body = entry.body(of: key(of: entry, among: entries))
      guard body.count + Format.lineOverhead <= Format.lineLimit else {
        throw .tooLong(kind: entry.kind, bytes: body.count + Format.lineOverhead)
      }
      bodies.append(body)
    }
    let refusal = await withCheckedContinuation { waiter in
      mailbox.send(.append(Request(entries: entries, bodies: bodies, waiter: waiter)))
    }
    if let refusal { throw refusal }
  }

  /// Starts a new generation now.
  package func compact() async throws(JournalError) {
    let refusal = await withCheckedContinuation { waiter in mailbox.send(.compact(waiter)) }
    if let refusal { throw refusal }
  }

  /// Waits for everything that was appended, writes the last head and gives the lock back. Appending afterwards throws.
  /// Gives why the journal had failed; nil: everything that was acknowledged is where it should be.
  @discardableResult
  package func close() async -> JournalError? {
    await withCheckedContinuation { waiter in mailbox.send(.close(waiter)) }
  }

  /// Whose outcome it is; the intent is in the ledger, since it was durable before anything was sent.
  private func key(of entry: Entry, among entries: [Entry]) -> PostKey? {
    guard case .outcome(let outcome) = entry else { return nil }
    if let key = mailbox.key(ofOp: outcome.op) { return key }
    for case .intent(let intent) in entries where intent.op == outcome.op { return intent.key }
    return nil
  }
}

/// What opening a journal found, for the user.
package struct Opening: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    case created
    /// The last program ended in order.
    case clean
    /// The last program was killed; nothing is missing.
    case unclean
    /// The last batch was being written when the program or the machine stopped: its bytes are kept in `evidence`.
    case torn(evidence: String, bytes: Int)
  }

  package var state: State
  /// Nothing was ever recorded in it: it was just made, or its maker died before that.
  package var isUnused = false
  /// Outcomes taken over from the emergency file.
  package var merged = 0
  /// A checkpoint that could not be read and was done without, an emergency file with unreadable lines.
  package var notes: [String] = []

  /// Whether the last program was killed, or lost its power.
  package var isUnclean: Bool {
    switch state {
    case .created, .clean: false
    case .unclean, .torn: true
    }
  }

  /// Nil when there is nothing to tell.
  package var messages: [String] {
    var messages = notes
    if merged > 0 { messages.append("\(merged) outcomes were taken over from the emergency file") }
    if case .torn(let evidence, let bytes) = state {
      messages.append(
        "the last write was cut off (a crash or a power cut): \(bytes) bytes, which nothing relied on, are kept in "
          + "\(evidence); posts whose outcome is not known are looked up first")
    }
    return messages
  }
}

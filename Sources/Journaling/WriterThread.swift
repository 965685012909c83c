import Glibc
import Listings

/// The writer's thread. A thread of its own, because a sync may block for as long as a disk likes: on a small machine
/// that would take a good part of the cooperative pool away.
enum WriterThread {
  static func start(_ writer: Writer, _ mailbox: Mailbox, lock: Lock) throws(JournalError) {
    let thread = Cores.start {
      var writer = writer
      let waiter = writer.serve(mailbox)
      mailbox.retire()
      lock.release(writer.setting.disk)
      // Only now: whoever closed may open again at once.
      waiter?.resume(returning: writer.death)
      mailbox.answered(1)
    }
    guard let thread else {
      throw .unwritable(path: writer.layout.directory, reason: String(cString: strerror(errno)))
    }
    pthread_detach(thread)
  }
}

extension Writer {
  /// Entries in one batch, and their bytes: large enough for any crowd, small enough that nobody waits long.
  private static let batchLimit = (requests: 1024, bytes: 1024 * 1024)

  /// Works until the journal is closed; gives who waits for that.
  fileprivate mutating func serve(_ mailbox: Mailbox) -> Waiter? {
    var crowd = 0
    var patience = Patience()
    while true {
      var batch: [Request] = []
      var size = 0
      let works = mailbox.receive(expecting: crowd, &patience)
      for work in works {
        if case .append(let request) = work {
          batch.append(request)
          size += request.size
          if batch.count < Writer.batchLimit.requests, size < Writer.batchLimit.bytes { continue }
        }
        commit(&batch, mailbox)
        size = 0
        switch work {
        case .append: break
        case .compact(let waiter):
          waiter.resume(returning: compact(mailbox))
          mailbox.answered(1)
        case .close(let waiter):
          finish(unswept: mailbox.unswept)
          return waiter
        }
      }
      commit(&batch, mailbox)
      // Those who can come back now, and those who came meanwhile.
      crowd = works.count + mailbox.waiting
    }
  }

  private mutating func commit(_ batch: inout [Request], _ mailbox: Mailbox) {
    guard !batch.isEmpty else { return }
    let (refusals, at) = commit(batch)
    mailbox.settle(batch, refusals, at: at, sequence: chain.sequence)
    CrashPoint.reach("settled")
    defer { mailbox.answered(refusals.count) }
    batch = []
    keepHouse { mailbox.ledger }
    mailbox.advance(to: chain.sequence)
  }

  private mutating func compact(_ mailbox: Mailbox) -> JournalError? {
    defer { mailbox.advance(to: chain.sequence) }
    do throws(JournalError) {
      try compact(mailbox.ledger)
      return nil
    } catch {
      return error
    }
  }
}

import Glibc
import Listings

/// The writer's thread. A thread of its own, because a sync may block for as long as a disk likes: on a small machine
/// that would take a good part of the cooperative pool away.
enum WriterThread {
  static func start(_ writer: Writer, _ mailbox: Mailbox, lock: Int32) throws(JournalError) {
    let body = Body {
      var writer = writer
      let waiter = writer.serve(mailbox)
      mailbox.retire()
      writer.setting.disk.unlock(lock)
      // Only now: whoever closed may open again at once.
      waiter?.resume(returning: nil)
      mailbox.answered(1)
    }
    var thread = pthread_t()
    let code = spawn(&thread, Unmanaged.passRetained(body))
    guard code == 0 else { throw .unwritable(path: writer.layout.directory, reason: String(cString: strerror(code))) }
    pthread_detach(thread)
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// With every signal blocked: signals are for the threads that wait for them.
  private static func spawn(_ thread: inout pthread_t, _ body: Unmanaged<Body>) -> Int32 {
    var (all, before) = (sigset_t(), sigset_t())
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let code = pthread_create(
      &thread, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    if code != 0 { body.release() }
    return code
  }
}

extension Writer {
  /// Entries in one batch, and their bytes: large enough for any crowd, small enough that nobody waits long.
  private static let batchLimit = (requests: 1024, bytes: 1024 * 1024)

  /// Works until the journal is closed; gives who waits for that.
  fileprivate mutating func serve(_ mailbox: Mailbox) -> Waiter? {
    var crowd = 0
    while true {
      var batch: [Request] = []
      var size = 0
      let works = mailbox.receive(expecting: crowd)
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
          finish()
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

import CLibCurl
import Glibc

/// The thread that owns libcurl: takes letters, lets libcurl work, hands answers back.
final class Loop {
  private let mailbox: Mailbox
  private let limits: Client.Limits
  /// Under way.
  private var transfers: [ObjectIdentifier: Transfer] = [:]
  private let lines = Lines()
  /// Their handles are used again.
  private var idle: [Transfer] = []

  private init(mailbox: Mailbox, limits: Client.Limits) {
    self.mailbox = mailbox
    self.limits = limits
  }

  private final class Start {
    let mailbox: Mailbox
    let limits: Client.Limits

    init(mailbox: Mailbox, limits: Client.Limits) {
      self.mailbox = mailbox
      self.limits = limits
    }
  }

  /// Starts the thread; it ends, and libcurl's handles with it, when the mailbox is closed.
  static func start(reading mailbox: Mailbox, limits: Client.Limits) {
    let start = Unmanaged.passRetained(Start(mailbox: mailbox, limits: limits))
    var thread = pthread_t()
    // libcurl leaves SIGPIPE to the program (CURLOPT_NOSIGNAL), and signals are none of this thread's business: it is
    // born with all of them blocked.
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let code = pthread_create(&thread, nil, threadMain, start.toOpaque())
    pthread_sigmask(SIG_SETMASK, &before, nil)
    guard code == 0 else { fatalError("the network thread can't be started: \(String(cString: strerror(code)))") }
    pthread_detach(thread)
  }

  fileprivate static func main(_ argument: UnsafeMutableRawPointer) {
    let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
    Loop(mailbox: start.mailbox, limits: start.limits).run()
  }

  private func run() {
    curl_multi_set_long(mailbox.multi, CURLMOPT_MAXCONNECTS, 64)
    var batch: [Mailbox.Letter] = []
    while mailbox.collect(into: &batch) {
      for letter in batch { read(letter) }
      batch.removeAll(keepingCapacity: true)
      var running: Int32 = 0
      curl_multi_perform(mailbox.multi, &running)
      let finished = finishTransfers()
      // After an answer its caller often has the next request ready: look again before sleeping.
      if !finished, mailbox.mayRest() { curl_multi_poll(mailbox.multi, nil, 0, 3_600_000, nil) }
    }
    idle.removeAll()
    curl_multi_cleanup(mailbox.multi)
    // Until here libcurl closes sockets.
    withExtendedLifetime(lines) {}
  }

  private func read(_ letter: Mailbox.Letter) {
    switch letter {
    case .start(let order) where order.ticket.isCancelled:
      order.continuation.resume(returning: .failure(.cancelled(wasSent: false)))
    case .start(let order): begin(order)
    case .cancel(let ticket):
      // Not there: answered already, or its start comes later and finds the ticket cancelled.
      guard let transfer = transfers.removeValue(forKey: ObjectIdentifier(ticket)) else { return }
      end(transfer, with: .failure(.cancelled(wasSent: transfer.wasSent)))
    }
  }

  private func begin(_ order: Order, freshly: Bool = false) {
    let transfer = idle.popLast() ?? Transfer(lines)
    do throws(CurlFailure) {
      try transfer.prepare(order, limits: limits, freshly: freshly)
    } catch {
      return end(transfer, with: .failure(error))
    }
    let code = curl_multi_add_handle(mailbox.multi, transfer.easy)
    guard code == CURLM_OK else {
      let message = String(cString: curl_multi_strerror(code))
      return end(transfer, with: .failure(CurlFailure(.other, wasSent: false, message: message)))
    }
    transfers[ObjectIdentifier(order.ticket)] = transfer
  }

  private func finishTransfers() -> Bool {
    var left: Int32 = 0
    var any = false
    while let message = curl_multi_info_read(mailbox.multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let code = curl_message_result(message)
      guard let ticket = Transfer.of(easy)?.order?.ticket,
        let transfer = transfers.removeValue(forKey: ObjectIdentifier(ticket))
      else { continue }
      any = true
      if transfer.needsFreshConnection, let order = transfer.order {
        release(transfer)
        begin(order, freshly: true)
      } else {
        end(transfer, with: transfer.result(code))
      }
    }
    return any
  }

  private func end(_ transfer: Transfer, with result: Result<Response, CurlFailure>) {
    let continuation = transfer.order?.continuation
    release(transfer)
    continuation?.resume(returning: result)
  }

  private func release(_ transfer: Transfer) {
    // Does nothing when the handle was never added.
    curl_multi_remove_handle(mailbox.multi, transfer.easy)
    transfer.clear()
    if idle.count < 32 { idle.append(transfer) }
  }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Loop.main(argument) }
  return nil
}

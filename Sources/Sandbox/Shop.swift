import Listings

/// One sandbox's whole state behind its server's lock: what the marketplaces remember, what is kept of it on disk, the
/// faults, the limits and the log. It turns a request into what shall happen on the wire.
struct Shop: ~Copyable {
  private(set) var store: Store
  private(set) var photos: PhotoShelf
  private(set) var requests = SandboxRequests()
  var faults: [Fault]
  var origin = ""
  var deadTokens = SandboxCredentials.deadTokens
  /// Used codes and refresh tokens; in memory alone.
  private var spent: Set<String> = []
  private var ledger: Ledger?
  private var isClosed = false
  private let options: SandboxOptions
  private var numbers: SeededNumbers
  private var allowances: [String: Allowance] = [:]

  /// What shall happen on the wire.
  struct Reply {
    enum Ending: Hashable {
      case answered, dropped, silent
      /// The length of the whole is announced, half of it is sent.
      case cut
    }

    var ending = Ending.answered
    var answer: Answer
    var delay: Duration = .zero
    var entry: SandboxRequest
  }

  init(_ options: SandboxOptions) throws(SandboxError) {
    let photos = try PhotoShelf(directory: options.directory)
    var store = Store()
    let ledger = try Shop.ledger(in: options.directory, into: &store)
    self.options = options
    self.photos = photos
    self.store = store
    self.ledger = ledger
    faults = options.faults
    numbers = SeededNumbers(seed: options.seed)
  }

  private static func ledger(
    in directory: String?, into store: inout Store
  ) throws(SandboxError) -> Ledger? {
    guard let directory else { return nil }
    var lines = 0
    var replayed = Store()
    let ledger = try Ledger(directory: directory) { change in
      replayed.apply(change)
      lines += 1
    }
    store = replayed
    let essence = store.essence
    guard lines > 2 * essence.count + 1000 else { return ledger }
    // The new file is locked by opening it again; nobody else can come between while the old one is held.
    try Ledger.compact(directory: directory, to: essence)
    let compacted = try Ledger(directory: directory) { _ in }
    _ = consume ledger
    return compacted
  }

  /// A request to one of the marketplaces; nil when its path belongs to neither.
  mutating func reply(to request: Request) -> Reply? {
    guard let call = Call(request) else { return nil }
    let now = options.now()
    let struck = strike(call)
    var reply = Reply(
      answer: Answer(status: 500), delay: options.latency,
      entry: SandboxRequest(
        marketplace: call.marketplace, operation: call.operation, method: request.method, path: request.path,
        status: nil, effect: .none, faults: struck.map(\.kind.description), at: now))
    if struck.contains(where: { $0.kind == .slow }) { reply.delay += options.slowness }
    let ending = struck.first { $0.kind.isEnding }?.kind
    if mayProceed(call, at: now, ending: ending) {
      if ending?.isBeforeEffect != true { decide(request, call, struck: struck, into: &reply) }
    } else {
      reply.answer = call.throttled(at: now)
    }
    if let ending { end(&reply, call, as: ending, at: now) }
    setUsage(&reply.answer, call)
    reply.entry.status = reply.ending == .answered || reply.ending == .cut ? reply.answer.status : nil
    requests.note(reply.entry)
    return reply
  }

  private mutating func strike(_ call: Call) -> [Fault] {
    var struck: [Fault] = []
    for fault in faults where fault.applies(to: call.operation, of: call.marketplace) {
      if fault.rate >= 1 || Double.random(in: 0..<1, using: &numbers) < fault.rate { struck.append(fault) }
    }
    return struck
  }

  private mutating func mayProceed(_ call: Call, at now: Timestamp, ending: Fault.Kind?) -> Bool {
    if ending == .throttle { return false }
    guard let limit = options.requestsPerSecond, call.operation != .login else { return true }
    return allowances[call.marketplace, default: Allowance(perSecond: limit)].take(at: now)
  }

  private mutating func decide(_ request: Request, _ call: Call, struck: [Fault], into reply: inout Reply) {
    let decision = decision(request, call, struck: struck, at: reply.entry.at)
    guard perform(decision) else {
      reply.answer = call.failed(500, at: reply.entry.at)
      return
    }
    reply.answer = decision.answer
    reply.entry.effect = decision.changes.isEmpty ? .none : call.operation.effect
    guard call.operation == .create, !decision.changes.isEmpty, struck.contains(where: { $0.kind == .duplicate }) else {
      return
    }
    // The second one comes without its key, or OfferUp would answer it with the first.
    var again = request
    again.headers["idempotency-key"] = nil
    let others = struck.filter { $0.kind != .refuseRepeats }
    _ = perform(self.decision(again, call, struck: others, at: reply.entry.at))
  }

  /// Reads the store and changes nothing. The copy of the store lives no longer than this call, so that changing it
  /// afterwards copies nothing.
  private func decision(_ request: Request, _ call: Call, struck: [Fault], at now: Timestamp) -> Decision {
    var hiddenFor = options.visibilityDelay
    if hiddenFor == .zero, struck.contains(where: { $0.kind == .delay }) { hiddenFor = .seconds(10) }
    let settings = Desk.Settings(
      origin: origin, isBare: options.isBare, hiddenFor: hiddenFor,
      refusesRepeats: struck.contains { $0.kind == .refuseRepeats }, deadTokens: deadTokens,
      revokes: struck.contains { $0.kind == .revoke }, wrongState: struck.contains { $0.kind == .wrongState },
      staleCodes: struck.contains { $0.kind == .staleCode }, spent: spent, tokenLifetime: options.tokenLifetime,
      listLimit: options.listLimit, requiresProof: options.requiresProof)
    let photos = photos
    let finder = options.photoFile
    let access = PhotoAccess(has: { photos.has($0) }, fetch: { PhotoShelf.fetch($0, by: finder) })
    return call.decide(request, Desk(store: store, settings: settings, now: now, photos: access))
  }

  /// Photos first, then the ledger, then memory: whatever is answered is written. False: nothing happened.
  private mutating func perform(_ decision: Decision) -> Bool {
    for photo in decision.photos where !photos.keep(photo) { return false }
    guard write(decision.changes) else { return false }
    for change in decision.changes { store.apply(change) }
    if let spending = decision.spending { spent.insert(spending) }
    return true
  }

  private mutating func write(_ changes: [Change]) -> Bool {
    if changes.isEmpty { return true }
    return ledger?.append(changes) ?? !isClosed
  }

  /// Lets the directory go, for another sandbox. What comes afterwards has no effect.
  mutating func close() {
    isClosed = true
    ledger = nil
  }

  private func end(_ reply: inout Reply, _ call: Call, as kind: Fault.Kind, at now: Timestamp) {
    switch kind {
    case .status(let status, _): reply.answer = call.failed(status, at: now)
    case .drop: reply.ending = .dropped
    case .hang: reply.ending = .silent
    case .truncate: reply.ending = .cut
    case .garbage:
      reply.answer = Answer(
        status: 200, headers: [Answer.Header(name: "Content-Type", value: "text/html; charset=utf-8")],
        body: Array("<!doctype html><title>Welcome back</title><p>Please sign in to the hotel Wi-Fi.".utf8))
    case .throttle, .duplicate, .delay, .slow, .refuseRepeats, .revoke, .wrongState, .staleCode: break
    }
  }

  private func setUsage(_ answer: inout Answer, _ call: Call) {
    guard call.marketplace == "facebook", let allowance = allowances["facebook"] else { return }
    let usage = "{\"call_count\":\(allowance.usage),\"total_time\":\(allowance.usage),\"total_cputime\":1}"
    answer.set("X-App-Usage", usage)
    answer.set("X-Page-Usage", usage)
    let useCase =
      "{\"type\":\"pages\",\"call_count\":\(allowance.usage),\"total_cputime\":1,"
      + "\"total_time\":\(allowance.usage),\"estimated_time_to_regain_access\":0}"
    answer.set("X-Business-Use-Case-Usage", "{\"\(SandboxCredentials.pageID)\":[\(useCase)]}")
  }

  /// What somebody does on the marketplace by hand. False when there is no such live listing, or it can't be written.
  mutating func edit(_ remoteID: String, _ change: (inout Post) -> Void) -> Bool {
    guard let number = Int(remoteID.drop { !$0.isNumber }.split(separator: "_").last ?? ""),
      var post = store.posts[number], post.listing.remoteID == remoteID, post.listing.isLive
    else { return false }
    change(&post)
    post.listing.updatedAt = options.now()
    guard write([.post(post)]) else { return false }
    store.apply(.post(post))
    return true
  }
}

extension Fault.Kind {
  fileprivate var isBeforeEffect: Bool {
    switch self {
    case .status(_, let after), .drop(let after), .hang(let after): !after
    default: false
    }
  }
}

extension SandboxOperation {
  fileprivate var effect: SandboxRequest.Effect {
    switch self {
    case .create: .created
    case .update: .updated
    case .withdraw: .withdrawn
    case .upload: .uploaded
    case .read, .list, .verify, .login, .other: .none
    }
  }
}

import Inotify
import Synchronization

/// Joins the parts: reports from the owner thread go through the settling machine into the outbox, and the reader's
/// doorbell rings. Nothing here waits; the only timers are for a burst's end and for polls.
final class WatchCore: Sendable {
  private struct State {
    var settling: Settling<ContinuousClock.Instant>
    var outbox = Outbox()
    var commands: [Command] = []
    var folders: Set<RawPath> = []
    var timers: [TimerKind: (deadline: ContinuousClock.Instant, task: Task<Void, Never>)] = [:]
    var listener: Int?
    var isStarted = false
    var isStopped = false
    var isLost = false
    var wantsTicks = false
    /// Something was put into the outbox, and nobody has been told.
    var hasNews = false
  }

  private enum TimerKind: Hashable, Sendable { case settle, poll }

  private let options: WatchOptions
  private let clock = ContinuousClock()
  private let state: Mutex<State>
  private let doorbell: AsyncStream<Void>
  private let bell: AsyncStream<Void>.Continuation

  init(_ options: WatchOptions) {
    self.options = options
    state = Mutex(State(settling: Settling(settle: options.settle)))
    (doorbell, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func start() throws(WatchError) {
    for path in options.roots + options.files where path.utf8.first != 0x2F { throw .notAbsolute(path) }
    let isFirst = state.withLock { state in
      defer { state.isStarted = true }
      return !state.isStarted && !state.isStopped
    }
    guard isFirst else { throw .startedBefore }
    do { try join() } catch { throw .unavailable(error) }
  }

  func stop() {
    let (listener, tasks) = state.withLock { state in
      state.isStopped = true
      defer {
        state.listener = nil
        state.timers = [:]
      }
      return (state.listener, state.timers.values.map(\.task))
    }
    for task in tasks { task.cancel() }
    if let listener { Inotify.shared.leave(listener) }
    bell.finish()
  }

  func command(_ command: Command) {
    let listener = state.withLock { state in
      if case .add(let folders) = command { state.folders.formUnion(folders) }
      // Before it has joined, the tree is made with the folders.
      if state.listener != nil { state.commands.append(command) }
      return state.listener
    }
    if let listener { Inotify.shared.poke(listener) }
  }

  func nextSignal() async -> WatchSignal? {
    if let signal = take() { return signal }
    for await _ in doorbell {
      if let signal = take() { return signal }
    }
    return take()
  }

  func take() -> WatchSignal? { state.withLock { $0.outbox.take() } }

  /// Changes the state, and rings when that had something to say: not under the lock, where whoever is woken would wait.
  private func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
    let (value, hasNews) = state.withLock { state in
      let value = body(&state)
      defer { state.hasNews = false }
      return (value, state.hasNews)
    }
    if hasNews {
      bell.yield()
      options.ring?()
    }
    return value
  }

  // MARK: Reports

  private func join() throws(InotifyFailure) {
    let folders = state.withLock { $0.folders }
    let report: @Sendable (TreeReport) -> Void = { [weak self] in self?.receive($0) }
    let commands: @Sendable () -> [Command] = { [weak self] in self?.takeCommands() ?? [] }
    let listener = try Inotify.shared.listen { [options] in
      Tree(options, folders: folders, report: report, commands: commands)
    }
    let (isStopped, missed) = state.withLock { state in
      state.listener = listener
      let missed = state.folders.subtracting(folders)
      if !missed.isEmpty { state.commands.append(.add(missed)) }
      return (state.isStopped, !missed.isEmpty)
    }
    if isStopped { Inotify.shared.leave(listener) } else if missed { Inotify.shared.poke(listener) }
  }

  private func takeCommands() -> [Command] {
    state.withLock { state in
      defer { state.commands = [] }
      return state.commands
    }
  }

  private func receive(_ report: TreeReport) {
    let now = clock.now
    change { state in
      switch report {
      case .changed(let path, let change): put(state.settling.note(path, change, at: now), &state)
      case .everything(let reason, settling: true): put(state.settling.noteEverything(reason, at: now), &state)
      case .everything(let reason, settling: false):
        if state.isLost { put(health: .recovered("inotify works again"), &state) }
        state.isLost = false
        put(.everything(reason), &state)
      case .degraded(let text): put(health: .degraded(text), &state)
      case .recovered(let text): put(health: .recovered(text), &state)
      case .wantsTicks(let wants): state.wantsTicks = wants
      case .lost(let failure): lose(failure, &state)
      }
      arm(&state, at: now)
    }
  }

  private func lose(_ failure: InotifyFailure, _ state: inout State) {
    if !state.isLost {
      let interval = options.poll.components.seconds
      put(health: .degraded("\(failure); hawker looks at all files every \(interval) s instead"), &state)
    }
    state.isLost = true
    state.wantsTicks = false
  }

  private func put(_ announcement: Announcement?, _ state: inout State) {
    guard let announcement else { return }
    state.outbox.put(announcement)
    state.hasNews = true
  }

  private func put(health signal: WatchSignal, _ state: inout State) {
    state.outbox.putHealth(signal)
    state.hasNews = true
  }

  // MARK: Timers

  /// At rest there is none.
  private func arm(_ state: inout State, at now: ContinuousClock.Instant) {
    guard !state.isStopped else { return }
    if let deadline = state.settling.deadline { start(.settle, at: deadline, &state) }
    if state.wantsTicks || state.isLost {
      start(.poll, at: now.advanced(by: options.poll), &state)
    } else if let timer = state.timers.removeValue(forKey: .poll) {
      timer.task.cancel()
    }
  }

  /// A timer that fires earlier is as good: it looks at the deadline again. So a burst needs few of them.
  private func start(_ kind: TimerKind, at deadline: ContinuousClock.Instant, _ state: inout State) {
    if let running = state.timers[kind] {
      guard deadline < running.deadline else { return }
      running.task.cancel()
    }
    let task = Task { [weak self, clock] in
      try? await Task.sleep(until: deadline, tolerance: .zero, clock: clock)
      if !Task.isCancelled { self?.fire(kind) }
    }
    state.timers[kind] = (deadline, task)
  }

  private func fire(_ kind: TimerKind) {
    let now = clock.now
    let mustPoll = change { state in
      state.timers[kind] = nil
      if kind == .settle { put(state.settling.due(at: now), &state) }
      arm(&state, at: now)
      return kind == .poll && !state.isStopped
    }
    if mustPoll { poll() }
  }

  private func poll() {
    guard state.withLock({ $0.isLost }) else { return command(.tick) }
    change { put(.everything("hawker looks at regular intervals"), &$0) }
    // When it fails, the next poll tries again.
    try? join()
  }
}

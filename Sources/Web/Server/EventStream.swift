import Listings
import ServiceLifecycle
import Synchronization

/// What one reader of `/events` is sent, as text.
struct EventStream: Sendable {
  static let limit = 32
  /// A reader comes back by itself when its stream ends; so that none that went silently stays for ever.
  static let lasts: Duration = .seconds(3600)
  private static let beat: Duration = .seconds(15)
  private static let look: Duration = .milliseconds(250)
  private static let depth = 256

  let loop: any Loop
  let views: Views

  private enum Word: Sendable {
    case activity(Activity)
    case look
    case beat
  }

  /// Calls `send` for each piece until it throws, or the task is cancelled.
  func run(_ send: (String) async throws -> Void) async throws {
    let (words, continuation) = AsyncStream.makeStream(of: Word.self, bufferingPolicy: .bufferingNewest(Self.depth))
    let lost = Flag()
    let activity = loop.activity()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        for await line in activity {
          if case .dropped = continuation.yield(.activity(line)) { lost.raise() }
        }
        continuation.finish()
      }
      group.addTask { try await Self.tick(continuation) }
      defer {
        continuation.finish()
        group.cancelAll()
      }
      var state = State()
      for await word in words.cancelOnGracefulShutdown() {
        if lost.take() { try await send("event: lost\ndata: {}\n\n") }
        if let text = await text(of: word, &state) { try await send(text) }
      }
    }
  }

  private static func tick(_ continuation: AsyncStream<Word>.Continuation) async throws {
    var count: Int64 = 0
    let beats = beat.milliseconds / look.milliseconds
    while count * look.milliseconds < lasts.milliseconds {
      continuation.yield(count % beats == beats - 1 ? .beat : .look)
      count += 1
      try await Task.sleep(for: look)
    }
    continuation.finish()
  }

  private struct State {
    var id = 0
    var last: String?
  }

  private func text(of word: Word, _ state: inout State) async -> String? {
    switch word {
    case .beat: return ": still here\n\n"
    case .activity(let activity):
      state.id += 1
      return "id: \(state.id)\nevent: activity\ndata: \(EventStream.json(activity))\n\n"
    case .look:
      let now = EventStream.json(await views.current())
      guard now != state.last else { return nil }
      state.last = now
      return "event: state\ndata: \(now)\n\n"
    }
  }

  private static func json(_ activity: Activity) -> String {
    var json = JSONWriter()
    json.object { json in
      json.field("at", activity.at.description)
      json.field("level", activity.level.rawValue)
      json.field("text", activity.text)
      json.field("listing", activity.listing)
      json.field("account", activity.account)
    }
    return json.text
  }

  private static func json(_ snapshot: Snapshot) -> String {
    let counts = snapshot.counts
    var json = JSONWriter()
    json.object { json in
      json.field("live", counts.total(\.live))
      json.field("queued", snapshot.view.queued)
      json.field("in_flight", snapshot.view.inFlight)
      json.field("held", counts.total(\.held))
      json.field("uncertain", counts.total(\.uncertain))
      json.field("failed", counts.total(\.failed))
      json.field("plan_id", snapshot.planID)
      json.field("in_sync", Readiness(snapshot.view).state == .inSync)
    }
    return json.text
  }
}

/// Something happened since it was last asked for.
private final class Flag: Sendable {
  private let isUp = Mutex(false)

  func raise() { isUp.withLock { $0 = true } }

  func take() -> Bool {
    isUp.withLock { isUp in
      defer { isUp = false }
      return isUp
    }
  }
}

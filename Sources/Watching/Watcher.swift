import Inotify

/// Watches a shop's folders until it is stopped or let go of. One task may read `signals`.
package final class Watcher: Sendable {
  private let core: WatchCore

  package init(_ options: WatchOptions) { core = WatchCore(options) }

  deinit { core.stop() }

  /// Ends after `stop`. What isn't read yet is folded together: at most a state of health, one "look again" and one set
  /// of paths wait.
  package var signals: AsyncStream<WatchSignal> {
    AsyncStream { [core] in await core.nextSignal() }
  }

  /// The next signal, without waiting for one: what `WatchOptions.ring` tells of.
  package func take() -> WatchSignal? { core.take() }

  /// Returns at once; when the watches stand, the first signal says so. When inotify can't be used, the signals are
  /// `degraded` and, at every poll, `lookAgain`.
  package func start() throws(WatchError) { try core.start() }

  package func stop() { core.stop() }

  /// Watches these folders too, each without what is below it; they may be missing, and may lie in a root.
  package func add(folders: Set<String>) { core.command(.add(Set(folders.map { RawPath($0) }))) }

  /// Checks that the watches stand on the folders that the paths name now: what a mount or the loss of a parent folder
  /// does is told by no event. Cheap; meant for every regular full look.
  package func verify() { core.command(.verify) }
}

/// A moment by the clock that runs since the machine was started: nobody can put it forward, and it goes on while the
/// machine sleeps. Only moments of one start can be compared.
package struct BootMoment: Hashable, Sendable, CustomStringConvertible {
  /// Names the start of the machine.
  package let boot: String
  /// Since that start.
  package let milliseconds: Int64

  package init(boot: String, milliseconds: Int64) {
    self.boot = boot
    self.milliseconds = milliseconds
  }

  /// At least so much time has passed since `earlier`: after another start, the time since this one.
  package func elapsed(since earlier: BootMoment) -> Duration {
    .milliseconds(max(0, boot == earlier.boot ? milliseconds - earlier.milliseconds : milliseconds))
  }

  /// As the journal keeps it: `1f2e3d4c+86400000`.
  package var description: String { "\(boot)+\(milliseconds)" }

  package init?(_ text: String) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let time = Int64(parts[1]), time >= 0 else { return nil }
    self.init(boot: String(parts[0]), milliseconds: time)
  }
}

// Comes in: the folders and files of a shop. Goes out: which paths changed and are quiet now, or that everything has to be
// looked at again. It never reads a file, never decides what a change means, and never promises that something changed:
// a signal is a hint to look again, and missing one is made good by the next full look.
import Inotify

package enum WatchSignal: Sendable, Equatable {
  /// These files and folders changed and are quiet now (absolute, as the options spell their roots). A folder stands for
  /// what is directly in it; new folders are named together with what was found below them, a folder that is gone stands
  /// for all that was. The first complete write of a lone file comes without waiting.
  case settled(Set<String>)
  /// Everything may have changed; the text says why. The first signal is this one: the watches stand, so a full look made
  /// from here on misses nothing.
  case lookAgain(String)
  /// Some changes can't be seen: `lookAgain` comes at every poll until `recovered`. The text says what to do.
  case degraded(String)
  case recovered(String)
}

package struct WatchOptions: Sendable {
  /// Folders watched with all that is below them. Absolute; they may be missing, or come and go.
  package var roots: [String]
  /// Single files, watched by their folder. Absolute; they may be missing.
  package var files: [String]
  /// How long a burst must be quiet. Zero: every change is announced at once.
  package var settle: Duration
  /// How often to look again while watches are missing, and to look for roots that are.
  package var poll: Duration
  /// Entries that nobody wants to hear of, by their name; a folder so named isn't entered either.
  package var ignores: @Sendable (_ name: [UInt8], _ isFolder: Bool) -> Bool
  /// Called when there is a signal to take, from the thread that heard of it: for who waits for other things too. It must
  /// not call the watcher, nor wait.
  package var ring: (@Sendable () -> Void)?
  /// Folders for which adding a watch shall fail as if the limit were reached. For tests.
  package var refuses: (@Sendable (RawPath) -> Bool)?

  package init(
    roots: [String], files: [String] = [], settle: Duration = .milliseconds(250), poll: Duration = .seconds(60)
  ) {
    self.roots = roots
    self.files = files
    self.settle = settle
    self.poll = poll
    ignores = EditorNoise.isNoise
  }
}

package enum WatchError: Error, Hashable, Sendable, CustomStringConvertible {
  case notAbsolute(String)
  case startedBefore
  case unavailable(InotifyFailure)

  package var description: String {
    switch self {
    case .notAbsolute(let path): "'\(path)' can't be watched: the path is not absolute"
    case .startedBefore: "the watcher was started before; make a new one"
    case .unavailable(let failure): "files can't be watched: \(failure)"
    }
  }
}

/// What editors and copying programs leave beside the file they write.
package enum EditorNoise {
  private static let endings = ["~", ".swp", ".swx", ".tmp", ".part", "___jb_tmp___", "___jb_old___"].map {
    Array($0.utf8)
  }
  private static let dot = UInt8(ascii: ".")
  private static let hash = UInt8(ascii: "#")

  /// Folders only when hidden: `.git` is busy and holds no listing.
  package static func isNoise(_ name: [UInt8], isFolder: Bool) -> Bool {
    if name.first == dot { return true }
    if isFolder { return false }
    return endings.contains { name.suffix($0.count).elementsEqual($0) }
      || (name.count > 1 && name.first == hash && name.last == hash)
      || name.elementsEqual("4913".utf8)  // vim tries with it whether it may write here
  }
}

import Glibc

/// Why inotify can't be used at all.
package enum InotifyFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// `inotify_init` failed.
  case refused(errno: Int32)
  /// The next descriptor would be past what `select`, which the library uses, can take.
  case tooManyDescriptors
  /// No folder could be watched to wake the thread by.
  case noWakeFolder(errno: Int32)
  case noThread(errno: Int32)
  /// Reading failed again and again.
  case unreadable(errno: Int32)

  package var description: String {
    switch self {
    case .refused(EMFILE):
      "the limit of inotify instances or of open files is reached; raise it with: "
        + "sudo sysctl fs.inotify.max_user_instances=1024 (or ulimit -n)"
    case .refused(let number): "inotify can't be started: \(errorText(number))"
    case .tooManyDescriptors: "too many files are open (inotify-tools can't use descriptors past 1000)"
    case .noWakeFolder(let number):
      "no folder for waking the watcher in $XDG_RUNTIME_DIR, $TMPDIR, /tmp or /dev/shm, or no /proc: \(errorText(number))"
    case .noThread(let number): "no thread can be started: \(errorText(number))"
    case .unreadable(let number): "reading inotify events fails: \(errorText(number))"
    }
  }
}

/// The system's words for an error number.
package func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }

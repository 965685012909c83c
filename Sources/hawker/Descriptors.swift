import Glibc
import Planning

/// Open files, of which a server needs more than a command. NIO makes its event loops without a way to say that there are
/// none left, and ends the program; so that is looked at before it is asked for the first one.
enum Descriptors {
  /// What the journal, the listings, the sandbox, the web and a few requests at a time have open together, beside an event
  /// loop for each processor.
  static var needed: Int { 64 + 3 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// More are never needed: the web has at most 512 connections. `select`, by which inotify's library waits, takes no
  /// descriptor past this one.
  private static let enough: rlim_t = 1024

  /// Ends the program with advice when a server would not get what it needs.
  static func ready(_ needed: Int = Descriptors.needed) throws(Exit) {
    raise()
    let reason = Descriptors.lack(needed)
    guard let reason else { return }
    throw Exit(
      .failed,
      "hawker needs \(needed) more open files here, and gets fewer: \(reason). Raise the limit, with `ulimit -n 1024` in the "
        + "shell that starts it, or LimitNOFILE=1024 in its systemd unit")
  }

  /// The soft limit is this process's to raise, as far as the hard one.
  private static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < enough else { return }
    limit.rlim_cur = min(enough, limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Why so many can't be had; nil when they can. Opening them is the only way to know: the limit says nothing of what
  /// this process inherited, nor of the machine's own limit.
  private static func lack(_ count: Int) -> String? {
    let first = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard first >= 0 else { return String(cString: strerror(errno)) }
    var opened = [first]
    defer { for descriptor in opened { close(descriptor) } }
    while opened.count < count {
      let next = fcntl(first, F_DUPFD_CLOEXEC, 0)
      guard next >= 0 else { return String(cString: strerror(errno)) }
      opened.append(next)
    }
    return nil
  }
}

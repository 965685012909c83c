#if DEBUG
  import Glibc
  import Listings
  import Synchronization

  /// For tests of builds that are no releases: `HAWKER_CRASH_AT=name`, or `name:3`, kills the program when it gets to that
  /// point for the first, or the third, time (of several, with commas, at the first that comes); `HAWKER_CRASH_LIST=1`
  /// tells every point that it gets to.
  enum CrashHook {
    static func install() {
      let fatal = (Environment["HAWKER_CRASH_AT"] ?? "").split(separator: ",").map(Fatal.init)
      let isListing = Environment["HAWKER_CRASH_LIST"] != nil
      guard !fatal.isEmpty || isListing else { return }
      let passed = Mutex<[String: Int]>([:])
      CrashPoint.install { name in
        if isListing { Console.raw("crash point: \(name)\n") }
        let times = passed.withLock { passed in
          passed[name, default: 0] += 1
          return passed[name]
        }
        guard fatal.contains(where: { $0.name == name && $0.time == times }) else { return }
        kill(getpid(), SIGKILL)
        // Another thread may have to be the one that it reaches first.
        while true { pause() }
      }
    }

    private struct Fatal {
      let name: String
      let time: Int

      init(_ text: Substring) {
        let parts = text.split(separator: ":")
        name = String(parts.first ?? "")
        time = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
      }
    }
  }
#endif

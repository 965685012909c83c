#if DEBUG
  import Glibc
  import Listings
  import Synchronization

  /// For tests of builds that are no releases: `HAWKER_CRASH_AT=name` or `name:3` kills the program when it gets to that
  /// point for the first, or the third, time; `HAWKER_CRASH_LIST=1` tells every point that it gets to.
  enum CrashHook {
    static func install() {
      let fatal = Environment["HAWKER_CRASH_AT"].flatMap(Fatal.init)
      let isListing = Environment["HAWKER_CRASH_LIST"] != nil
      guard fatal != nil || isListing else { return }
      let passed = Mutex(0)
      CrashPoint.install { name in
        if isListing { Console.raw("crash point: \(name)\n") }
        guard let fatal, name == fatal.name else { return }
        let isTime = passed.withLock { passed in
          passed += 1
          return passed == fatal.time
        }
        guard isTime else { return }
        kill(getpid(), SIGKILL)
        // Another thread may have to be the one that it reaches first.
        while true { pause() }
      }
    }

    private struct Fatal {
      let name: String
      let time: Int

      init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard let name = parts.first else { return nil }
        self.name = String(name)
        time = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
      }
    }
  }
#endif

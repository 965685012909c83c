#if DEBUG
  import Synchronization
#endif

/// A moment between two durable effects, by name, at which a test can have the program die. Only a hook: what happens
/// there is for the program's root to say. Builds for release have none of it.
package enum CrashPoint {
  #if DEBUG
    private static let handler = Mutex<(@Sendable (String) -> Void)?>(nil)

    package static func install(_ handle: @escaping @Sendable (String) -> Void) { handler.withLock { $0 = handle } }

    package static func reach(_ name: String) { handler.withLock { $0 }?(name) }

    /// A step of putting a file in place, named after what file it is.
    package static func reach(_ step: String, of path: String) { reach(step + "-" + kind(ofFile: path)) }

    private static func kind(ofFile path: String) -> String {
      let name = path.split(separator: "/").last ?? ""
      if name.contains(".from-") { return "evidence" }
      return String(name.prefix { $0.isLetter })
    }
  #else
    @inlinable package static func reach(_ name: @autoclosure () -> String) {}
    @inlinable package static func reach(_ step: @autoclosure () -> String, of path: @autoclosure () -> String) {}
  #endif
}

#if DEBUG
  extension CrashPoint {
    /// Every point there is; a test looks that each is placed, and that the program gets to each.
    package static let names: [String] =
      journal + publishing + executing + adapters + reconciling + connecting

    private static let journal = [
      "directory-made", "lock-taken", "lock-signed", "recovery-read", "temporaries-removed", "journal-resumed",
      "journal-new", "reserve-before", "reserve-after", "write-before", "write-after", "sync-after", "settled",
      "old-segment-released", "generation-started", "pruned-segment", "pruned-checkpoint", "finish-before",
      "finish-released", "finish-after", "emergency-before", "emergency-written", "emergency-synced",
      "emergency-kept", "merge-before", "merge-appended", "merge-renamed", "merge-after", "uploads-written",
      "uploads-rewritten", "upload-keep-before", "upload-keep-after",
    ]

    /// Written beside, synced, renamed into place, the directory synced: for each kind of file.
    private static let publishing = ["checkpoint", "journal", "head", "evidence"].flatMap { kind in
      ["publish-opened-", "publish-written-", "publish-synced-", "publish-renamed-", "publish-done-"].map { $0 + kind }
    }

    private static let executing = [
      "facts-before", "facts-recorded", "create-before", "create-intended", "create-answered", "create-refused",
      "create-recorded", "replace-recorded", "failure-recorded", "update-before", "update-intended",
      "update-answered", "update-recorded", "withdraw-before", "withdraw-intended", "withdraw-answered",
      "withdraw-recorded", "adopt-before", "adopt-read", "fact-before", "fact-recorded", "look-up-before",
      "look-up-answered", "resend-before", "absence-before", "absence-recorded", "reread-before", "reread-answered",
      "unsettled-before", "unsettled-recorded", "sweep-before", "sweep-listed", "sweep-found", "sweep-removed",
    ]

    private static let adapters = [
      "graph-before", "graph-answered", "page-known", "photo-before", "photo-uploaded", "photos-ready", "wire-before",
      "wire-answered",
    ]

    private static let reconciling = [
      "marker-written", "marker-renamed", "plan-made", "plan-submitted", "decision-before", "decision-recorded",
      "decision-marked", "sale-before", "refresh-before", "refresh-listed", "look-before", "look-answered",
      "pull-written",
      "pull-renamed",
    ]

    /// Of the credential store, which is no shop's: their scenarios are those of `connect`.
    package static let connecting = [
      "credential-opened", "credential-written", "credential-synced", "credential-renamed", "credential-done",
      "renewal-before", "renewal-answered", "renewal-kept",
    ]
  }
#endif

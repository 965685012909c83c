import CLibInotifyTools

/// What the kernel said of one watched folder, copied out of the library's buffer.
package struct InotifyEvent: Sendable, Equatable {
  /// The watch it is about; never used again for another folder until the next `Notice.reset`.
  package var watch: Int32
  package var kind: Kind
  /// Joins the two halves of a rename; 0 otherwise.
  package var cookie: UInt32
  /// The entry in the folder; empty when the folder itself is meant.
  package var name: [UInt8]

  package init(watch: Int32, kind: Kind, cookie: UInt32 = 0, name: [UInt8] = []) {
    self.watch = watch
    self.kind = kind
    self.cookie = cookie
    self.name = name
  }

  package struct Kind: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ flag: CInt) { rawValue = UInt32(bitPattern: flag) }

    package static let closedAfterWriting = Kind(IN_CLOSE_WRITE)
    package static let movedFrom = Kind(IN_MOVED_FROM)
    package static let movedTo = Kind(IN_MOVED_TO)
    package static let created = Kind(IN_CREATE)
    package static let deleted = Kind(IN_DELETE)
    package static let attributes = Kind(IN_ATTRIB)
    package static let selfDeleted = Kind(IN_DELETE_SELF)
    package static let selfMoved = Kind(IN_MOVE_SELF)
    /// The kernel dropped the watch: the folder is gone or its filesystem is.
    package static let ignored = Kind(IN_IGNORED)
    package static let unmounted = Kind(IN_UNMOUNT)
    package static let overflow = Kind(IN_Q_OVERFLOW)
    package static let isFolder = Kind(IN_ISDIR)
    static let onlyFolders = Kind(IN_ONLYDIR)

    /// What every folder is watched for. CREATE is there for folders and for hard links, which nobody writes to and
    /// closes; ATTRIB for a file that becomes readable.
    static let everything: Kind = [
      .closedAfterWriting, .movedFrom, .movedTo, .created, .deleted, .attributes, .selfDeleted, .selfMoved,
      .onlyFolders,
    ]
  }
}

/// What a listener is told, always on the owner thread.
package enum Notice: Sendable, Equatable {
  /// The first notice: watches may be added from here on.
  case joined
  case event(InotifyEvent)
  /// Somebody called `Inotify.poke`.
  case poked
  /// Every watch is void and events were lost: add them again and look at everything. The text says why.
  case reset(String)
  /// The last notice: inotify can't be used now. Whoever still wants events listens anew, later.
  case unavailable(InotifyFailure)
}

/// A folder's place on its filesystem, to see that a path names another folder than before.
package struct FolderIdentity: Hashable, Sendable {
  package var device: UInt64
  package var inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

package struct FolderEntry: Hashable, Sendable {
  package var name: [UInt8]
  package var isFolder: Bool

  package init(name: [UInt8], isFolder: Bool) {
    self.name = name
    self.isFolder = isFolder
  }
}

/// A folder whose watch stands, and what was in it after the watch stood: together they miss nothing.
package struct WatchedFolder: Hashable, Sendable {
  package var watch: Int32
  package var identity: FolderIdentity
  package var entries: [FolderEntry]

  package init(watch: Int32, identity: FolderIdentity, entries: [FolderEntry] = []) {
    self.watch = watch
    self.identity = identity
    self.entries = entries
  }
}

package enum AddOutcome: Hashable, Sendable {
  case watching(WatchedFolder)
  /// Nothing there, or no folder (or a link, where links aren't followed).
  case vanished
  /// The user's limit of watches is reached (ENOSPC, which here has nothing to do with the disk).
  case limitReached
  case failed(errno: Int32)
}

/// Adding and removing watches: the owner thread's, or a test's.
package protocol FolderWatching {
  /// Adds the watch, then lists the folder. Adding a folder again gives its watch again.
  mutating func add(_ path: RawPath, followingLinks: Bool, listing: EntryFilter) -> AddOutcome
  /// Its events are of no interest any more; it may have died.
  mutating func remove(_ watch: Int32)
  /// The folder a path names now, links followed; nil when there is none.
  func identity(of path: RawPath) -> FolderIdentity?
  /// `fs.inotify.max_user_watches`.
  var limit: Int { get }
}

package enum EntryFilter: Sendable { case nothing, folders, everything }

/// Lives on the owner thread from `Notice.joined` to `Notice.unavailable` or its leaving.
package protocol InotifyListener {
  mutating func heard(_ notice: Notice, _ watches: inout some FolderWatching)
}

import Listings

/// Why the journal can't be used. Every case is a full stop: nothing (more) may be sent.
package enum JournalError: Error, Hashable, Sendable {
  /// Another process writes it.
  case locked(LockHolder)
  /// Bytes that had been safely written have changed or are missing. `line` 0: the file as a whole.
  case damaged(file: String, line: Int, what: String, suggestion: String)
  /// Two journals' files lie in one directory.
  case foreign(file: String, lineage: String, expected: String)
  /// Written by a newer hawker.
  case newer(file: String, format: String)
  /// The journal ends before an entry that is known to have been durable.
  case rolledBack(file: String, sequence: Int, expected: Int)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case syncFailed(path: String, reason: String)
  /// Somebody removed or replaced what was being written to.
  case replaced(path: String)
  /// No room: intents are refused, outcomes still have their reserve.
  case full(path: String)
  case notADirectory(path: String)
  case permissions(path: String, reason: String)
  /// An entry that would not fit on a line.
  case tooLong(kind: String, bytes: Int)
  /// Appended after `close`.
  case closed(path: String)

  /// hawker's exit code for it.
  package var exitCode: Int32 {
    if case .locked = self { 5 } else { 7 }
  }

  /// What failed, on which file, why, and what to do now.
  package var message: String {
    switch self {
    case .locked(let holder):
      "another hawker holds the state: \(holder). Stop it, or leave the work to it; plan, status and log work meanwhile."
    case .damaged(let file, let line, let what, let suggestion):
      "\(file)\(line > 0 ? ":\(line)" : ""): \(what). Nothing was sent. \(suggestion)"
    case .foreign(let file, let lineage, let expected):
      "\(file): belongs to another journal (\(lineage), not \(expected)). Nothing was sent. "
        + "Put back the state directory of this shop, whole, from one copy."
    case .newer(let file, let format):
      "\(file): is in the format \(format), newer than this hawker knows (\(Format.name)\(Format.major)). "
        + "Nothing was changed. Use the newer hawker."
    case .rolledBack(let file, let sequence, let expected):
      "\(file): the journal ends at entry \(sequence), but entry \(expected) had been written: it was restored from an "
        + "older copy, or the disk lost data. Nothing was sent, since posts would be made twice. Put the newer copy back; "
        + "if there is none, move the state directory away and start with `hawker init --new-journal`: that journal knows of "
        + "no posts, so first take the old ones off, or name each in its listing, `adopt: {ACCOUNT: REMOTE_ID}`."
    case .unreadable(let path, let reason):
      "\(path): can't be read: \(reason). Nothing was sent. Check its owner and mode."
    case .unwritable(let path, let reason):
      "\(path): can't be written: \(reason). Nothing more is sent. Check the disk, the owner and the mode, then start again."
    case .syncFailed(let path, let reason):
      "\(path): the disk did not take the data (\(reason)). Nothing more is sent. Check the disk (dmesg), then start "
        + "hawker again: it goes on from what is really on the disk."
    case .replaced(let path):
      "\(path): was removed or replaced while hawker was writing: what it recorded last may not be in the files that are "
        + "there now, and another hawker may be writing too. Nothing more is sent. See what did it (a restored copy, a "
        + "clean-up, a sync tool), put the newest whole copy of the state directory back if it was exchanged, and start "
        + "one hawker again: it goes on from what it finds, and refuses a copy that is too old."
    case .full(let path):
      "\(path): the disk is full: nothing new is sent, what is under way is still recorded. Make room and try again."
    case .notADirectory(let path):
      "\(path): is not a directory. Move it away, or set `state` in hawker.yaml to another path."
    case .permissions(let path, let reason):
      "\(path): \(reason). It must belong to the user that runs hawker, with mode 0700."
    case .tooLong(let kind, let bytes):
      "an entry of kind \(kind) would have \(bytes) bytes, and \(Format.lineLimit) are the most: nothing was written or "
        + "sent. That should not have come here: please report it."
    case .closed(let path): "\(path): the journal is closed already; nothing was written."
    }
  }

  static let verifyFirst =
    "Run `hawker state verify` to see what is intact, then put the state directory back from a backup."
}

extension JournalError: CustomStringConvertible {
  package var description: String { message }
}

/// Who writes the journal; for people only.
package struct LockHolder: Hashable, Sendable, CustomStringConvertible {
  /// 0 when the holder has not said who it is yet.
  package var pid: Int
  package var command: String
  package var since: Timestamp?

  package init(pid: Int, command: String, since: Timestamp?) {
    self.pid = pid
    self.command = command
    self.since = since
  }

  package var description: String {
    guard pid != 0 else {
      return "a process that has not said who it is (it has just started, or its lock file was removed)"
    }
    return "process \(pid) (\(command))" + (since.map { ", since \($0)" } ?? "")
  }
}

extension JournalError {
  /// A disk's refusal, in the journal's words.
  init(_ error: DiskError) {
    switch error.operation {
    case .read where error.isTooLarge:
      self = .damaged(
        file: error.path, line: 0, what: "it is larger than any file of a journal", suggestion: JournalError.verifyFirst
      )
    case .read where error.isOutOfPlace, .write where error.isOutOfPlace:
      self = .damaged(
        file: error.path, line: 0, what: "it is \(error.reason)",
        suggestion:
          "hawker did not make it: move it away; if the file that was there is needed, put it back from a backup.")
    case .sync: self = .syncFailed(path: error.path, reason: error.reason)
    case .read: self = .unreadable(path: error.path, reason: error.reason)
    case .write where error.isFull: self = .full(path: error.path)
    case .write: self = .unwritable(path: error.path, reason: error.reason)
    }
  }
}

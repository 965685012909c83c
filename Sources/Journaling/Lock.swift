import Glibc
import Listings

/// The right to write, which dies with its process: a lock on the directory and one on a file in it. The file names the
/// holder, for people; the directory lets nobody in when the file is taken away; and a hawker that knows only one of the
/// two is kept out as well.
struct Lock: Sendable {
  /// The lock file.
  let file: Int32
  /// -1 where the file system has no lock for directories.
  private let directory: Int32

  static func take(_ layout: Layout, _ setting: JournalSetting) throws(JournalError) -> Lock {
    let disk = setting.disk
    do throws(DiskError) {
      try disk.prepare(layout.directory)
      if let lock = try take(layout, disk) {
        CrashPoint.reach("lock-taken")
        lock.sign(layout, setting)
        CrashPoint.reach("lock-signed")
        return lock
      }
    } catch {
      if error.isNotDirectory { throw .notADirectory(path: error.path) }
      if error.isForbidden { throw .permissions(path: error.path, reason: error.reason) }
      throw JournalError(error)
    }
    throw .locked(holder(disk, layout))
  }

  /// The directory first: who is refused there makes no lock file in the place of one that was removed.
  private static func take(_ layout: Layout, _ disk: any Disk) throws(DiskError) -> Lock? {
    guard let directory = try disk.lockDirectory(layout.directory) else { return nil }
    do throws(DiskError) {
      if let file = try disk.lock(layout.lock) { return Lock(file: file, directory: directory) }
    } catch {
      if directory >= 0 { disk.unlock(directory) }
      throw error
    }
    if directory >= 0 { disk.unlock(directory) }
    return nil
  }

  func release(_ disk: any Disk) {
    disk.unlock(file)
    if directory >= 0 { disk.unlock(directory) }
  }

  /// Says who holds it. That it can't be said is no reason to stop.
  private func sign(_ layout: Layout, _ setting: JournalSetting) {
    var json = JSONWriter()
    json.object { json in
      json.field("pid", getpid())
      json.field("command", CommandLine.arguments.joined(separator: " "))
      json.field("since", setting.now().description)
    }
    try? setting.disk.truncate(file, to: 0, path: layout.lock)
    try? setting.disk.write(json.bytes + [0x0A], to: file, at: 0, path: layout.lock)
  }

  static func holder(_ disk: any Disk, _ layout: Layout) -> LockHolder {
    guard let bytes = try? disk.read(layout.lock, limit: Format.smallFileLimit),
      let json = try? JSONValue(parsing: bytes),
      let pid = json["pid"]?.integer, let command = json["command"]?.string
    else { return LockHolder(pid: 0, command: "", since: nil) }
    return LockHolder(pid: Int(pid), command: command, since: json["since"]?.string.flatMap { Timestamp($0) })
  }
}

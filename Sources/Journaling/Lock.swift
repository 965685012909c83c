import Glibc
import Listings

/// The right to write, which dies with its process. What the lock file says is for people; nothing is decided by it.
enum Lock {
  static func take(_ layout: Layout, _ setting: JournalSetting) throws(JournalError) -> Int32 {
    let disk = setting.disk
    do throws(DiskError) {
      try disk.prepare(layout.directory)
      if let lock = try disk.lock(layout.lock) {
        CrashPoint.reach("lock-taken")
        sign(lock, layout, setting)
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

  /// Says who holds it. That it can't be said is no reason to stop.
  private static func sign(_ lock: Int32, _ layout: Layout, _ setting: JournalSetting) {
    var json = JSONWriter()
    json.object { json in
      json.field("pid", getpid())
      json.field("command", CommandLine.arguments.joined(separator: " "))
      json.field("since", setting.now().description)
    }
    try? setting.disk.truncate(lock, to: 0, path: layout.lock)
    try? setting.disk.write(json.bytes + [0x0A], to: lock, at: 0, path: layout.lock)
  }

  static func holder(_ disk: any Disk, _ layout: Layout) -> LockHolder {
    guard let bytes = try? disk.read(layout.lock, limit: Format.smallFileLimit),
      let json = try? JSONValue(parsing: bytes),
      let pid = json["pid"]?.integer, let command = json["command"]?.string
    else { return LockHolder(pid: 0, command: "", since: nil) }
    return LockHolder(pid: Int(pid), command: command, since: json["since"]?.string.flatMap { Timestamp($0) })
  }
}

import Glibc
import Listings

/// Which file system a listings root lies on, as its mark keeps it: so that a copy of the root, mark and all, on a disk
/// that was mounted over it is not taken for it.
///
/// A device's number alone proves little: btrfs, NFS and overlays get a new one at each mount, LVM and USB disks at a
/// start. So it is compared only within one start of the machine, and another number means another device only where the
/// file system's own id is another one, too: it outlives mounts, or is always 0.
package struct RootDevice: Hashable, Sendable, CustomStringConvertible {
  /// `st_dev`.
  package var number: UInt64
  /// `f_fsid`.
  package var id: UInt64
  /// Names the start of the machine; empty: it could not be told.
  package var boot: String

  package init(number: UInt64, id: UInt64, boot: String) {
    (self.number, self.id, self.boot) = (number, id, boot)
  }

  /// Nil when the folder can't be looked at.
  package init?(of folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    self.init(of: descriptor)
  }

  init?(of descriptor: Int32) {
    var (status, system) = (stat(), statvfs())
    guard fstat(descriptor, &status) == 0, fstatvfs(descriptor, &system) == 0 else { return nil }
    self.init(number: UInt64(status.st_dev), id: UInt64(system.f_fsid), boot: RootDevice.boot)
  }

  /// Whether the root, known to lie on this device, now lies on another one.
  package func isOther(than now: RootDevice) -> Bool {
    boot == now.boot && !boot.isEmpty && number != now.number && id != now.id
  }

  // MARK: In the mark

  /// `device 65024 89b49c000ec3f450 24344215-48c8-4af1-899f-eae597b063ce`
  package var description: String { "device \(number) \(String(id, radix: 16)) \(boot)" }

  package init?(_ line: some StringProtocol) {
    let words = line.split(separator: " ")
    guard words.count == 4, words[0] == "device", let number = UInt64(words[1]), let id = UInt64(words[2], radix: 16)
    else { return nil }
    self.init(number: number, id: id, boot: String(words[3]))
  }

  /// What a mark says; nil when it says nothing of a device.
  init?(mark text: String) {
    guard let line = text.split(whereSeparator: \.isNewline).first(where: { $0.hasPrefix("device ") }) else {
      return nil
    }
    self.init(line)
  }

  private static let boot: String = {
    let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)].prefix { $0 > 0x20 }, as: UTF8.self)
  }()
}

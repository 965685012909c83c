import Foundation
import Glibc

/// An ext4 in a file, on a loop device, that can be cut off as by a power failure. Needs root and loop devices.
final class Volume: Sendable {
  struct Missing: Error { let reason: String }

  let path: String
  private let image: String
  private let device: String
  /// Held open: the loop device goes away with its last user, however this process ends.
  private let loop: Int32

  /// Made anew, not mounted.
  init(blockSize: Int, in folder: String) throws {
    path = "\(folder)/volume-\(blockSize)"
    image = "\(folder)/image-\(blockSize)"
    mkdir(path, 0o700)
    let file = Glibc.open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    defer { Glibc.close(file) }
    guard file >= 0, ftruncate(file, 48 * 1024 * 1024) == 0 else { throw Missing(reason: "no image file") }
    try Volume.run("mkfs.ext4", ["-q", "-F", "-b", "\(blockSize)", image])
    let control = Glibc.open("/dev/loop-control", O_RDWR | O_CLOEXEC)
    guard control >= 0 else { throw Missing(reason: "/dev/loop-control: \(String(cString: strerror(errno)))") }
    defer { Glibc.close(control) }
    let number = ioctl(control, 0x4C82, 0)
    guard number >= 0 else { throw Missing(reason: "no free loop device") }
    device = "/dev/loop\(number)"
    if access(device, F_OK) != 0 { mknod(device, S_IFBLK | 0o600, dev_t(7 << 8 | number)) }
    loop = Glibc.open(device, O_RDWR | O_CLOEXEC)
    guard loop >= 0, ioctl(loop, 0x4C00, file) == 0 else {
      throw Missing(reason: "\(device): \(String(cString: strerror(errno)))")
    }
    // loop_info64 with LO_FLAGS_AUTOCLEAR.
    var status = [UInt8](repeating: 0, count: 232)
    status[52] = 4
    _ = status.withUnsafeMutableBytes { ioctl(loop, 0x4C04, $0.baseAddress!) }
  }

  func mount() throws {
    guard let call = Volume.mountCall, call(device, path, "ext4", 0, nil) == 0 else {
      throw Missing(reason: "mounting \(device): \(String(cString: strerror(errno)))")
    }
  }

  /// What a power failure does: nothing that is not on the disk gets there any more. FS_IOC_SHUTDOWN, without flushing
  /// the file system's log.
  func cut() -> Bool {
    let root = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    defer { Glibc.close(root) }
    var flag: UInt32 = 2
    return ioctl(root, 0x8004_587D, &flag) == 0
  }

  /// Lazily when something still holds it; then it is not free for another mount, and the answer is false.
  @discardableResult
  func unmount() -> Bool {
    guard let call = Volume.unmountCall else { return false }
    if call(path, 0) == 0 { return true }
    _ = call(path, 2)
    return false
  }

  func remove() {
    while let call = Volume.unmountCall, call(path, 2) == 0 {}
    Glibc.close(loop)
    unlink(image)
    rmdir(path)
  }

  /// A tmpfs of so many bytes at `path`.
  static func mountMemory(_ path: String, size: Int) throws {
    guard geteuid() == 0, let call = mountCall, "size=\(size)".withCString({ call("tmpfs", path, "tmpfs", 0, $0) }) == 0
    else { throw Missing(reason: "mounting a tmpfs: \(String(cString: strerror(errno)))") }
  }

  static func remountReadOnly(_ path: String) -> Bool { mountCall?("tmpfs", path, "tmpfs", 0x21, nil) == 0 }
  static func unmount(_ path: String) { _ = unmountCall?(path, 2) }

  private static func run(_ program: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Missing(reason: "\(program) failed") }
  }

  private typealias MountCall =
    @convention(c) (
      UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?
    ) -> Int32
  private typealias UnmountCall = @convention(c) (UnsafePointer<CChar>?, Int32) -> Int32

  private static let mountCall = dlsym(nil, "mount").map { unsafeBitCast($0, to: MountCall.self) }
  private static let unmountCall = dlsym(nil, "umount2").map { unsafeBitCast($0, to: UnmountCall.self) }
}

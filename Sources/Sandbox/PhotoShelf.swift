import Listings

/// The photos that the marketplaces keep, by digest: in a folder, or in memory up to a limit.
struct PhotoShelf: Sendable {
  /// Without a folder, the oldest bytes are forgotten beyond this.
  static let memoryLimit = 256 * 1024 * 1024
  /// What is read of a file that hawker would serve.
  static let sizeLimit = 32 * 1024 * 1024

  private let folder: String?
  private var names: Set<PhotoName> = []
  private var bytes: [PhotoName: [UInt8]] = [:]
  private var order = Queue<PhotoName>()
  private var held = 0

  init(directory: String?) throws(SandboxError) {
    folder = directory.map { $0 + "/photos" }
    guard let folder else { return }
    do { try Disk.makeDirectory(folder) } catch { throw .directory(folder, why: error.reason) }
    names = Set(Disk.names(in: folder).compactMap { PhotoName($0) })
  }

  func has(_ name: PhotoName) -> Bool { names.contains(name) }

  /// False when it can't be written.
  mutating func keep(_ photo: PhotoBytes) -> Bool {
    guard names.insert(photo.name).inserted else { return true }
    guard let folder else {
      hold(photo)
      return true
    }
    do { try Disk.replace("\(folder)/\(photo.name)", with: photo.bytes) } catch {
      names.remove(photo.name)
      return false
    }
    return true
  }

  private mutating func hold(_ photo: PhotoBytes) {
    bytes[photo.name] = photo.bytes
    order.append(photo.name)
    held += photo.bytes.count
    while held > PhotoShelf.memoryLimit, let oldest = order.removeFirst() {
      held -= bytes.removeValue(forKey: oldest)?.count ?? 0
      names.remove(oldest)
    }
  }

  /// What a photo's bytes can be read from.
  func source(_ name: PhotoName) -> Source? {
    if let bytes = bytes[name] { return .bytes(bytes) }
    guard let folder, has(name) else { return nil }
    return .path("\(folder)/\(name)")
  }

  enum Source: Sendable {
    case bytes([UInt8])
    case path(String)

    func read() -> [UInt8]? {
      switch self {
      case .bytes(let bytes): bytes
      case .path(let path): try? Disk.read(path, limit: PhotoShelf.sizeLimit)
      }
    }
  }

  /// One of hawker's photos, when its bytes are what its name says.
  static func fetch(_ name: PhotoName, by finder: (@Sendable (String) -> String?)?) -> PhotoBytes? {
    guard let path = finder?(name.description), let bytes = try? Disk.read(path, limit: sizeLimit),
      let photo = PhotoBytes(bytes), photo.name == name
    else { return nil }
    return photo
  }
}

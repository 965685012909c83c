import Glibc
import Listings
import Testing

@testable import Loading

/// A shop in a folder of its own, removed with its last owner.
final class Shop {
  let path: String
  /// Later than every file of the test: nothing is racily fresh unless a test wants it so.
  static let afterwards = FileTime.now().advanced(by: .seconds(3600))

  init() {
    var template = Array("/tmp/hawker-loading-XXXXXX".utf8CString)
    path = mkdtemp(&template).map { String(cString: $0) } ?? ""
    mkdir("\(path)/listings", 0o755)
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    chmod(path, 0o700)
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name == "." || name == ".." { continue }
        var status = stat()
        lstat("\(path)/\(name)", &status)
        if status.st_mode & S_IFMT == S_IFDIR { remove("\(path)/\(name)") } else { unlink("\(path)/\(name)") }
      }
      closedir(folder)
    }
    rmdir(path)
  }

  func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  func write(_ name: String, _ bytes: [UInt8]) {
    var folder = path
    for part in Paths.components(name).dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o755)
    }
    let file = fopen("\(path)/\(name)", "w")
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }

  func delete(_ name: String) { unlink("\(path)/\(name)") }

  /// The bytes of a small image that differs with `text`.
  static func jpeg(_ text: String = "") -> [UInt8] { [0xFF, 0xD8, 0xFF, 0xE0] + Array(text.utf8) }

  var config: LoadedConfig {
    let file = "\(path)/hawker.yaml"
    return ConfigReader.read(file: access(file, F_OK) == 0 ? file : nil, folder: path)
  }

  func loader(
    publicURL: String? = "https://shop.example.com", marker: Marker = .ignored, clock: FileTime = Shop.afterwards
  ) -> Loader {
    Loader(
      config, options: LoadingOptions(capabilities: Shop.capabilities, publicURL: publicURL, marker: marker),
      clock: { clock })
  }

  func scan() -> Wanted {
    var loader = loader()
    return loader.scan()
  }

  /// A complete listing; further lines replace or add keys.
  static func listing(_ changes: String = "", without: Set<String> = []) -> String {
    let lines = [
      ("id", "id: desk"), ("title", "title: Desk"), ("description", "description: A desk of oak."),
      ("price", "price: 450.00"), ("category", "category: furniture"),
      ("photos", "photos: [https://example.com/desk.jpg]"),
      ("location", "location: { latitude: 45.5898, longitude: -122.7536 }"),
    ]
    let own = Set(changes.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) })
    let kept = lines.filter { !own.contains($0.0) && !without.contains($0.0) }.map(\.1)
    return (kept + [changes]).joined(separator: "\n") + "\n"
  }

  static let capabilities: [String: Capabilities] = [
    "facebook": Capabilities(
      marketplace: "facebook", titleLimit: 100, descriptionLimit: 5000, photoCount: 1...20, photoSize: 10 << 20,
      photoFormats: [.jpeg, .png, .gif, .bmp, .tiff], photoTransport: .upload,
      conditions: [.new: "NEW", .likeNew: "LIKE_NEW", .good: "USED", .fair: "USED", .poor: "USED"], source: "test"),
    "offerup": Capabilities(
      marketplace: "offerup", titleLimit: 122, descriptionLimit: 5000, discouragesContacts: true, photoCount: 1...12,
      photoSize: 1 << 10, photoFormats: [.jpeg, .png], photoTransport: .address, currencies: ["USD"],
      takesLocation: true, requiresLocation: true,
      conditions: [.new: "new", .likeNew: "like_new", .good: "used", .fair: "used"], source: "test"),
  ]
}

extension Wanted {
  var rules: [String] { problems.map(\.rule) }

  func listing(_ id: String) -> Listing? { listings.first { $0.id == id } }
  func content(_ id: String, on account: String) -> Content? {
    listing(id)?.posts.first { $0.account == account }?.content
  }
}

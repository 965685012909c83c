/// The port that a sandbox with a directory had last: it asks for the same one again, so that the addresses of its posts,
/// which hawker has recorded, lead to them after a restart too.
struct LastPort {
  private let path: String?

  init(directory: String?) { path = directory.map { $0 + "/port" } }

  func read() -> Int? {
    guard let path, let bytes = try? Disk.read(path, limit: 16), let text = String(validating: bytes, as: UTF8.self),
      let port = Int(text.filter { !$0.isWhitespace }), (1...65_535).contains(port)
    else { return nil }
    return port
  }

  /// One that can't be kept is only not the same next time.
  func keep(_ port: Int) {
    guard let path, port != read() else { return }
    try? Disk.replace(path, with: Array("\(port)\n".utf8))
  }
}

import Crypto

/// A file that the pages refer to, named by its content: a browser may keep it for ever.
struct Asset: Sendable {
  let path: String
  let mediaType: String
  let body: [UInt8]

  private init(_ name: String, _ ending: String, _ mediaType: String, _ text: String) {
    body = Array(text.utf8)
    let digest = SHA256.hash(data: body).prefix(6).map { byte in
      let text = String(byte, radix: 16)
      return text.utf8.count == 1 ? "0" + text : text
    }
    path = "/assets/\(name)-\(digest.joined()).\(ending)"
    self.mediaType = mediaType
  }

  static let style = Asset("hawker", "css", "text/css; charset=utf-8", Style.text)
  static let script = Asset("hawker", "js", "text/javascript; charset=utf-8", Script.text)
  static let icon = Asset("icon", "svg", "image/svg+xml", Style.icon)

  static let all: [String: Asset] = Dictionary(uniqueKeysWithValues: [style, script, icon].map { ($0.path, $0) })
}

import Listings

extension String {
  /// For one segment of a path or one value of a query: everything but RFC 3986's unreserved characters is encoded.
  package var percentEncoded: String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
      default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A marketplace's words as part of our message: one short line without control characters, and without our secrets,
  /// which some marketplaces repeat ("Malformed access token …").
  package func quotable(hiding secrets: [Secret?]) -> String {
    var text = self
    for case let secret? in secrets where !secret.revealed.isEmpty {
      text = text.replacing(secret.revealed, with: secret.description)
    }
    let line = text.unicodeScalars.map { isHarmful($0) ? " " : Character($0) }
    return line.count > 300 ? String(line.prefix(300)) + "…" : String(line)
  }

  /// Controls, and the marks that turn the direction of text around.
  private func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: true
    default: false
    }
  }

  /// Whether a marketplace's id can be kept and put into a path: not empty, not endless, not a step in a path.
  package var isRemoteID: Bool {
    (1...200).contains(utf8.count) && self != "." && self != ".."
      && unicodeScalars.allSatisfy { !isHarmful($0) } && contains { !$0.isWhitespace }
  }
}

// Facebook tells a post by its own number, with or without its page's in front.
extension String {
  /// A post's own number in its id.
  package var postNumber: Substring { split(separator: "_").last ?? self[...] }

  /// Whether two ids of one marketplace name one post. Two that both name their page must name the same one: an account may
  /// have had several.
  package func namesPost(of other: String) -> Bool {
    if self == other { return true }
    guard !contains("_") || !other.contains("_") else { return false }
    return postNumber == other.postNumber
  }
}

extension Config.Account {
  /// The environment's variable with this account's token.
  package var tokenVariable: String {
    "HAWKER_TOKEN_" + name.uppercased().replacing("-", with: "_")
  }
}

extension Secret {
  /// Whether it can stand in a header: a file's line break at its end is the usual mistake.
  package var isPrintable: Bool { !revealed.isEmpty && revealed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
}

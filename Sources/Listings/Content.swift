/// What a marketplace is sent for one post, after layering, overrides and mapping. Two contents that are equal need no
/// request. Fields that a marketplace doesn't take are nil, so that a change of them is no change of the post.
package struct Content: Hashable, Sendable {
  package var title: String
  package var description: String
  package var price: Money
  /// The marketplace's own word.
  package var category: String
  /// The marketplace's own word.
  package var condition: String
  package var location: Location?
  /// The first is the cover.
  package var photos: [PhotoReference]

  package init(
    title: String, description: String, price: Money, category: String, condition: String, location: Location? = nil,
    photos: [PhotoReference] = []
  ) {
    self.title = title
    self.description = description
    self.price = price
    self.category = category
    self.condition = condition
    self.location = location
    self.photos = photos
  }

  package enum Field: String, CaseIterable, Hashable, Comparable, Sendable {
    case title, description, price, category, condition, location, photos

    package static func < (left: Field, right: Field) -> Bool { left.position < right.position }
    private var position: Int { Field.allCases.firstIndex(of: self) ?? 0 }
  }

  /// The fields in which two contents differ, in the order of `Field`.
  package func differences(from other: Content) -> [Field] {
    guard self != other else { return [] }
    return Field.allCases.filter { field in
      switch field {
      case .title: title != other.title
      case .description: description != other.description
      case .price: price != other.price
      case .category: category != other.category
      case .condition: condition != other.condition
      case .location: location != other.location
      case .photos: photos != other.photos
      }
    }
  }
}

/// A photo as content: its bytes' digest, or an address that is passed on as it is.
package enum PhotoReference: Hashable, Sendable, CustomStringConvertible {
  case file(Digest, PhotoFormat)
  case url(String)

  /// `sha256:….jpg` or the address; what the journal keeps.
  package var description: String {
    switch self {
    case .file(let digest, let format): "\(digest).\(format.rawValue)"
    case .url(let address): address
    }
  }

  package init?(_ text: String) {
    guard text.hasPrefix("sha256:") else {
      guard text.hasPrefix("https://") || text.hasPrefix("http://") else { return nil }
      self = .url(text)
      return
    }
    let parts = text.dropFirst(7).split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let digest = Digest(hex: parts[0]), let format = PhotoFormat(rawValue: String(parts[1]))
    else { return nil }
    self = .file(digest, format)
  }
}

/// An image format by its first bytes, never by its name. The raw value is the usual file ending.
package enum PhotoFormat: String, Hashable, Sendable, CaseIterable {
  case jpeg = "jpg"
  case png, gif, bmp
  case tiff = "tif"
  case webp

  /// The usual file ending with its dot.
  package var ending: StaticString {
    switch self {
    case .jpeg: ".jpg"
    case .png: ".png"
    case .gif: ".gif"
    case .bmp: ".bmp"
    case .tiff: ".tif"
    case .webp: ".webp"
    }
  }

  /// Nil when the bytes begin like none of them.
  package init?(sniffing head: ArraySlice<UInt8>) {
    let signatures: [([UInt8], PhotoFormat)] = [
      ([0xFF, 0xD8, 0xFF], .jpeg), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
      (Array("GIF87a".utf8), .gif), (Array("GIF89a".utf8), .gif), (Array("BM".utf8), .bmp),
      ([0x49, 0x49, 0x2A, 0x00], .tiff), ([0x4D, 0x4D, 0x00, 0x2A], .tiff),
    ]
    if let match = signatures.first(where: { head.starts(with: $0.0) }) {
      self = match.1
    } else if head.starts(with: Array("RIFF".utf8)), head.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      self = .webp
    } else {
      return nil
    }
  }

  package var mediaType: String {
    switch self {
    case .jpeg: "image/jpeg"
    case .png: "image/png"
    case .gif: "image/gif"
    case .bmp: "image/bmp"
    case .tiff: "image/tiff"
    case .webp: "image/webp"
    }
  }
}

/// A photo that can be sent: what it is, and for a file where its bytes were seen.
package struct Photo: Hashable, Sendable {
  package let reference: PhotoReference
  /// The file's path, to be opened for the upload; nil for an address.
  package let path: String?
  /// The file's size in bytes; 0 for an address.
  package let size: Int

  package init(reference: PhotoReference, path: String? = nil, size: Int = 0) {
    self.reference = reference
    self.path = path
    self.size = size
  }
}

/// Where each field's value came from: used like a dictionary, at a tenth of its room and time, for a shop keeps one for
/// each of its posts.
package struct Origins: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  // For each field, from the low bits: layer + 1 (3 bits, 0: no origin), index of the file (6), line (23).
  // Not a SIMD8: its alignment would make every value around it larger, and each allocation slower.
  private var packed = InlineArray<8, UInt32>(repeating: 0)
  private var files: [String]

  /// `file` is the one that most origins will name: handed in, it is shared.
  package init(sharing files: [String] = []) { self.files = files }

  package init(dictionaryLiteral elements: (Content.Field, Origin)...) {
    files = []
    for (field, origin) in elements { self[field] = origin }
  }

  package var isEmpty: Bool { packed.indices.allSatisfy { packed[$0] == 0 } }

  package subscript(field: Content.Field) -> Origin? {
    get {
      let value = packed[Origins.position(field)]
      guard value != 0 else { return nil }
      return Origin(
        layer: Origins.layers[Int(value & 7) - 1], file: files[Int(value >> 3 & 63)], line: Int(value >> 9))
    }
    set { packed[Origins.position(field)] = newValue.map { pack($0) } ?? 0 }
  }

  private mutating func pack(_ origin: Origin) -> UInt32 {
    let layer = Origins.layers.firstIndex(of: origin.layer) ?? 0
    var file = files.firstIndex(of: origin.file) ?? files.count
    if file == files.count {
      // There are as many files as a listing has layers; past that, the last one takes the rest.
      if file < 64 { files.append(origin.file) } else { file = 63 }
    }
    let line = min(max(origin.line, 0), (1 << 23) - 1)
    return UInt32(layer + 1) | UInt32(file) << 3 | UInt32(line) << 9
  }

  func pack(to packer: inout Packer) {
    for index in packed.indices { packer.small(packed[index]) }
    packer.list(files) { $0.text($1) }
  }

  init(from packed: inout Unpacker) throws(PackDamage) {
    files = []
    for index in self.packed.indices { self.packed[index] = try packed.small() }
    files = try packed.list { (packed) throws(PackDamage) in try packed.text() }
    for index in self.packed.indices where self.packed[index] != 0 {
      let (layer, file) = (Int(self.packed[index] & 7) - 1, Int(self.packed[index] >> 3 & 63))
      guard Origins.layers.indices.contains(layer), files.indices.contains(file) else { throw PackDamage() }
    }
  }

  private static let layers: [Origin.Layer] = [.builtIn, .config, .directory, .listing, .override, .mapping]

  private static func position(_ field: Content.Field) -> Int {
    switch field {
    case .title: 0
    case .description: 1
    case .price: 2
    case .category: 3
    case .condition: 4
    case .location: 5
    case .photos: 6
    }
  }

  package static func == (left: Origins, right: Origins) -> Bool {
    Content.Field.allCases.allSatisfy { left[$0] == right[$0] }
  }

  package func hash(into hasher: inout Hasher) {
    for field in Content.Field.allCases { hasher.combine(self[field]) }
  }
}

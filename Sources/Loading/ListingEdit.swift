import Listings

/// Writes one value into a listing file: everything else in it, comments and layout too, stays byte for byte as it is.
/// What comes out has been read again, and says exactly what was to be said; otherwise nothing comes out.
package struct ListingEdit {
  /// Where the value belongs.
  package enum Place: Hashable, Sendable {
    case listing
    /// `marketplaces.<account>`.
    case account(String)
  }

  package struct Change: Hashable, Sendable {
    /// As it is written in a listing: `price`, `title`, ….
    package var key: String
    package var place: Place
    package var text: String
    /// A price's currency, written behind it where the old price names it too.
    package var unit: String?

    package init(_ key: String, _ text: String, at place: Place, unit: String? = nil) {
      (self.key, self.text, self.place, self.unit) = (key, text, place, unit)
    }

    /// What is to stand in the place of an old text.
    fileprivate func text(after old: String?) -> String {
      guard let unit, let old, old.hasSuffix(" \(unit)") else { return text }
      return "\(text) \(unit)"
    }
  }

  package struct Refusal: Error, Hashable, Sendable {
    /// Why, and what to do instead.
    package var message: String
    package init(_ message: String) { self.message = message }
  }

  private let id: String
  private let stem: String

  /// `stem`: the file's name without its ending, the id of a listing that names none.
  package init(id: String, stem: String) { (self.id, self.stem) = (id, stem) }

  package func applying(_ changes: [Change], to bytes: [UInt8]) throws(Refusal) -> [UInt8] {
    var bytes = bytes
    for change in changes {
      let next = try applying(change, to: bytes)
      try check(change, from: bytes, to: next)
      bytes = next
    }
    return bytes
  }

  // MARK: One change

  private func applying(_ change: Change, to bytes: [UInt8]) throws(Refusal) -> [UInt8] {
    guard let tree = SourceTree(bytes), let root = tree.roots.first(where: isOurs) else {
      throw Refusal("its file can't be read as it stands; `hawker validate` says why")
    }
    var map = root
    if case .account(let name) = change.place {
      guard let own = root.value(of: "marketplaces")?.value(of: name) else { throw byHand(change) }
      map = own
    }
    if let old = map.value(of: change.key) {
      guard let range = old.bytes, case .scalar = old.kind else { throw byHand(change) }
      let writing = ScalarWriting(bytes, old, parent: map)
      let span = writing.span(range)
      return Array(bytes[..<span.lowerBound]) + Array(writing.text(change.text(after: old.text)).utf8)
        + bytes[span.upperBound...]
    }
    return try adding(change, to: map, in: bytes)
  }

  private func isOurs(_ root: SourceTree.Node) -> Bool { root.value(of: "id").map { $0.text == id } ?? (stem == id) }

  /// In front of the map's first key, on a line of its own or between braces.
  private func adding(_ change: Change, to map: SourceTree.Node, in bytes: [UInt8]) throws(Refusal) -> [UInt8] {
    let value = ScalarWriting.plainOrQuoted(change.text, inFlow: true)
    if let first = map.first, let start = first.bytes?.lowerBound, let mapStart = map.bytes?.lowerBound {
      let isFlow = bytes[mapStart] == 0x7B
      let indent = String(repeating: " ", count: first.column)
      let text = isFlow ? "\(change.key): \(value), " : "\(change.key): \(value)\n\(indent)"
      return Array(bytes[..<start]) + Array(text.utf8) + bytes[start...]
    }
    // `facebook: {}`
    guard case .map = map.kind, let range = map.bytes, range.lowerBound < bytes.count, bytes[range.lowerBound] == 0x7B
    else { throw byHand(change) }
    return Array(bytes[...range.lowerBound]) + Array(" \(change.key): \(value) ".utf8)
      + bytes[(range.lowerBound + 1)...]
  }

  private func byHand(_ change: Change) -> Refusal {
    let value = ScalarWriting.plainOrQuoted(change.text, inFlow: true)
    switch change.place {
    case .listing: return Refusal("\(change.key) can't be written there; write it by hand: \(change.key): \(value)")
    case .account(let name):
      return Refusal(
        "\(change.key) belongs under marketplaces, which has no map for \(name) in this file; write it by hand: "
          + "marketplaces: { \(name): { \(change.key): \(value) } }")
    }
  }

  // MARK: What came out

  /// Reads both as hawker reads listings: the one value is what it was to be, and nothing else has changed.
  private func check(_ change: Change, from old: [UInt8], to new: [UInt8]) throws(Refusal) {
    let failed = Refusal("\(change.key) could not be written so that the file says just that; write it by hand")
    guard var before = SourceTree(old).map(plain), let after = SourceTree(new).map(plain),
      before.count == after.count, let index = SourceTree(old)?.roots.firstIndex(where: isOurs)
    else { throw failed }
    let path = path(of: change)
    let wanted = change.text(after: before[index][path])
    guard after[index][path] == wanted else { throw failed }
    before[index][path] = wanted
    guard before == after else { throw failed }
    let parsed = [old, new].map { ListingFile($0.span, file: "", keys: .listing, source: Source.own) }
    let errors = parsed.map { $0.problems.count { $0.severity == .error } }
    guard errors[1] <= errors[0] else { throw failed }
  }

  private func path(of change: Change) -> [String] {
    switch change.place {
    case .listing: [change.key]
    case .account(let name): ["marketplaces", name, change.key]
    }
  }

  /// Every scalar by its way from the root.
  private func plain(_ tree: SourceTree) -> [[[String]: String]] {
    tree.roots.map { root in
      var values: [[String]: String] = [:]
      func visit(_ node: SourceTree.Node, _ path: [String]) {
        switch node.kind {
        case .scalar(let text, _): values[path] = text
        case .list(let items):
          for (index, item) in items.enumerated() { visit(item, path + ["\(index)"]) }
        case .map(let entries):
          for entry in entries { visit(entry.value, path + [entry.key.text ?? "?"]) }
        }
      }
      visit(root, [])
      return values
    }
  }
}

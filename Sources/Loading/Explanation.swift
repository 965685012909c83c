import Glibc
import Listings

/// A listing with each value's origin: what `show ID` prints.
package struct Explanation: Sendable {
  package struct Value: Hashable, Sendable {
    /// As in the file: `price`, `location.latitude`.
    package var key: String
    package var text: String
    package var origin: Origin

    package init(key: String, text: String, origin: Origin) {
      self.key = key
      self.text = text
      self.origin = origin
    }
  }

  package struct Account: Sendable {
    package var name: String
    package var marketplace: String
    /// What the marketplace would be sent; nil when something keeps it from that (see the problems).
    package var content: Content?
    /// The content, field by field; empty without one.
    package var values: [Value]
  }

  package var id: String
  /// Relative to the shop.
  package var file: String
  package var line: Int
  /// The listing's own values after layering, in the vocabulary's order.
  package var values: [Value]
  /// In the order of their names.
  package var accounts: [Account]
  /// Of its file.
  package var problems: [Problem]

  /// Whether the problem is this listing's, its file's or of the `_defaults.yaml` files above it.
  package func concerns(_ problem: Problem) -> Bool {
    guard problem.listing == nil else { return problem.listing == id }
    if problem.file == file { return true }
    return Paths.last(problem.file) == FolderNames.defaultsName && Paths.isIn(Paths.parent(problem.file), file)
  }
}

extension Loader {
  /// Every value of a listing with its origin; nil when the last scan saw no such id. Reads the listing's file again.
  package func explain(_ id: String) -> Explanation? {
    var first: (path: String, name: String, result: FileResult)?
    for (path, folder) in folders {
      for (name, file) in folder.files where file.result.places.contains(where: { $0.id == id }) {
        // Of several the first, whatever the order of a dictionary.
        if let first, (first.path, first.name) < (path, name) { continue }
        first = (path, name, file.result)
      }
    }
    guard let first else { return nil }
    var copy = self
    return copy.explain(id, name: first.name, in: first.path, first.result)
  }

  private mutating func explain(
    _ id: String, name: String, in path: String, _ result: FileResult
  ) -> Explanation? {
    let file = path.isEmpty ? name : "\(path)/\(name)"
    guard case .read(let count, _) = buffer.read("\(loaded.config.listings)/\(file)", in: AT_FDCWD) else { return nil }
    let parsed = ListingFile(
      buffer.bytes.span.extracting(0..<count), file: named(file), keys: KeySet.listing, source: Source.own)
    let draft = parsed.drafts.first { draft in
      if case .text(let own)? = draft.entries.find(.id)?.value { own == id } else { Loader.stem(name) == [id] }
    }
    guard let draft else { return nil }
    let stack = LayerStack(own: draft.entries, below: entries(below: path))
    var explanation = Explanation(
      id: id, file: named(file), line: Int(draft.mark.line), values: values(stack, named(file)), accounts: [],
      problems: result.problems.filter { $0.listing == nil || $0.listing == id })
    for post in result.listings.first(where: { $0.id == id })?.posts ?? [] {
      explanation.accounts.append(account(post))
    }
    return explanation
  }

  /// What the nearest `_defaults.yaml` at or above the folder has, with everything under it.
  private func entries(below path: String) -> Entries {
    var folder = path
    while true {
      if let defaults = folders[folder]?.defaults { return defaults.foundation.entries }
      if folder.isEmpty { return bottom().entries }
      folder = folder.utf8.lastIndex(of: 0x2F).map { String(folder[..<$0]) } ?? ""
    }
  }

  private func account(_ post: WantedPost) -> Explanation.Account {
    let marketplace = surroundings.account(post.account)?.marketplace ?? ""
    var account = Explanation.Account(name: post.account, marketplace: marketplace, content: post.content, values: [])
    guard let content = post.content else { return account }
    for field in Content.Field.allCases {
      let text: String? =
        switch field {
        case .title: content.title
        case .description: content.description
        case .price: content.price.description
        case .category: content.category
        case .condition: content.condition
        case .location: content.location.map { "\($0.latitude), \($0.longitude)" }
        case .photos: post.photos.map(describe).joined(separator: ", ")
        }
      guard let text else { continue }
      let origin = post.origins[field] ?? .builtIn
      account.values.append(Explanation.Value(key: field.rawValue, text: text, origin: origin))
    }
    return account
  }

  private func describe(_ photo: Photo) -> String {
    guard let path = photo.path else { return photo.reference.description }
    return Paths.relative(path, to: loaded.config.shop) ?? path
  }

  // MARK: The listing's own values

  private func values(_ stack: LayerStack, _ file: String) -> [Explanation.Value] {
    var result: [Explanation.Value] = []
    for key in ListingKey.allCases {
      if key == .marketplaces {
        let accounts = stack.accounts.filter(\.isEnabled).sorted { $0.name < $1.name }
        result += accounts.map { value("marketplaces.\($0.name)", "yes", $0.mark, file) }
      } else if key == .location {
        result += location(stack, file)
      } else if let entry = stack.find(key) {
        result.append(value(key.name, Explanation.text(entry.value), entry.mark, file))
      }
    }
    return result
  }

  private func location(_ stack: LayerStack, _ file: String) -> [Explanation.Value] {
    guard let entry = stack.find(.location), case .map(var map) = entry.value else { return [] }
    if stack.own.find(.location) != nil, case .map(let lower)? = stack.below.find(.location)?.value {
      map = map.merged(over: lower)
    }
    return map.items.sorted { $0.key < $1.key }.compactMap { item in
      guard let key = ListingKey(rawValue: item.key), item.value != .null else { return nil }
      return value("location.\(key.name)", Explanation.text(item.value), item.mark, file)
    }
  }

  private func value(_ key: String, _ text: String, _ mark: Mark, _ file: String) -> Explanation.Value {
    let source = sources[Int(mark.source)]
    let name = mark.source == Source.own ? file : source.file
    return Explanation.Value(
      key: key, text: text, origin: Origin(layer: source.layer, file: name, line: Int(mark.line)))
  }
}

extension Explanation {
  static func text(_ value: Loading.Value) -> String {
    switch value {
    case .null: "–"
    case .text(let text): text
    case .amount(let amount): text(amount)
    case .flag(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .coordinate(let coordinate): coordinate.description
    case .duration(let duration): "\(duration.milliseconds)ms"
    case .list(let list): list.map(\.text).joined(separator: ", ")
    case .map: ""
    case .named(let named): named.map { "\($0.name): \(text($0.value))" }.joined(separator: ", ")
    }
  }

  private static func text(_ amount: Amount) -> String {
    var digits = String(amount.unscaled)
    if amount.decimals > 0 {
      digits = String(repeating: "0", count: max(0, amount.decimals + 1 - digits.count)) + digits
      digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -amount.decimals))
    }
    return amount.currency.map { "\(digits) \($0)" } ?? digits
  }
}

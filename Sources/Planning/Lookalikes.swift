import Listings

/// Listings by what they look like. Two are taken for one when they have one title and the same photos, or share a photo
/// (or, with none at all, their description) and one's title is the other's with some words more; a number in it is never
/// another one by mistake.
struct Lookalikes {
  private struct Title {
    let text: String
    let words: Set<Substring>
    let numbers: Set<Substring>

    init(_ title: String) {
      text = title
      words = Set(title.lowercased().split { !$0.isLetter && !$0.isNumber })
      numbers = words.filter { $0.contains(where: \.isNumber) }
    }

    func isLike(_ other: Title) -> Bool {
      if words.isEmpty || other.words.isEmpty { return text == other.text }
      let (fewer, more) = words.count < other.words.count ? (words, other.words) : (other.words, words)
      return numbers == other.numbers && fewer.count * 2 >= more.count && fewer.isSubset(of: more)
    }
  }

  private struct Look: Hashable {
    let title: String
    let photos: [PhotoReference]
  }

  /// However many share a photo: a placeholder in a whole shop.
  private var same: [Look: String] = [:]
  /// By photo or, without any, by description.
  private var found: [String: [(title: Title, listing: String)]] = [:]
  /// What was refused was never a post: of it only the digest is known.
  private var refused: [Digest: String] = [:]
  /// A photo that more of them share says little.
  private static let most = 64

  var isEmpty: Bool { same.isEmpty && refused.isEmpty }

  mutating func refuse(_ digest: Digest, of listing: String) { refused[digest] = listing }

  /// What is there, and what it may have become.
  mutating func add(_ record: Record) {
    for content in [record.content, record.pending?.content] {
      if let content { add(content, of: record.key.listing) }
    }
  }

  mutating func add(_ content: Content, of listing: String) {
    let look = Look(title: content.title, photos: content.photos)
    if same[look] == nil { same[look] = listing }
    let title = Title(content.title)
    for mark in marks(content) where found[mark, default: []].count < Lookalikes.most {
      found[mark, default: []].append((title, listing))
    }
  }

  func listing(like content: Content) -> String? {
    if let listing = same[Look(title: content.title, photos: content.photos)] { return listing }
    if !refused.isEmpty, let listing = refused[content.digest] { return listing }
    let title = Title(content.title)
    for mark in marks(content) {
      if let like = found[mark]?.first(where: { $0.title.isLike(title) }) { return like.listing }
    }
    return nil
  }

  private func marks(_ content: Content) -> [String] {
    content.photos.isEmpty ? [content.description] : content.photos.map(\.description)
  }
}

import Listings

/// A field whose live value is not what was sent, with that value in words: `430.00 USD`.
package struct RemoteDifference: Hashable, Sendable {
  package var field: Content.Field
  package var value: String

  package init(_ field: Content.Field, _ value: String) {
    self.field = field
    self.value = value
  }
}

extension RemotePost {
  /// What a person, or the marketplace, changed since `content` was sent. A field that the marketplace does not tell has
  /// not changed; location and photos are never told in a form that could be compared. How a marketplace writes the same
  /// thing is no change: white space, the case of its own words, the form of an accented letter.
  package func differences(from content: Content) -> [RemoteDifference] {
    var found: [RemoteDifference] = []
    func compare(_ field: Content.Field, _ shown: String?, _ sent: String, _ plain: (String) -> String) {
      guard let shown, shown != sent, plain(shown) != plain(sent) else { return }
      found.append(RemoteDifference(field, shown))
    }
    compare(.title, title, content.title, RemotePost.squeezed)
    compare(.description, description, content.description, RemotePost.lines)
    if let price, price != content.price { found.append(RemoteDifference(.price, price.description)) }
    compare(.category, category, content.category) { RemotePost.squeezed($0).lowercased() }
    compare(.condition, condition, content.condition) { RemotePost.squeezed($0).lowercased() }
    return found
  }

  /// Runs of white space are one space. Swift compares text by what it means, so that forms of a letter are equal.
  static func squeezed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Lines without what stands at their ends; blank ones at the end, and several in a row, count for nothing.
  static func lines(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { squeezed(String($0)) }
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}

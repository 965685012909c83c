extension DefaultStringInterpolation {
  /// `\(1, of: "post")` is "1 post", `\(3, of: "post")` "3 posts". For nouns that take an s.
  package mutating func appendInterpolation(_ count: Int, of noun: String) {
    appendLiteral("\(count) \(noun)\(count == 1 ? "" : "s")")
  }
}

import Listings

/// The way through a list that comes in pages: the marketplace leads, but not in a circle and not for ever.
package struct PageTrail {
  /// At a hundred posts a page, twice the largest shop.
  private static let longest = 2000

  private let list: String
  private var seen: Set<String> = []
  /// Of the page to ask for; nil: the first, or after `goOn`, none.
  package private(set) var cursor: String?

  /// `list` is what a message calls it.
  package init(_ list: String) { self.list = list }

  package mutating func goOn(to next: String?) throws(MarketplaceFailure) {
    cursor = next
    guard let next else { return }
    guard seen.insert(next).inserted else { throw .unexpected(.init("\(list) runs in a circle", httpStatus: 200)) }
    guard seen.count < PageTrail.longest else { throw .unexpected(.init("\(list) has no end", httpStatus: 200)) }
  }
}

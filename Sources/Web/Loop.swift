import Listings
import Marketplaces
import Planning

/// What the web asks of the loop. The root fills it; tests have one of their own.
package protocol Loop: Sendable {
  /// How everything stands now.
  func view() async -> ShopView

  /// Records a seller's decision and acts on it. Answers when it is durable.
  func decide(_ decision: Decision) async -> Answer

  /// Takes what a marketplace told. True once it is durable: only then is a delivery answered with 200.
  func take(_ notices: [Notice]) async -> Bool

  /// A browser came back from a marketplace's consent page; `query`: what it brought, decoded.
  func login(account: String, query: [String: String]) async -> LoginPage

  /// The path of a photo that a live or wanted listing refers to: `<hex>.<ext>`.
  func photo(_ name: String) async -> String?

  /// What happens from now on, until the caller ends it. A reader that is too slow loses the oldest.
  func activity() -> AsyncStream<Activity>
}

/// What is shown at the end of a `connect`, or on the way.
package struct LoginPage: Hashable, Sendable {
  package var title: String
  package var text: String
  package var isGood: Bool
  /// Facebook: Pages to choose from, by id; choosing one calls back with `page=<id>` and `state`.
  package var choices: [Choice]
  package var state: String?

  package struct Choice: Hashable, Sendable {
    package var id: String
    package var name: String

    package init(id: String, name: String) {
      self.id = id
      self.name = name
    }
  }

  package init(title: String, text: String, isGood: Bool, choices: [Choice] = [], state: String? = nil) {
    self.title = title
    self.text = text
    self.isGood = isGood
    self.choices = choices
    self.state = state
  }
}

/// One line of the activity feed.
package struct Activity: Hashable, Sendable {
  package enum Level: String, Sendable { case info, good, warning, error }

  package var at: Timestamp
  package var level: Level
  package var text: String
  package var listing: String?
  package var account: String?

  package init(at: Timestamp, level: Level, text: String, listing: String? = nil, account: String? = nil) {
    self.at = at
    self.level = level
    self.text = text
    self.listing = listing
    self.account = account
  }
}

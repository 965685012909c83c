/// What one marketplace supports, filled by its adapter: a limit shows in the plan, before any request.
package struct Capabilities: Hashable, Sendable {
  package enum PhotoTransport: Hashable, Sendable {
    /// Files are uploaded; addresses are passed on.
    case upload
    /// Only addresses: a file must be served at `web.public_url`.
    case address
  }

  /// `facebook`, `offerup`: the key in the config's `marketplace` and `categories`.
  package var marketplace: String
  /// In characters.
  package var titleLimit: Int
  package var descriptionLimit: Int
  /// Links, e-mail addresses and phone numbers in the description are a warning.
  package var discouragesContacts: Bool
  package var photoCount: ClosedRange<Int>
  /// In bytes, for a file.
  package var photoSize: Int
  package var photoFormats: Set<PhotoFormat>
  package var photoTransport: PhotoTransport
  /// Nil: any.
  package var currencies: Set<String>?
  package var takesLocation: Bool
  package var requiresLocation: Bool
  /// The seller's condition → the marketplace's word.
  package var conditions: [Condition: String]
  /// Content fields that can't be changed in place: a change of them is a replace.
  package var fixedFields: Set<Content.Field>
  /// Whether an uncertain create can be settled by looking the post up.
  package var canLookUp: Bool
  /// Whether a live post can be read.
  package var canRead: Bool
  /// What stands before a post's id in its page's address; nil: the marketplace tells each one.
  package var itemURL: String?
  /// Where the limits come from, and when they were read.
  package var source: String

  package init(
    marketplace: String, titleLimit: Int, descriptionLimit: Int, discouragesContacts: Bool = false,
    photoCount: ClosedRange<Int>, photoSize: Int, photoFormats: Set<PhotoFormat>, photoTransport: PhotoTransport,
    currencies: Set<String>? = nil, takesLocation: Bool = false, requiresLocation: Bool = false,
    conditions: [Condition: String], fixedFields: Set<Content.Field> = [], canLookUp: Bool = true,
    canRead: Bool = true, itemURL: String? = nil, source: String
  ) {
    self.marketplace = marketplace
    self.titleLimit = titleLimit
    self.descriptionLimit = descriptionLimit
    self.discouragesContacts = discouragesContacts
    self.photoCount = photoCount
    self.photoSize = photoSize
    self.photoFormats = photoFormats
    self.photoTransport = photoTransport
    self.currencies = currencies
    self.takesLocation = takesLocation
    self.requiresLocation = requiresLocation
    self.conditions = conditions
    self.fixedFields = fixedFields
    self.canLookUp = canLookUp
    self.canRead = canRead
    self.itemURL = itemURL
    self.source = source
  }
}

/// A thing's state, in the seller's words.
package enum Condition: String, CaseIterable, Hashable, Sendable {
  case new
  case likeNew = "like_new"
  case good, fair, poor
}

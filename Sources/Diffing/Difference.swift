import Listings

/// One post: what is wanted of it, beside what is recorded.
package struct Difference: Sendable {
  package enum Want: Sendable {
    /// To be on the marketplace with this content.
    case offered(WantedPost)
    /// Not to be there.
    case off(Cause)
    /// Its file has an error: it stays as it is.
    case frozen
  }

  /// Why a post is not wanted.
  package enum Cause: String, Sendable {
    /// The file says so.
    case sold, draft
    /// A `_defaults.yaml` or hawker.yaml says so, for all the files below it.
    case soldByDefault = "sold-default"
    case draftByDefault = "draft-default"
    /// It was sold through another post, or elsewhere: the journal says so.
    case claimed = "sale"
    case fileGone = "file-gone"
    /// The listing's `marketplaces` no longer names the account.
    case dropped
    /// No default names the account any more, and the listing's own file says nothing of it.
    case droppedByDefault = "dropped-default"
    /// hawker.yaml no longer has the account.
    case accountGone = "account-gone"
    /// hawker.yaml has it with `enabled: false`: no requests, in either direction.
    case accountDisabled = "account-disabled"

    /// The seller's word about this listing, or a buyer's, which guards against lost files let pass.
    package var isExplicit: Bool { self == .sold || self == .draft || self == .claimed }

    /// Concluded from defaults that may only be missing. Not `sold`, which a default that is there says: what is sold must not
    /// wait, and what was not can be posted again.
    package var isByDefault: Bool { self == .draftByDefault || self == .droppedByDefault }
  }

  package var key: PostKey
  package var want: Want
  package var record: Record?
  /// The listing, unless its file is gone or unreadable.
  package var listing: Listing?

  package init(key: PostKey, want: Want, record: Record?, listing: Listing?) {
    self.key = key
    self.want = want
    self.record = record
    self.listing = listing
  }
}

/// A field that a request would change, with its values in words.
package struct FieldChange: Hashable, Sendable {
  package var field: Content.Field
  package var before: String
  package var after: String

  package init(field: Content.Field, before: String, after: String) {
    self.field = field
    self.before = before
    self.after = after
  }
}

extension Content {
  /// A field's value in words: what a plan shows.
  package func text(of field: Field) -> String {
    switch field {
    case .title: title
    case .description: description
    case .price: price.description
    case .category: category
    case .condition: condition
    case .location:
      location.map { place in
        "\(place.latitude), \(place.longitude)" + (place.postalCode.map { ", \($0)" } ?? "")
      } ?? "none"
    case .photos: photos.map(\.description).joined(separator: " ")
    }
  }

  /// The fields to send so that `old` becomes this content. Where another content may be there instead (an update
  /// whose outcome is unknown), a field counts when it differs from either; one that nobody is sure of always does.
  package func changes(
    from old: Content, or possible: Content? = nil, unsure: Set<Field> = []
  ) -> [FieldChange] {
    var fields = differences(from: old)
    if possible != nil || !unsure.isEmpty {
      fields = unsure.union(fields).union(possible.map { differences(from: $0) } ?? []).sorted()
    }
    return fields.map { field in
      let (before, after) = (old.text(of: field), text(of: field))
      // What is sent only because nobody is sure of it.
      return FieldChange(field: field, before: before == after ? "unknown" : before, after: after)
    }
  }
}

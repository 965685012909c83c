import Journaling
import Listings
import Marketplaces

extension Shown {
  /// What stands there beside what is wanted: the next plan says what is to change, and a guard sees a price that drops.
  /// `fixed` can't be changed in place: where it isn't told, a doubt would do nothing but cost the post. Texts that `file`'s
  /// record has no room for are in doubt, too.
  init(_ post: RemotePost, instead wanted: Content, in file: String, fixed: Set<Content.Field>) {
    var content = wanted
    let other = Set(post.differences(from: wanted).map(\.field))
    if other.contains(.title), let title = post.title { content.title = title }
    if other.contains(.description), let text = post.description { content.description = text }
    if other.contains(.price), let price = post.price { content.price = price }
    if other.contains(.category), let category = post.category { content.category = category }
    if other.contains(.condition), let condition = post.condition { content.condition = condition }
    var unsure = Set(Content.Field.allCases).subtracting(post.told).subtracting(fixed)
    if content.excess(with: file) != nil {
      (content.title, content.description, content.category) = (wanted.title, wanted.description, wanted.category)
      unsure.formUnion(other.intersection([.title, .description, .category]))
    }
    self.init(content, unsure: unsure)
  }
}

extension RemotePost {
  /// The fields that the marketplace tells.
  fileprivate var told: [Content.Field] {
    let told: [(Content.Field, Bool)] = [
      (.title, title != nil), (.description, description != nil), (.price, price != nil), (.category, category != nil),
      (.condition, condition != nil),
    ]
    return told.filter(\.1).map(\.0)
  }
}

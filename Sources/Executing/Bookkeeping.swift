import Journaling
import Listings
import Planning

extension Entry {
  /// A fact of a plan's bookkeeping, as the journal keeps it.
  init(_ fact: Bookkeeping) {
    self =
      switch fact {
      case .moved(let listing, let from, let file): .moved(listing: listing, from: from, file: file)
      case .protected(let listing, let isProtected): .protected(listing: listing, isProtected)
      case .counted(let listing, let quantity): .counted(listing: listing, quantity)
      case .saleSeen(let key): .released(key, by: Entry.saleSeen)
      case .absent(let key): .held(key, by: Action.Holder.grace.rawValue, until: nil)
      case .returned(let key): .released(key, by: Action.Holder.grace.rawValue)
      case .permitted(let key, let permit): .permitted(key, permit)
      }
  }
}

import Listings
import Synchronization

/// The photo shelf as several tasks ask it, one at a time. What it answers doesn't depend on their order.
final class SharedShelf: Sendable {
  private let shelf: Mutex<PhotoShelf>

  init(_ shelf: PhotoShelf) { self.shelf = Mutex(shelf) }

  /// An address needs no look at the disk, and so no turn.
  func photos(_ text: String, from folder: String, _ glances: inout Int) throws(PhotoShelf.Refusal) -> [Photo] {
    if PhotoShelf.isAddress(text) { return [try PhotoShelf.address(text)] }
    return try shelf.withLock { (shelf) throws(PhotoShelf.Refusal) in
      try shelf.photos(text, from: folder, &glances)
    }
  }

  /// The shelf with what was learnt.
  var value: PhotoShelf { shelf.withLock { $0 } }
}

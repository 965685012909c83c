import Listings

/// The photos that a listing's texts stand for.
extension Resolver {
  mutating func expand(
    _ entry: Entry, _ isSpoilt: inout Bool
  ) -> Found<[Photo]>? {
    guard case .list(let texts) = entry.value else { return nil }
    var photos: [Photo] = []
    photos.reserveCapacity(texts.count)
    guard texts.count <= PhotoShelf.countLimit else {
      note(.photoCount, entry.mark, "the listing names \(texts.count) photos; name at most \(PhotoShelf.countLimit)")
      isSpoilt = true
      return nil
    }
    for text in texts {
      do throws(PhotoShelf.Refusal) {
        for photo in try self.photos(text) {
          // A cover that its pattern names again is taken once.
          if let path = photo.path, photos.contains(where: { $0.path == path }) { continue }
          photos.append(photo)
        }
      } catch {
        note(error.rule, text.mark, error.message)
        isSpoilt = true
      }
    }
    return Found(value: photos, mark: entry.mark)
  }

  private mutating func photos(_ text: MarkedText) throws(PhotoShelf.Refusal) -> [Photo] {
    if PhotoShelf.isAddress(text.text) { return try shelf.photos(text.text, from: "") }
    var use = PhotoUse(text: text.text, folder: folder)
    if text.mark.source != Source.own {
      let source = sources[Int(text.mark.source)]
      use.folder = source.folder ?? ""
      if source.folder == nil { use.text = try fromShop(text.text) }
    }
    references.append(use)
    return try shelf.photos(use.text, from: use.folder)
  }

  private func fromShop(_ text: String) throws(PhotoShelf.Refusal) -> String {
    if let root = surroundings.rootFromShop {
      if root.isEmpty { return text }
      if text.hasPrefix(root + "/") { return String(text.dropFirst(root.utf8.count + 1)) }
    }
    throw PhotoShelf.Refusal(
      rule: .photoPath,
      message: "\(text) in hawker.yaml's defaults is not below the listings folder; put the photo there")
  }
}

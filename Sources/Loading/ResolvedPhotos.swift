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
    var paths: Set<String> = []
    var looked = 0
    for text in texts {
      do throws(PhotoShelf.Refusal) {
        for photo in try self.photos(text) {
          looked += 1
          // A cover that its pattern names again is taken once.
          if let path = photo.path, !paths.insert(path).inserted { continue }
          photos.append(photo)
        }
        // Four times: patterns may well say the same photo again, but not all of them over and over.
        guard photos.count <= PhotoShelf.countLimit, looked <= 4 * PhotoShelf.countLimit else {
          throw PhotoShelf.Refusal(
            rule: .photoCount,
            message: "the patterns match more than \(PhotoShelf.countLimit) photos together; name fewer")
        }
      } catch {
        note(error.rule, text.mark, error.message)
        isSpoilt = true
        if error.rule == .photoCount { return nil }
      }
    }
    return Found(value: photos, mark: entry.mark)
  }

  private mutating func photos(_ text: MarkedText) throws(PhotoShelf.Refusal) -> [Photo] {
    if PhotoShelf.isAddress(text.text) { return try shelf.photos(text.text, from: "", &glances) }
    var use = PhotoUse(text: text.text, folder: folder)
    if text.mark.source != Source.own {
      let source = sources[Int(text.mark.source)]
      use.folder = source.folder ?? ""
      if source.folder == nil { use.text = try fromShop(text.text) }
    }
    references.append(use)
    return try shelf.photos(use.text, from: use.folder, &glances)
  }

  private func fromShop(_ text: String) throws(PhotoShelf.Refusal) -> String {
    if let root = surroundings.rootFromShop {
      if root.isEmpty { return text }
      if let path = Paths.relative(text, to: root), !path.isEmpty { return path }
    }
    throw PhotoShelf.Refusal(
      rule: .photoPath,
      message: "\(text) in hawker.yaml's defaults is not below the listings folder; put the photo there")
  }
}

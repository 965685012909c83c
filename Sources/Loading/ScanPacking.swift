import Listings

// The parts of a scan cache as bytes.

extension Packer {
  mutating func stamp(_ stamp: Stamp) {
    for word in stamp.words { number(Int64(bitPattern: word)) }
  }

  mutating func photos(_ uses: [Resolver.PhotoUse], _ print: Digest) {
    list(uses) { packer, use in
      packer.text(use.text)
      packer.text(use.folder)
    }
    digest(print)
  }

  mutating func fileResult(_ result: FileResult) {
    list(result.places) { packer, place in
      packer.text(place.id)
      packer.number(place.line)
      packer.number(place.column)
    }
    list(result.frozen) { $0.text($1) }
    flag(result.hidesListings)
    list(result.problems) { $0.problem($1) }
    list(result.listings) { $0.listing($1) }
  }
}

extension Unpacker {
  mutating func stamp() throws(PackDamage) -> Stamp {
    var words: [UInt64] = []
    for _ in 0..<Stamp.wordCount { words.append(UInt64(bitPattern: try number())) }
    return Stamp { words[$0] }
  }

  mutating func photos() throws(PackDamage) -> (uses: [Resolver.PhotoUse], print: Digest) {
    let uses = try list { (packed) throws(PackDamage) in
      Resolver.PhotoUse(text: try packed.text(), folder: try packed.text())
    }
    return (uses, try digest())
  }

  mutating func fileResult() throws(PackDamage) -> FileResult {
    var result = FileResult()
    result.places = try list { (packed) throws(PackDamage) in
      FileResult.Place(id: try packed.text(), line: Int(try packed.number()), column: Int(try packed.number()))
    }
    result.frozen = try list { (packed) throws(PackDamage) in try packed.text() }
    result.hidesListings = try flag()
    result.problems = try list { (packed) throws(PackDamage) in try packed.problem() }
    result.listings = try list { (packed) throws(PackDamage) in try packed.listing() }
    return result
  }
}

import Listings

extension Loader {
  /// Joins the files' results, and looks at what no file can know alone: the same id in two places.
  /// Where nothing remembers the results, the listings are taken out of them: to copy them would count every value in them.
  func assemble(_ walk: inout Walk) -> Wanted {
    var wanted = Wanted(frozenIDs: walk.frozenIDs, frozenFiles: walk.frozenFiles, problems: configProblems)
    wanted.problems += walk.problems
    wanted.disks = walk.disks
    wanted.unseen = walk.unseen.sorted()
    for path in walk.changed { wanted.frozenFiles.insert(named(path).isEmpty ? "/" : named(path) + "/") }
    wanted.frozenFiles.formUnion(walk.vanished)
    let places = sortedPlaces(walk)
    let repeated = repeatedIDs(places, walk, &wanted).union(sharedOldIDs(walk, &wanted))
    // By index: going through the results would copy, and so count, every value in them.
    for index in walk.results.indices {
      if !walk.results[index].result.problems.isEmpty { wanted.problems += walk.results[index].result.problems }
      if !walk.results[index].result.frozen.isEmpty { wanted.frozenIDs.formUnion(walk.results[index].result.frozen) }
      guard !repeated.isEmpty else { continue }
      for listing in walk.results[index].result.listings where repeated.contains(listing.id) {
        if let old = listing.movedFrom { wanted.frozenIDs.insert(old) }
      }
    }
    wanted.listings.reserveCapacity(places.count)
    for place in places {
      guard let index = place.listing, repeated.isEmpty || !repeated.contains(place.id) else { continue }
      if remembers {
        wanted.listings.append(walk.results[place.file].result.listings[index])
      } else {
        var listing = Loader.none
        swap(&listing, &walk.results[place.file].result.listings[index])
        wanted.listings.append(listing)
      }
    }
    for id in walk.strays.keys where wanted.index(of: id) == nil { wanted.frozenIDs.insert(id) }
    wanted.problems.sort()
    return wanted
  }

  private static let none = Listing(id: "", file: "")

  /// Where an id stands.
  private struct Site {
    var id: String
    /// Its first bytes, which tell most ids apart.
    var head: UInt64
    /// In the walk's results.
    var file: Int
    /// In the file's places.
    var place: Int
    /// In the file's listings; nil when the listing has an error.
    var listing: Int?
  }

  /// By id; those of one id in the walk's order.
  private func sortedPlaces(_ walk: Walk) -> [Site] {
    var sites: [Site] = []
    sites.reserveCapacity(walk.results.count)
    for file in walk.results.indices {
      // Listings are those of the places in the same order, without the ones that have errors.
      var listing = 0
      for place in walk.results[file].result.places.indices {
        let id = walk.results[file].result.places[place].id
        let isThere =
          listing < walk.results[file].result.listings.count && walk.results[file].result.listings[listing].id == id
        sites.append(
          Site(id: id, head: Loader.head(of: id), file: file, place: place, listing: isThere ? listing : nil))
        if isThere { listing += 1 }
      }
    }
    // The sort is stable.
    sites.sort { $0.head == $1.head ? $0.id < $1.id : $0.head < $1.head }
    return sites
  }

  /// In the order of the ids, which are ASCII.
  private static func head(of id: String) -> UInt64 {
    var (head, place) = (UInt64(0), UInt64(64))
    for byte in id.utf8.prefix(8) {
      place -= 8
      head |= UInt64(byte) << place
    }
    return head
  }

  /// Tells each place of an id that stands in several, and freezes it.
  private func repeatedIDs(_ sites: [Site], _ walk: Walk, _ wanted: inout Wanted) -> Set<String> {
    var repeated: Set<String> = []
    var first = 0
    for index in sites.indices.dropFirst() {
      guard sites[index].id == sites[first].id else {
        first = index
        continue
      }
      let (oneFile, one) = told(sites[first], walk)
      let (otherFile, other) = told(sites[index], walk)
      if repeated.insert(one.id).inserted { wanted.problems.append(duplicate(one, oneFile, and: other, otherFile)) }
      wanted.problems.append(duplicate(other, otherFile, and: one, oneFile))
      // What was in these files before may have been overwritten by a copy: that is no reason to take it off.
      wanted.frozenFiles.formUnion([oneFile, otherFile])
    }
    wanted.frozenIDs.formUnion(repeated)
    return repeated
  }

  /// Tells each listing that has its old id in common with another: only one can be what the old one was. Both are frozen.
  private func sharedOldIDs(_ walk: Walk, _ wanted: inout Wanted) -> Set<String> {
    var claims: [String: [(file: Int, id: String)]] = [:]
    for file in walk.results.indices {
      for index in walk.results[file].result.listings.indices {
        guard let old = walk.results[file].result.listings[index].movedFrom else { continue }
        claims[old, default: []].append((file, walk.results[file].result.listings[index].id))
      }
    }
    var shared: Set<String> = []
    for (old, claimants) in claims where Set(claimants.map(\.id)).count > 1 {
      for (file, id) in claimants {
        let others = Set(claimants.map(\.id)).subtracting([id]).sorted().joined(separator: ", ")
        let place = walk.results[file].result.places.first { $0.id == id }
        wanted.problems.append(
          Problem(
            .error, rule: Rule.movedFrom.rawValue, file: walk.results[file].file, line: place?.line ?? 0,
            column: place?.column ?? 0,
            message:
              "\(id) was \(old) before, as moved_from says, and so says \(others); leave it to the one that it is true "
              + "of", listing: id))
        shared.insert(id)
      }
    }
    wanted.frozenIDs.formUnion(shared)
    return shared
  }

  private func told(_ site: Site, _ walk: Walk) -> (String, FileResult.Place) {
    (walk.results[site.file].file, walk.results[site.file].result.places[site.place])
  }

  private func duplicate(
    _ place: FileResult.Place, _ file: String, and other: FileResult.Place, _ otherFile: String
  ) -> Problem {
    Problem(
      .error, rule: Rule.idDuplicate.rawValue, file: file, line: place.line, column: place.column,
      message: "the id \(place.id) stands also at \(otherFile):\(other.line):\(other.column); both stay as they are "
        + "until one of them has another id",
      listing: place.id)
  }
}

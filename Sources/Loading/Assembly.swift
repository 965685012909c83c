import Listings

extension Loader {
  /// Joins the files' results, and looks at what no file can know alone: the same id in two places.
  func assemble(_ walk: Walk) -> Wanted {
    var wanted = Wanted(frozenIDs: walk.frozenIDs, frozenFiles: walk.frozenFiles, problems: configProblems)
    wanted.problems += walk.problems
    for path in walk.changed { wanted.frozenFiles.insert(named(path).isEmpty ? "/" : named(path) + "/") }
    wanted.frozenFiles.formUnion(walk.vanished)
    let repeated = repeatedIDs(walk, &wanted)
    var order: [(id: String, file: Int, listing: Int)] = []
    order.reserveCapacity(walk.results.count)
    for (index, (_, result)) in walk.results.enumerated() {
      wanted.problems += result.problems
      wanted.frozenIDs.formUnion(result.frozen)
      for (position, listing) in result.listings.enumerated() {
        if !repeated.isEmpty, repeated.contains(listing.id) {
          if let old = listing.movedFrom { wanted.frozenIDs.insert(old) }
        } else {
          order.append((listing.id, index, position))
        }
      }
    }
    order.sort { $0.id < $1.id }
    wanted.listings = order.map { walk.results[$0.file].result.listings[$0.listing] }
    wanted.problems.sort()
    return wanted
  }

  /// Tells each place of an id that stands in several, and freezes it.
  private func repeatedIDs(_ walk: Walk, _ wanted: inout Wanted) -> Set<String> {
    var places: [(place: FileResult.Place, file: Int)] = []
    places.reserveCapacity(walk.results.count)
    for index in walk.results.indices {
      for place in walk.results[index].result.places { places.append((place, index)) }
    }
    // Stable: the places of one id stay in the walk's order.
    places.sort { $0.place.id < $1.place.id }
    var repeated: Set<String> = []
    var first = 0
    for index in places.indices.dropFirst() {
      guard places[index].place.id == places[first].place.id else {
        first = index
        continue
      }
      let (one, other) = (places[first], places[index])
      let (oneFile, otherFile) = (walk.results[one.file].file, walk.results[other.file].file)
      if repeated.insert(one.place.id).inserted {
        wanted.problems.append(duplicate(one.place, oneFile, and: other.place, otherFile))
      }
      wanted.problems.append(duplicate(other.place, otherFile, and: one.place, oneFile))
      // What was in these files before may have been overwritten by a copy: that is no reason to take it off.
      wanted.frozenFiles.formUnion([oneFile, otherFile])
    }
    wanted.frozenIDs.formUnion(repeated)
    return repeated
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

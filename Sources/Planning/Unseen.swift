import Listings

/// A file that is missing may have moved to where nobody can look: into a folder that can't be read, behind a link, to a
/// name whose file is broken. Unreadable is not absent, so what rests on nothing but the missing file waits until that can
/// be looked into. A place that a record names is none of these: what stays hidden there is what was known of it.
struct Unseen {
  /// In words; nil when everything was looked into.
  let place: String?

  init(_ input: PlanInput) {
    guard !input.wanted.unseen.isEmpty else {
      place = nil
      return
    }
    let known = Unseen.places(input.records.values)
    let strange = input.wanted.unseen.filter { !known.contains($0) }
    place = strange.first.map { strange.count == 1 ? $0 : "\($0) (and \(strange.count - 1) more)" }
  }

  /// The files that records name, and the folders around them.
  private static func places(_ records: Dictionary<PostKey, Record>.Values) -> Set<String> {
    var places: Set<String> = []
    for record in records where places.insert(record.file).inserted {
      var folder = record.file[...]
      // By bytes: to a String, a slash with a combining mark behind it is another character.
      while let slash = folder.utf8.lastIndex(of: 0x2F) {
        guard places.insert(String(Substring(folder.utf8[...slash]))).inserted else { break }
        folder = folder[..<slash]
      }
    }
    return places
  }

  func hold(_ actions: inout [Action]) {
    guard let place else { return }
    for index in actions.indices
    where actions[index].isFileGone && actions[index].isAbsence && actions[index].isHeld(atMost: [.retry]) {
      actions[index] = actions[index].held(
        by: .unseen,
        "\(actions[index].kind.rawValue): its file is gone, but \(place) can't be read: it may have moved there; mend that, "
          + "or take it out of the listings")
    }
  }
}

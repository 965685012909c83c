/// "Did you mean": the nearest of the known words, if one is near.
package enum Suggestion {
  /// `; did you mean NAME?`, or nothing.
  package static func text(for word: String, among known: [String]) -> String {
    guard let best = nearest(to: word, among: known) else { return "" }
    return "; did you mean \(best)?"
  }

  static func nearest(to word: String, among known: [String]) -> String? {
    // A word this long is no slip of the finger, and comparing it would cost time.
    guard !word.isEmpty, word.utf8.count <= 64 else { return nil }
    let lowered = word.lowercased()
    var best: (word: String, distance: Int)?
    let length = lowered.utf8.count
    // Words whose lengths differ by more than the most that is forgiven are too far apart, whatever their letters.
    for candidate in known where abs(candidate.utf8.count - length) <= 3 {
      let distance = distance(lowered, candidate)
      if distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(1, min(3, best.word.utf8.count / 3)) else { return nil }
    return best.word
  }

  /// Edits (insert, remove, replace, swap neighbours) from one to the other.
  static func distance(_ left: String, _ right: String) -> Int {
    let (a, b) = (Array(left.utf8), Array(right.utf8))
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before = [Int](repeating: 0, count: b.count + 1)
    var row = before
    var last = Array(0...b.count)
    for i in 1...a.count {
      row[0] = i
      for j in 1...b.count {
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
      }
      // Three rows, used in turns.
      swap(&before, &last)
      swap(&last, &row)
    }
    return last[b.count]
  }
}

import Journaling
import Listings
import Marketplaces

/// One look at a post's live copy, and the record that it was compared with. It says something only of that record: what
/// has been done about the post since has made it yesterday's news. Pure.
package struct Look: Sendable {
  package enum Sight: Sendable {
    case shown(RemotePost)
    /// The marketplace was asked for this very post, and is sure.
    case absent
  }

  let before: Record
  let sight: Sight

  package init(_ before: Record, _ sight: Sight) { (self.before, self.sight) = (before, sight) }

  /// What is to be recorded: nothing, when nothing is new.
  package func entries(_ ledger: Ledger, _ wanted: Wanted?) -> [Entry] {
    let key = before.key
    guard let record = ledger[key], record == before, record.isLive, record.pending == nil else { return [] }
    switch sight {
    case .absent: return [.observed(key, .gone)]
    case .shown(let post) where post.isSold:
      let selling = Selling(ledger: ledger, id: key.listing, listing: wanted?.listing(key.listing))
      if case .new(let entries) = selling.seen(on: key.account) { return entries }
      return ledger.hints[key] == nil ? [] : [seen(post)]
    case .shown(let post):
      let values = drift(of: post, from: record, ledger.drifts[key]?.values ?? [:])
      if values != ledger.drifts[key]?.values ?? [:] {
        let fields = Content.Field.allCases.map(\.rawValue).filter { values[$0] != nil }
        return [.observed(key, .drift(fields, values: values))]
      }
      return ledger.hints[key] == nil ? [] : [seen(post)]
    }
  }

  /// By field. Of those that are unsure, which the next update settles, stays what is known: what is there may be ours.
  private func drift(of post: RemotePost, from record: Record, _ known: [String: String]) -> [String: String] {
    let unsure = record.unsure
    var values = known.filter { name, _ in unsure.contains { $0.rawValue == name } }
    for other in record.content.map(post.differences) ?? [] where !unsure.contains(other.field) {
      values[other.field.rawValue] = Look.short(other.value)
    }
    return values
  }

  /// A value that a person wrote there, as far as a line of the journal has room; two that differ further on still differ.
  private static func short(_ value: String) -> String {
    guard value.utf8.count > 1_000 else { return value }
    let end = value.utf8.index(value.startIndex, offsetBy: 1_000)
    return value[..<value.index(before: end)] + "… (\(Digest(of: Array(value.utf8)).hex.prefix(8)))"
  }

  private func seen(_ post: RemotePost) -> Entry {
    .observed(before.key, .live(remoteID: before.remoteID ?? post.remoteID, url: before.url ?? post.url))
  }
}

import Journaling
import Listings
import Loading
import Reconciling

/// The names that a command line may use: a slip of the finger is told of, and not taken for a shop without such posts.
struct KnownNames {
  let config: Config
  let wanted: Wanted
  let ledger: Ledger?

  /// Ends the command when one of the names is nowhere: neither in a file nor in the journal.
  func check(_ selection: Selection) throws {
    if let account = selection.account { try check(account: account) }
    // Of a root that can't be seen nobody knows which listings it has.
    guard wanted.root == .seen else { return }
    for listing in selection.listings.sorted() { try check(listing: listing) }
  }

  private func check(account name: String) throws {
    guard config.account(name) == nil else { return }
    let recorded = Set(ledger?.records.keys.map(\.account) ?? [])
    guard !recorded.contains(name) else { return }
    let names = config.accounts.map(\.name)
    throw Exit(.usage, KnownNames.missing(account: name, names))
  }

  /// What to say of an account that is nowhere.
  static func missing(account name: String, _ names: [String]) -> String {
    let hint = Suggestion.text(for: name, among: names)
    return "hawker.yaml has no account \(name)" + (hint.isEmpty ? "; it has \(names.joined(separator: ", "))" : hint)
  }

  /// An id with a record but without a file is known, and so is one whose file has an error.
  private func check(listing id: String) throws {
    guard wanted.listing(id) == nil, !wanted.frozenIDs.contains(id), ledger?.knows(id) != true else { return }
    throw Exit(.usage, KnownNames.missing(id, wanted, ledger, in: config))
  }

  /// What to say of an id that is nowhere.
  static func missing(_ id: String, _ wanted: Wanted, _ ledger: Ledger? = nil, in config: Config) -> String {
    let recorded = ledger?.records.keys.map(\.listing) ?? []
    let known = Set(wanted.listings.map(\.id)).union(wanted.frozenIDs).union(recorded).sorted()
    let hint = Suggestion.text(for: id, among: known)
    let hidden =
      wanted.frozenFiles.isEmpty ? "" : "; files that can't be read now may hold it: `hawker validate` names them"
    let pattern = id.contains { "*?[".contains($0) } ? "; an id is taken as it is, not as a pattern" : ""
    let names = hint.isEmpty && pattern.isEmpty && hidden.isEmpty ? "; `hawker status` names them all" : ""
    return "there is no listing \(id) below \(config.listings)" + (ledger == nil ? "" : " or in the journal") + hint
      + pattern + hidden + names
  }
}

extension Ledger {
  fileprivate func knows(_ id: String) -> Bool { !records(of: id).isEmpty || sales[id] != nil }
}

import ArgumentParser
import Diffing
import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Reconciling

struct Pull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Takes what was changed on a marketplace into the listing's file.",
    discussion: """
      Shows the difference and asks. Comments and layout stay. A value that the file gives for one account alone is \
      written there; any other is the listing's own, and the other marketplaces follow.
      """)

  @OptionGroup var options: DecisionOptions

  @Argument(help: "The listing.")
  var id: String

  @Flag(help: "Doesn't ask.")
  var yes = false

  func run() async throws {
    let setting = try Setting.read(options.global, sandbox: options.sandbox)
    guard let ledger = try setting.readLedger() else {
      throw Exit(.usage, "\(setting.config.state): there is no journal yet, so nothing was posted")
    }
    var loader = Loader(setting.loaded, options: setting.loadingOptions(marker: .ignored))
    let wanted = loader.scan()
    try KnownNames(config: setting.config, wanted: wanted, ledger: ledger).check(Selection(account: options.account))
    guard let listing = wanted.listing(id) else { throw missing(wanted, setting) }
    guard yes || Console.isInputTerminal else {
      throw Exit(.usage, "there is no terminal to ask on; give --yes to write without asking")
    }
    let live = try await LiveAccounts(setting)
    let found: Result<[RemoteChange], any Error>
    do { found = .success(try await changes(of: listing, ledger, live)) } catch { found = .failure(error) }
    await live.close()
    try await take(found.get(), into: listing, setting)
  }

  private func missing(_ wanted: Wanted, _ setting: Setting) -> Exit {
    if case .unseen(let why) = wanted.root { return Exit(.person, why) }
    if wanted.frozenIDs.contains(id) {
      return Exit(.invalid, "the file of \(id) has errors: `hawker validate` shows them")
    }
    return Exit(.usage, KnownNames.missing(id, wanted, in: setting.config))
  }

  // MARK: Looking

  private func changes(of listing: Listing, _ ledger: Ledger, _ live: LiveAccounts) async throws -> [RemoteChange] {
    let records = ledger.records(of: id).filter { options.account == nil || $0.key.account == options.account }
    var changes: [RemoteChange] = []
    var looked = 0
    for record in records where record.isLive {
      guard let account = live.accounts.first(where: { $0.name == record.key.account }), let remoteID = record.remoteID,
        account.marketplace.capabilities.canRead
      else { continue }
      let post: RemotePost?
      do throws(MarketplaceFailure) { post = try await account.marketplace.read(remoteID) } catch {
        throw Exit(error.code == "unauthorized" ? .connect : .failed, "\(account.name): \(error.detail.message)")
      }
      looked += 1
      guard let post else {
        Console.note("hawker: \(record.key) is no longer there; `hawker status \(id)` says what can be done")
        continue
      }
      if post.isSold {
        Console.note("hawker: \(record.key) shows as sold: hawker sold \(id) --account \(account.name)")
      }
      changes += RemoteChange.all(post, record, listing, account.marketplace.capabilities)
    }
    guard looked > 0 else { throw Exit(.person, "\(id) has no live post that can be looked at") }
    return changes
  }

  // MARK: Writing

  private func take(_ changes: [RemoteChange], into listing: Listing, _ setting: Setting) async throws {
    guard !changes.isEmpty else {
      return Console.out("\(id): nothing was changed there that its file doesn't say.\n")
    }
    try refuseContradictions(changes)
    let path = Paths.isAbsolute(listing.file) ? listing.file : "\(setting.config.shop)/\(listing.file)"
    guard let bytes = Files.read(path, limit: 256 * 1024) else { throw Exit(.person, "\(path) can't be read") }
    let stem = Paths.last(listing.file).split(separator: ".").first.map(String.init) ?? ""
    let edited: [UInt8]
    do throws(ListingEdit.Refusal) {
      edited = try ListingEdit(id: id, stem: stem).applying(changes.map(\.edit), to: bytes)
    } catch {
      throw Exit(.person, "\(listing.file) was left as it is: \(error.message)")
    }
    Console.out("\(id)  \(Escaping.line(listing.file))\n" + changes.map { $0.text + "\n" }.joined())
    guard yes || Console.confirms("Write this into the file?") else { throw Exit(.done, "nothing was done") }
    try Files.replace(path, bytes, with: edited)
    Console.out("Written. What other marketplaces are to follow is in `hawker plan`.\n")
  }

  /// Two marketplaces that were changed to different things, for one place in the file.
  private func refuseContradictions(_ changes: [RemoteChange]) throws {
    for (index, change) in changes.enumerated() {
      let other = changes[..<index].first { $0.edit.key == change.edit.key && $0.edit.place == change.edit.place }
      guard let other, other.edit.text != change.edit.text else { continue }
      throw Exit(
        .person,
        "\(change.edit.key) was changed on \(other.account) and on \(change.account), to different values: choose one with "
          + "--account")
    }
  }
}

/// One field that was changed on a marketplace, and how the file is to say it.
struct RemoteChange {
  var account: String
  var edit: ListingEdit.Change
  var before: String
  var after: String

  var text: String {
    let place = edit.place == .listing ? "" : " for \(account) alone"
    return Escaping.line("  ~ \(edit.key)\(place): \(brief(before)) → \(brief(after)) (\(account))")
  }

  private func brief(_ text: String) -> String { text.count > 60 ? text.prefix(59) + "…" : text }

  /// What was changed there since it was sent, and is not what the file says by now.
  static func all(
    _ post: RemotePost, _ record: Record, _ listing: Listing, _ capabilities: Capabilities
  ) -> [RemoteChange] {
    guard let sent = record.content, let wanted = listing.posts.first(where: { $0.account == record.key.account }),
      let content = wanted.content
    else { return [] }
    let fresh = Set(post.differences(from: content).map(\.field))
    return post.differences(from: sent).filter { fresh.contains($0.field) }.compactMap { difference in
      guard let (text, unit) = words(difference, post, content, capabilities) else { return nil }
      let isOwn = difference.field == .category || wanted.origins[difference.field]?.layer == .override
      let edit = ListingEdit.Change(
        difference.field.rawValue, text, at: isOwn ? .account(record.key.account) : .listing, unit: unit)
      return RemoteChange(
        account: record.key.account, edit: edit, before: content.text(of: difference.field), after: difference.value)
    }
  }

  /// In the file's words; nil: the seller has no word for it.
  private static func words(
    _ difference: RemoteDifference, _ post: RemotePost, _ content: Content, _ capabilities: Capabilities
  ) -> (text: String, unit: String?)? {
    switch difference.field {
    case .title: return (RemoteChange.trimmed(difference.value), nil)
    case .description:
      let text = RemoteChange.trimmed(difference.value.replacing("\r\n", with: "\n"))
      return (content.description.hasSuffix("\n") ? text + "\n" : text, nil)
    case .price:
      guard let price = post.price else { return nil }
      if price.currency == content.price.currency { return (price.decimal, price.currency.code) }
      return (price.description, nil)
    case .category: return (difference.value, nil)
    case .condition:
      let word = difference.value.lowercased()
      return Condition.allCases.first { capabilities.conditions[$0]?.lowercased() == word }.map { ($0.rawValue, nil) }
    case .location, .photos: return nil
    }
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    return String(text)
  }
}

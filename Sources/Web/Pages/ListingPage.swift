import Journaling
import Listings
import Planning

/// One listing: what its file wants, how it stands everywhere, what can be done, and its journal.
struct ListingPage {
  var frame: Frame
  var id: String
  var title: String
  var price: String?
  var status: String
  var file: String?
  var description: String?
  var facts: [Fact]
  var photos: [Picture]
  var elsewhere: String?
  var posts: [Post]
  var held: [HeldItem]
  var problems: [ProblemLine]
  var sales: [Sale]
  var moves: [Move]
  var history: [HistoryLine]
  var hasPhotos: Bool
  var hasHeld: Bool
  var hasProblems: Bool
  var hasSales: Bool
  var hasMoves: Bool
  var hasHistory: Bool

  struct Fact { var name: String; var value: String }
  struct Picture { var address: String; var label: String }
  struct Sale { var at: Moment; var place: String; var price: String? }

  struct Post {
    var line: PostLine
    var marketplace: String
    var remoteID: String?
    var since: Moment?
    var failure: String?
    var drift: String?
  }

  /// Nil when the path names no listing of the shop.
  init?(_ scene: Scene) {
    guard scene.request.path.hasPrefix("/listings/") else { return nil }
    let id = String(scene.request.path.dropFirst("/listings/".count))
    guard let row = scene.catalogue[id] else { return nil }
    let (listing, content) = (scene.listing(id), scene.content(of: id))
    self.id = id
    title = Words.cut(content?.title ?? id, 2000)
    frame = Frame(Words.cut(title, 80), scene)
    price = scene.prices(of: id) ?? content?.price.description
    status = scene.status(of: id) ?? "not looked at yet"
    file = listing.map { "\($0.file):\($0.line)" } ?? scene.view.ledger.records(of: id).first?.file
    description = content.map { Words.cut($0.description, 10_000) }
    facts = ListingPage.facts(listing, content)
    let served = content?.photos.compactMap(\.served) ?? []
    photos = served.prefix(12).enumerated().map { Picture(address: $1, label: "Photo \($0 + 1) of \(served.count)") }
    let others = (content?.photos.count ?? 0) - served.count
    elsewhere = others > 0 ? "\(Words.count(others, "photo")) elsewhere, not shown here" : nil
    posts = scene.keys(row).map { Post($0, row, scene) }
    held = ListingPage.held(row, scene)
    problems = Problems.all(scene.view).filter { $0.listing == id }.prefix(50).map { ProblemLine($0, scene.catalogue) }
    sales = (scene.view.ledger.sales[id] ?? []).map {
      Sale(at: Moment($0.at), place: $0.account ?? "elsewhere", price: $0.price?.description)
    }
    moves = scene.moves(id, at: "listing")
    history = scene.request.history.reversed().map(HistoryLine.init)
    (hasPhotos, hasHeld, hasProblems) = (!photos.isEmpty, !held.isEmpty, !problems.isEmpty)
    (hasSales, hasMoves, hasHistory) = (!sales.isEmpty, !moves.isEmpty, !history.isEmpty)
  }

  private static func facts(_ listing: Listing?, _ content: Content?) -> [Fact] {
    var facts: [Fact] = []
    if let content {
      facts.append(Fact(name: "Category", value: Words.cut(content.category, 200)))
      facts.append(Fact(name: "Condition", value: Words.cut(content.condition, 100)))
      if let place = content.location {
        facts.append(Fact(name: "Place", value: place.postalCode ?? "\(place.latitude), \(place.longitude)"))
      }
    }
    if let listing {
      if listing.quantity != 1 { facts.append(Fact(name: "Quantity", value: Words.grouped(listing.quantity))) }
      if !listing.tags.isEmpty {
        facts.append(Fact(name: "Tags", value: Words.cut(listing.tags.joined(separator: ", "), 300)))
      }
      if listing.isProtected { facts.append(Fact(name: "Protected", value: "yes")) }
    }
    return facts
  }

  /// All that holds one of its posts, also what passes by itself.
  private static func held(_ row: Catalogue.Row, _ scene: Scene) -> [HeldItem] {
    guard let plan = scene.view.plan else { return [] }
    return HeldGroup.all(in: plan, row.actions).map { HeldItem($0, scene, isAlone: true) }
  }
}

extension ListingPage.Post {
  init(_ key: PostKey, _ row: Catalogue.Row, _ scene: Scene) {
    let record = scene.view.ledger[key]
    line = PostLine(key, scene.action(key, row), scene)
    marketplace = scene.view.config.account(key.account)?.marketplace ?? record?.marketplace ?? ""
    remoteID = record?.remoteID.map { Words.cut($0, 100) }
    since = record.map { Moment($0.since) }
    failure = record?.trouble.map { Words.cut($0.message, 500) }
    guard scene.view.ledger.drifts[key] != nil else { return }
    drift = "hawker pull \(key.listing)"
  }
}

/// An entry of the journal in a line of words.
struct HistoryLine {
  var at: Moment
  var number: String
  var kind: String
  var account: String
  var text: String

  init(_ entry: LogEntry) {
    at = Moment(entry.at)
    number = Words.grouped(entry.sequence)
    kind = entry.kind
    account = entry.account ?? ""
    text = Words.cut(HistoryLine.words(entry), 300)
  }

  private static func words(_ entry: LogEntry) -> String {
    func string(_ key: String) -> String? { entry.json[key]?.string }
    switch entry.kind {
    case "intent":
      let again = (entry.json["attempt"]?.integer ?? 1) > 1 ? ", again" : ""
      return "to \(string("action") ?? "?")\(string("remote_id").map { " \($0)" } ?? "")\(again)"
    case "outcome":
      let remote = string("remote_id").map { " as \($0)" } ?? ""
      return (string("result") ?? "?") + remote + (entry.json["error"]?["message"]?.string.map { ": \($0)" } ?? "")
    case "sold":
      let currency = string("currency").flatMap { Currency(code: $0) }
      guard let minor = entry.json["price"]?.integer, minor >= 0, let currency else { return "" }
      return "for \(Money(minor: minor, currency: currency))"
    default:
      let known: Set<String> = ["seq", "batch", "at", "kind", "listing", "account", "prev", "sum", "marketplace"]
      return (entry.json.members ?? []).filter { !known.contains($0.key) }
        .map { "\($0.key.replacing("_", with: " ")) \($0.value.string ?? $0.value.text)" }.joined(separator: ", ")
    }
  }
}

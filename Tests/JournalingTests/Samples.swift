import Listings

@testable import Journaling

let bike = PostKey(listing: "trek-520", account: "facebook")
let lamp = PostKey(listing: "lamp", account: "offerup")
let noon = Timestamp(milliseconds: 1_795_363_200_000)

func later(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: noon.milliseconds + seconds * 1000) }

func content(_ title: String = "Trek 520", price: Int64 = 45_000) -> Content {
  Content(
    title: title, description: "Größe 58,\n\"wie neu\" \u{1F6B2}\u{7F}\u{1} \\",
    price: Money(minor: price, currency: .usd),
    category: "SPORTING_GOODS", condition: "USED",
    location: Location(
      latitude: Coordinate(parsing: "45.5898", limit: 90)!, longitude: Coordinate(parsing: "-122.7536", limit: 180)!,
      postalCode: "97203"),
    photos: [.file(Digest(of: "one"), .jpeg), .url("https://example.org/a.png")])
}

func intent(
  _ op: String, _ action: Intent.Action = .create, _ key: PostKey = bike, content sent: Content? = content(),
  remoteID: String? = nil, attempt: Int = 1, isSale: Bool = false, because: String? = nil
) -> Entry {
  .intent(
    Intent(
      op: op, action: action, key: key, marketplace: key.account,
      reference: action == .create || action == .replace ? "\(key.listing).\(op)" : "",
      content: action == .withdraw ? nil : sent, remoteID: remoteID, file: "listings/\(key.listing).yaml",
      attempt: attempt, at: noon, isSale: isSale, because: because))
}

func done(_ op: String, id: String? = nil) -> Entry {
  .outcome(Outcome(op: op, result: .done, remoteID: id, url: id.map { "https://example.org/\($0)" }))
}

func failed(_ op: String, _ code: String, retryAt: Timestamp? = nil) -> Entry {
  .outcome(
    Outcome(
      op: op, result: .failed, attempts: 3,
      failure: Failure(code: code, message: "It said „no“.\n", httpStatus: 400, retryAt: retryAt)))
}

func uncertain(_ op: String) -> Entry {
  .outcome(Outcome(op: op, result: .uncertain, failure: Failure(code: "uncertain", message: "no answer")))
}

/// One of each kind, in every shape.
let everyEntry: [Entry] = [
  intent("a1"), done("a1", id: "10001_77"),
  intent("a2", .update, content: content(price: 42_000), remoteID: "10001_77"),
  failed("a2", "throttled", retryAt: later(60)), intent("a3", .replace, remoteID: "10001_77"), uncertain("a3"),
  intent("a3", .replace, remoteID: "10001_77", attempt: 2), done("a3", id: "10001_78"),
  intent("a4", .withdraw, remoteID: "10001_77"), done("a4"), intent("b1", .create, lamp), failed("b1", "rejected"),
  .observed(bike, .live(remoteID: "10001_78", url: "https://example.org/10001_78")), .observed(bike, .drift(["price"])),
  .observed(bike, .gone), .observed(lamp, .sold(price: Money(minor: 900, currency: .usd))),
  .observed(lamp, .sold(price: nil)), .observed(lamp, .drift([])),
  .observed(lamp, .sold(price: nil, delivery: "d \"1\"")), .observed(lamp, .hint),
  .observed(lamp, .sold(price: nil, delivery: "d2", isFormer: true)),
  .observed(bike, .drift(["price", "title"], values: ["price": "9.00 USD", "title": "a\nb"])),
  .adopted(
    PostKey(listing: "chair", account: "facebook"), marketplace: "facebook", remoteID: "c9", url: "https://x/c9",
    file: "listings/chair.yaml"),
  .adopted(
    PostKey(listing: "stool", account: "facebook"), marketplace: "facebook", remoteID: "c8", url: "https://x/c8",
    file: "listings/stool.yaml", shows: Shown(content(), unsure: [.location, .photos])),
  .forgotten(PostKey(listing: "table", account: "facebook")),
  .moved(listing: "trek", from: "trek-520", file: "a/b.yaml"),
  .moved(listing: "chair", from: nil, file: "c.yaml"), .protected(listing: "chair", true),
  .protected(listing: "lamp", false), .counted(listing: "chair", 3), .counted(listing: "trek", 1),
  .held(lamp, by: "grace", until: later(600)),
  .held(lamp, by: "seller", until: nil), .held(lamp, by: "unsettled", until: nil, text: "several „posts“"),
  .permitted(lamp, Permit(by: "updates", digest: content().digest, until: later(600))),
  .permitted(lamp, Permit(by: "withdrawals", digest: nil)),
  .released(lamp, by: "grace"), .released(PostKey(listing: "trek", account: "facebook")),
  .sold(listing: "chair", account: "facebook", price: Money(minor: 2_500, currency: .usd)),
  .sold(listing: "trek", account: nil, price: nil), intent("d1", .withdraw, remoteID: "c9", isSale: true),
]

func ledger(_ entries: Entry...) -> Ledger {
  var ledger = Ledger(lineage: "test")
  for (index, entry) in entries.enumerated() { ledger.apply(entry, at: later(Int64(index))) }
  return ledger
}

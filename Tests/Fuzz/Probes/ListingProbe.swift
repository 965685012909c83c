import Listings

@testable import Loading

/// A listing file and a `_defaults.yaml`, up to the posts; photos are looked for in a folder that isn't there.
enum ListingProbe {
  @Sendable static func run(_ bytes: [UInt8]) throws(Finding) {
    guard bytes.count <= FileBuffer.limit else { return }
    let defaults = ListingFile(bytes.span, file: "_defaults.yaml", keys: KeySet.defaults, source: Source.config)
    let parsed = ListingFile(bytes.span, file: "x.yaml", keys: KeySet.listing, source: Source.own)
    for problem in defaults.problems + parsed.problems { try check(problem) }
    try require(parsed.problems.count <= Interpreter.problemLimit + 1, "\(parsed.problems.count) problems")
    var below = Foundation.builtIn(accounts: ["facebook", "offerup"])
    if let draft = defaults.drafts.first, !draft.hasErrors { below = draft.entries.merged(over: below) }
    let base = Foundation(generation: 0, entries: below, isBroken: false)
    let loading = FileLoading(
      surroundings: surroundings, sources: sources, clock: { FileTime(nanoseconds: 0) },
      shelf: SharedShelf(PhotoShelf(clock: { FileTime(nanoseconds: 0) })))
    var resolver = Resolver(loading, file: "x.yaml", folder: "")
    for draft in parsed.drafts {
      guard let listing = resolver.resolve(draft, id: "x", on: base) else { continue }
      try require(!draft.hasErrors, "a listing out of a draft with errors")
      for post in listing.posts {
        guard let content = post.content else { continue }
        try require(!content.title.isEmpty && !content.description.isEmpty, "an empty text")
        try require(content.price.minor <= Amount.limit, "a price past the limit")
        let again = try? JSONValue(parsing: json(content))
        try require(again.flatMap { Content($0) } == content, "content that its own JSON doesn't give back: \(content)")
      }
    }
    for problem in resolver.problems { try check(problem) }
  }

  static func check(_ problem: Problem) throws(Finding) {
    try require(!problem.message.isEmpty && problem.line >= 0 && problem.column >= 0, "\(problem)")
    try require(
      problem.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
      "a control character in a message: \(problem.message.debugDescription)")
    try require(problem.message.utf8.count < 4096, "a message of \(problem.message.utf8.count) bytes")
  }

  private static func json(_ content: Content) -> [UInt8] {
    var json = JSONWriter()
    content.write(to: &json)
    return json.bytes
  }

  private static let sources = [
    Source(layer: .listing, file: "", folder: nil), Source(layer: .builtIn, file: "", folder: nil),
    Source(layer: .directory, file: "_defaults.yaml", folder: ""),
  ]

  private static let surroundings: Surroundings = {
    let loaded = LoadedConfig(config: Config(shop: "/s", listings: "/s/l", state: "/s/s", accounts: []))
    let accounts = [("facebook", facebook), ("offerup", offerUp)].map { name, capabilities in
      AccountContext(
        Config.Account(name: name, marketplace: name), capabilities: capabilities,
        categories: CategoryMap(marketplace: name, config: loaded))
    }
    return Surroundings(accounts: accounts, publicURL: "https://shop.example.com", rootFromShop: "l")
  }()

  private static let facebook = Capabilities(
    marketplace: "facebook", titleLimit: 100, descriptionLimit: 5000, photoCount: 0...20, photoSize: 10 << 20,
    photoFormats: [.jpeg, .png], photoTransport: .upload,
    conditions: [.new: "NEW", .likeNew: "LIKE_NEW", .good: "USED", .fair: "USED", .poor: "USED"], source: "fuzz")

  private static let offerUp = Capabilities(
    marketplace: "offerup", titleLimit: 122, descriptionLimit: 5000, discouragesContacts: true, photoCount: 0...12,
    photoSize: 1 << 20, photoFormats: [.jpeg, .png], photoTransport: .address, currencies: ["USD"],
    takesLocation: true, requiresLocation: true,
    conditions: [.new: "new", .likeNew: "like_new", .good: "used", .fair: "used"], source: "fuzz")
}

import Listings

/// What is not a marketplace: the page that buyers would see, its parts, the photos, and the listings for scripts.
enum Site {
  static func answer(_ request: Request, from server: SandboxServer) -> Answer {
    guard request.method == "GET" || request.method == "HEAD" else {
      return text(405, "Only GET is answered here.\n").with("Allow", "GET, HEAD")
    }
    switch request.path {
    case "/": return page(request, from: server)
    case "/style.css": return asset("text/css", PageStyle.text)
    case "/live.js": return asset("text/javascript", PageScript.text)
    case "/icon.svg": return asset("image/svg+xml", PageStyle.icon)
    case "/listings.json": return listings(request, from: server)
    default:
      if request.path.hasPrefix("/photos/") { return photo(request.path.dropFirst(8), from: server) }
      return text(404, "There is nothing here. The page is at /, the marketplaces are at /facebook and /offerup/v1.\n")
    }
  }

  static func text(_ status: Int, _ text: String) -> Answer {
    secured(
      Answer(
        status: status, headers: [Answer.Header(name: "Content-Type", value: "text/plain; charset=utf-8")],
        body: Array(text.utf8)))
  }

  private static func secured(_ answer: Answer) -> Answer {
    answer.with(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'"
    )
    .with("X-Content-Type-Options", "nosniff").with("Referrer-Policy", "no-referrer")
  }

  private static func asset(_ type: String, _ text: String) -> Answer {
    secured(
      Answer(
        status: 200,
        headers: [
          Answer.Header(name: "Content-Type", value: "\(type); charset=utf-8"),
          Answer.Header(name: "Cache-Control", value: "no-cache"),
        ], body: Array(text.utf8)))
  }

  private static func page(_ request: Request, from server: SandboxServer) -> Answer {
    let asked = request.parameter("page").flatMap { Int($0) } ?? 1
    let shown = request.parameter("show")
    let now = server.options.now()
    let page = server.look { shop in
      Page(store: shop.store, origin: shop.origin, asked: shown.map(Page.Asked.listing) ?? .page(asked), now: now)
    }
    return secured(
      Answer(
        status: 200,
        headers: [
          Answer.Header(name: "Content-Type", value: "text/html; charset=utf-8"),
          Answer.Header(name: "Cache-Control", value: "no-store"),
        ], body: Array(page.html.utf8)))
  }

  /// By digest only, and only pictures.
  private static func photo(_ file: Substring, from server: SandboxServer) -> Answer {
    let finder = server.options.photoFile
    guard let name = PhotoName(file),
      let bytes = server.look({ $0.photos.source(name) })?.read() ?? PhotoShelf.fetch(name, by: finder)?.bytes
    else { return text(404, "There is no such photo.\n") }
    return Answer(
      status: 200,
      headers: [
        Answer.Header(name: "Content-Type", value: name.format.mediaType),
        Answer.Header(name: "Cache-Control", value: "max-age=31536000, immutable"),
        Answer.Header(name: "X-Content-Type-Options", value: "nosniff"),
        Answer.Header(name: "Content-Security-Policy", value: "default-src 'none'"),
      ], body: bytes)
  }

  /// Those on sale, newest first; with `?all=1` also the sold and the withdrawn.
  private static func listings(_ request: Request, from server: SandboxServer) -> Answer {
    let wantsAll = request.parameter("all") == "1"
    let rows = server.snapshot().reversed().filter { wantsAll || $0.isLive && !$0.isSold }.map(row)
    return secured(Answer(json: .object(["listings": .array(rows)])).with("Cache-Control", "no-store"))
  }

  private static func row(_ listing: SandboxListing) -> JSON {
    .object([
      "marketplace": .string(listing.marketplace), "account": .string(listing.account),
      "id": .string(listing.remoteID), "reference": listing.reference.map(JSON.string),
      "title": .string(listing.title), "description": .string(listing.description),
      "price": .integer(listing.price), "currency": .string(listing.currency),
      "category": .string(listing.category), "condition": .string(listing.condition),
      "latitude": listing.place.map { .number($0.latitude) }, "longitude": listing.place.map { .number($0.longitude) },
      "photos": .strings(listing.photos), "created_at": .string(listing.createdAt.description),
      "updated_at": .string(listing.updatedAt.description), "sold": .bool(listing.isSold),
      "live": .bool(listing.isLive),
    ])
  }
}

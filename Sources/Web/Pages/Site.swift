import Journaling
import Listings
import Planning
import Synchronization

/// The dashboard. A request and how the shop stands make a page; the server has checked who asks. Pure, but for the
/// catalogue, which is kept for as long as nothing changes.
///
/// The server calls it for `GET /` and everything below that is no route of its own (`/healthz`, `/metrics`, `/api/…`,
/// `/events`, `/photos/…`, `/oauth/…`, `/webhooks/…`, `/login`, `/logout`, `/decisions`). It adds the security headers:
/// nothing inline, everything from `'self'`.
enum Site {
  private static let shelf = Shelf()

  /// Nil: there is no such file (404). A page that is not there says so itself.
  static func page(_ request: PageRequest, _ view: ShopView) -> PageAnswer? { page(request, view, shelf) }

  static func page(_ request: PageRequest, _ view: ShopView, _ shelf: Shelf) -> PageAnswer? {
    if request.path.hasPrefix("/assets/") { return Asset.all[request.path].map(answer) }
    let scene = Scene(request: request, view: view, catalogue: shelf.catalogue(of: view))
    switch request.path {
    case "/": return answer("dashboard", DashboardPage(scene), scene)
    case "/needs": return answer("needs", NeedsPage(scene), scene)
    case "/plan": return answer("plan", PlanPage(scene), scene)
    case "/problems": return answer("problems", ProblemsPage(scene), scene)
    default:
      if let page = ListingPage(scene) { return answer("listing", page, scene) }
      return answer("missing", MissingPage(scene), scene, status: 404)
    }
  }

  private static func answer(_ template: String, _ page: some Any, _ scene: Scene, status: Int = 200) -> PageAnswer {
    let html = Template.render(template, page)
    return PageAnswer(status: status, html: scene.request.isSandbox ? withCommandsInSandbox(html) : html)
  }

  /// A command that is shown can be typed as it stands; what a seller wrote is left alone.
  private static func withCommandsInSandbox(_ html: String) -> String {
    var (result, rest) = ("", html[...])
    // By bytes: a page is long, and characters are slow.
    while let tag = rest.utf8.firstIndex(of: 0x3C) {
      var end = rest.utf8.index(after: tag)
      if rest.utf8[tag...].starts(with: "<code".utf8), let close = rest.utf8[end...].firstIndex(of: 0x3C) {
        let inner = rest[tag..<close]
        let isCommand = inner.hasPrefix("<code class=\"command\">hawker ") || inner.hasPrefix("<code>hawker ")
        result += rest[..<tag]
        result += isCommand ? Advice.inSandbox(String(inner)) : String(inner)
        end = close
      } else {
        result += rest[..<end]
      }
      rest = rest[end...]
    }
    return result + rest
  }

  private static func answer(_ asset: Asset) -> PageAnswer {
    PageAnswer(
      contentType: asset.mediaType, body: asset.body,
      headers: ["Cache-Control": "public, max-age=31536000, immutable"])
  }
}

/// All that one page is made of.
struct Scene {
  let request: PageRequest
  let view: ShopView
  let catalogue: Catalogue
}

/// Keeps the last catalogue: another one is made, from it, only when something was recorded, planned or looked at since.
final class Shelf: Sendable {
  private let kept = Mutex<Catalogue?>(nil)

  func catalogue(of view: ShopView) -> Catalogue {
    let stamp = Catalogue.Stamp(view)
    return kept.withLock { kept in
      if let kept, kept.stamp == stamp { return kept }
      let made = Catalogue(view, stamp, after: kept)
      kept = made
      return made
    }
  }
}

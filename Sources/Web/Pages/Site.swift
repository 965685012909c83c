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
    case "/": return answer("dashboard", DashboardPage(scene))
    case "/needs": return answer("needs", NeedsPage(scene))
    case "/plan": return answer("plan", PlanPage(scene))
    case "/problems": return answer("problems", ProblemsPage(scene))
    default:
      if let page = ListingPage(scene) { return answer("listing", page) }
      return answer("missing", MissingPage(scene), status: 404)
    }
  }

  private static func answer(_ template: String, _ page: some Any, status: Int = 200) -> PageAnswer {
    PageAnswer(status: status, html: Template.render(template, page))
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

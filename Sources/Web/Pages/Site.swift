import Journaling
import Listings

/// The dashboard. Pure: a request and how the shop stands make a page; the server has checked who asks.
///
/// The server calls it for `GET /` and everything below that is no route of its own (`/healthz`, `/metrics`, `/api/…`,
/// `/events`, `/photos/…`, `/oauth/…`, `/webhooks/…`, `/login`, `/logout`, `/decisions`). It adds the security headers:
/// nothing inline, everything from `'self'`.
enum Site {
  /// Nil: there is no such page (404).
  static func page(_ request: PageRequest, _ view: ShopView) -> PageAnswer? {
    guard request.path == "/" else { return nil }
    let live = view.ledger.records.values.count { $0.isLive }
    return PageAnswer(html: "<!doctype html><html lang=en><title>hawker</title><p>\(live) posts are live.</p></html>")
  }
}

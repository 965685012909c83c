import Listings
import Marketplaces
import Planning

/// What all pages have around them.
struct Frame {
  var title: String
  var shop: String
  var csrf: String
  var back: String
  var style = Asset.style.path
  var script = Asset.script.path
  var icon = Asset.icon.path
  var isLoggedIn: Bool
  var flash: Flash?
  var nav: [Link]
  var headline: PostState

  struct Flash {
    var text: String
    var tone: String
  }

  struct Link {
    var label: String
    var href: String
    var count: String?
    var isCurrent = false
  }

  init(_ title: String, _ scene: Scene) {
    let (request, view) = (scene.request, scene.view)
    let needs = scene.asks
    headline = Frame.headline(scene, needs)
    shop = String(view.config.shop.split(separator: "/").last ?? "shop")
    self.title = "\(title) · \(shop)"
    csrf = request.csrf
    back = Address(request.path, request.query).text
    isLoggedIn = request.isLoggedIn
    flash = request.flash.map { Flash(text: $0.text, tone: $0.isGood ? "good" : "bad") }
    let problems = Problems.all(view)
    let waiting = scene.catalogue.planned.count
    nav = [
      Link(label: "Shop", href: "/"),
      Link(label: "Needs you", href: "/needs", count: needs > 0 ? Words.grouped(needs) : nil),
      Link(label: "Plan", href: "/plan", count: waiting > 0 ? Words.grouped(waiting) : nil),
      Link(label: "Problems", href: "/problems", count: problems.isEmpty ? nil : Words.grouped(problems.count)),
    ]
    for index in nav.indices { nav[index].isCurrent = nav[index].href == request.path }
  }

  /// The one sentence that a seller looks for.
  private static func headline(_ scene: Scene, _ asks: Int) -> PostState {
    let view = scene.view
    guard let wanted = view.wanted else { return PostState("Looking at your files for the first time", "busy") }
    if case .unseen = wanted.root {
      return PostState("Your listings folder can’t be seen, so nothing is changed", "bad")
    }
    if let open = view.exposures.first(where: { $0.endedAt == nil }) {
      let title = Words.cut(scene.title(of: open.key.listing) ?? open.key.listing, 60)
      return PostState("Taking “\(title)” off \(open.key.account), it is sold", "bad")
    }
    if asks > 0 { return PostState("\(Words.count(asks, "thing needs", "things need")) you", "wait") }
    let busy = view.inFlight + view.queued
    if busy > 0 { return PostState("Working, \(Words.count(busy, "request")) to go", "busy") }
    if scene.catalogue.hasChanges { return PostState("Changes are about to be sent", "busy") }
    return PostState("Everything is in step", "good")
  }
}

/// A path with a query, as a link has it.
struct Address {
  private let path: String
  private var query: [String: String]

  /// Only what pages themselves understand is carried on.
  init(_ path: String, _ query: [String: String]) {
    self.path = path
    self.query = query.filter { ["q", "show", "page"].contains($0.key) && !$0.value.isEmpty }
  }

  func with(_ name: String, _ value: String?) -> Address {
    var address = self
    address.query[name] = value
    return address
  }

  var text: String {
    let pairs = query.sorted { $0.key < $1.key }.map { "\($0.key)=\(Address.encoded($0.value))" }
    return Address.encoded(path, keepingSlash: true) + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&"))
  }

  static func listing(_ id: String) -> String { "/listings/" + encoded(id) }

  static func encoded(_ text: String, keepingSlash: Bool = false) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: encoded.unicodeScalars.append(.init(byte))
      case 0x2F where keepingSlash: encoded += "/"
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (byte < 16 ? "0" : "") + digits
      }
    }
    return encoded
  }
}

/// The links below a long list.
struct Pager {
  var label: String
  var newer: String?
  var older: String?

  init?(_ paging: Paging, _ address: Address) {
    guard paging.pages > 1 else { return nil }
    let range = paging.range
    label =
      "\(Words.grouped(range.lowerBound + 1))–\(Words.grouped(range.upperBound)) of \(Words.grouped(paging.total))"
    newer = paging.page > 1 ? address.with("page", paging.page == 2 ? nil : String(paging.page - 1)).text : nil
    older = paging.page < paging.pages ? address.with("page", String(paging.page + 1)).text : nil
  }
}

/// A path that nothing stands at.
struct MissingPage {
  var frame: Frame
  var path: String

  init(_ scene: Scene) {
    frame = Frame("Not here", scene)
    path = Words.cut(scene.request.path, 200)
  }
}

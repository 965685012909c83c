import Listings

/// What buyers would see, as one look at the store found it: a window on each marketplace's listings, newest first.
struct Page: Sendable {
  static let size = 48

  enum Asked: Sendable {
    case page(Int)
    /// The page on which this listing is.
    case listing(String)
  }

  struct Column: Sendable {
    var name: String
    var slug: String
    var total: Int
    var posts: [Post]
  }

  var columns: [Column]
  /// From 1.
  var number: Int
  var count: Int
  var version: Int
  var origin: String
  var now: Timestamp

  init(store: borrowing Store, origin: String, asked: Asked, now: Timestamp) {
    let accounts = [
      ("Facebook Marketplace", "facebook", FacebookPage.all.map(\.id)), ("OfferUp", "offerup", ["seller"]),
    ]
    let numbers = accounts.map { store.onSale(accounts: $0.2) }
    let most = numbers.map(\.count).max() ?? 0
    let count = max(1, (most + Page.size - 1) / Page.size)
    let number = Page.number(asked, in: numbers, of: count, store)
    columns = zip(accounts, numbers).map { account, numbers in
      let window = numbers.dropFirst((number - 1) * Page.size).prefix(Page.size)
      return Column(
        name: account.0, slug: account.1, total: numbers.count, posts: window.compactMap { store.posts[$0] })
    }
    self.number = number
    self.count = count
    version = store.version
    self.origin = origin
    self.now = now
  }

  private static func number(_ asked: Asked, in numbers: [[Int]], of count: Int, _ store: borrowing Store) -> Int {
    switch asked {
    case .page(let number): return min(max(number, 1), count)
    case .listing(let id):
      for column in numbers {
        if let index = column.firstIndex(where: { store.posts[$0]?.listing.remoteID == id }) {
          return index / Page.size + 1
        }
      }
      return 1
    }
  }

  var isEmpty: Bool { columns.allSatisfy { $0.total == 0 } }
}

extension Store {
  /// The numbers of what can be bought, newest first.
  func onSale(accounts: [String]) -> [Int] {
    var numbers: [Int] = []
    for account in accounts {
      for number in shelf(account) {
        if let post = posts[number], post.listing.isLive, !post.listing.isSold { numbers.append(number) }
      }
    }
    return accounts.count > 1 ? numbers.sorted(by: >) : numbers
  }
}

/// Words and numbers as a buyer reads them.
enum Wording {
  static func escaped(_ text: String) -> String {
    var out = ""
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      // Text that turns the page around it is shown as what it is: nothing.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{0}"..."\u{8}", "\u{B}"..."\u{1F}": break
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// `$1,250`, `€12.50`, `CHF 3.00`; nothing to pay is `Free`.
  static func price(_ minor: Int64, _ code: String) -> String {
    if minor == 0 { return "Free" }
    let currency = Currency(code: code)
    let scale = currency?.scale ?? 1
    let decimals = currency?.decimals ?? 0
    let symbols = ["USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"]
    var text = symbols[code] ?? code + "\u{A0}"
    text += grouped(minor / scale)
    if minor % scale != 0 {
      let fraction = String(minor % scale)
      text += "." + String(repeating: "0", count: decimals - fraction.utf8.count) + fraction
    }
    return text
  }

  static func grouped(_ number: some BinaryInteger) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  /// `SPORTING_GOODS` → `Sporting goods`; `sports-outdoors.bicycles` → `Sports outdoors › bicycles`.
  static func words(_ code: String) -> String {
    let text = code.split(separator: ".").map { part in
      let isShout = !part.contains { $0.isLowercase }
      return String((isShout ? part.lowercased() : String(part)).map { $0 == "_" || $0 == "-" ? " " : $0 })
    }
    .joined(separator: " › ")
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  /// Buyers are told a place only roughly: two decimals are about a kilometre.
  static func nearby(_ place: SandboxPlace) -> String {
    func cut(_ degrees: String) -> Substring {
      guard let point = degrees.firstIndex(of: ".") else { return degrees[...] }
      return degrees[..<(degrees.index(point, offsetBy: 3, limitedBy: degrees.endIndex) ?? degrees.endIndex)]
    }
    return "\(cut(place.latitude)), \(cut(place.longitude))"
  }

  /// `2026-11-22 16:00 UTC`.
  static func time(_ time: Timestamp) -> String {
    let text = time.description
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
  }

  /// `https://shop.example.com/a.jpg` → `shop.example.com`.
  static func host(_ address: String) -> String {
    let rest = address.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
    return String(rest)
  }
}

import Listings

// The page as HTML: complete without JavaScript; live.js only replaces cards when something changed.
extension Page {
  var html: String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(isEmpty ? "Nothing for sale yet" : "\(Wording.grouped(total)) for sale") · hawker sandbox</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/style.css">
    <script src="/live.js" defer></script>
    </head>
    <body data-version="\(version)">
    <a class="skip" href="#listings">Skip to the listings</a>
    \(header)
    <main id="listings">
    \(isEmpty ? welcome : columns.map(section).joined(separator: "\n"))
    </main>
    \(pager)
    \(footer)
    </body>
    </html>

    """
  }

  private var total: Int { columns.reduce(0) { $0 + $1.total } }

  private var header: String {
    let counts = columns.map { column in
      "<a href=\"#\(column.slug)\" class=\"tab \(column.slug)\"><span>\(column.name)</span> "
        + "<b data-count=\"\(column.slug)\">\(Wording.grouped(column.total))</b></a>"
    }
    return """
      <header>
      <div class="brand"><h1><a href="/">hawker <span>sandbox</span></a></h1>
      <p>What buyers would see. Nothing here is real, and nothing leaves this computer.</p></div>
      <nav aria-label="Marketplaces">\(counts.joined())</nav>
      <p id="live" role="status"><noscript>Reload to see what changed.</noscript></p>
      </header>
      """
  }

  private func section(_ column: Column) -> String {
    let cards = column.posts.map(card).joined(separator: "\n")
    let nothing = number > 1 ? "No more here." : "Nothing for sale here."
    return """
      <section id="\(column.slug)" class="\(column.slug)" aria-labelledby="\(column.slug)-name">
      <h2 id="\(column.slug)-name">\(column.name) <span>\(range(column))</span></h2>
      <div class="cards">\(cards.isEmpty ? "<p class=\"none\">\(nothing)</p>" : cards)</div>
      </section>
      """
  }

  private func range(_ column: Column) -> String {
    guard column.total > Page.size, !column.posts.isEmpty else { return Wording.grouped(column.total) }
    let first = (number - 1) * Page.size + 1
    return "\(first)–\(first + column.posts.count - 1) of \(Wording.grouped(column.total))"
  }

  private func card(_ post: Post) -> String {
    let listing = post.listing
    let place = listing.place.map(place) ?? ""
    return """
      <article id="\(listing.remoteID)" data-state="\(post.number).\(listing.updatedAt.milliseconds)">
      \(cover(listing))
      <div class="body"><p class="price">\(Wording.escaped(Wording.price(listing.price, listing.currency)))</p>
      <h3 dir="auto">\(Wording.escaped(listing.title))</h3>
      <ul><li>\(word(listing.condition))</li><li>\(word(listing.category))</li>\(place)</ul>
      \(details(listing))
      </div></article>
      """
  }

  private func place(_ place: SandboxPlace) -> String {
    "<li class=\"place\" title=\"\(Wording.escaped(place.description))\">\(Wording.escaped(Wording.nearby(place)))</li>"
  }

  private func word(_ code: String) -> String {
    "<span title=\"\(Wording.escaped(code))\">\(Wording.escaped(Wording.words(code)))</span>"
  }

  private func cover(_ listing: SandboxListing) -> String {
    let more = listing.photos.count > 1 ? "<span class=\"more\">\(listing.photos.count) photos</span>" : ""
    return "<div class=\"cover\">\(picture(listing.photos.first, of: listing))\(more)</div>"
  }

  /// Only what this server keeps is shown: an address elsewhere is named, never loaded.
  private func picture(_ photo: String?, of listing: SandboxListing) -> String {
    guard let photo else { return "<span class=\"elsewhere\">No photo</span>" }
    guard let name = PhotoName(photo) else {
      return "<span class=\"elsewhere\" title=\"\(Wording.escaped(photo))\">Photo at<br>"
        + "\(Wording.escaped(Wording.host(photo)))</span>"
    }
    if name.format == .tiff { return "<span class=\"elsewhere\">TIFF photo</span>" }
    return "<img src=\"/photos/\(name)\" alt=\"\" loading=\"lazy\">"
  }

  private func details(_ listing: SandboxListing) -> String {
    let others = listing.photos.dropFirst().map { picture($0, of: listing) }.joined()
    let reference = listing.reference.map { "<dt>Reference</dt><dd>\(Wording.escaped($0))</dd>" } ?? ""
    let updated =
      listing.updatedAt == listing.createdAt ? "" : "<dt>Changed</dt><dd>\(time(listing.updatedAt))</dd>"
    return """
      <details><summary>Details<span class="for"> of \(Wording.escaped(listing.title))</span></summary>
      <p class="text" dir="auto">\(Wording.escaped(listing.description))</p>
      <div class="strip">\(others)</div>
      <dl><dt>Id</dt><dd>\(listing.remoteID)</dd>\(reference)<dt>Posted</dt><dd>\(time(listing.createdAt))</dd>\(updated)</dl>
      </details>
      """
  }

  private func time(_ time: Timestamp) -> String {
    "<time datetime=\"\(time)\">\(Wording.time(time))</time>"
  }

  private var pager: String {
    guard count > 1 else { return "<nav class=\"pager\" hidden></nav>" }
    func link(_ page: Int, _ text: String, _ rel: String) -> String {
      (1...count).contains(page) ? "<a rel=\"\(rel)\" href=\"/?page=\(page)\">\(text)</a>" : "<span>\(text)</span>"
    }
    return "<nav class=\"pager\" aria-label=\"Pages\">\(link(number - 1, "← Newer", "prev"))"
      + "<b>Page \(number) of \(count)</b>\(link(number + 1, "Older →", "next"))</nav>"
  }
}

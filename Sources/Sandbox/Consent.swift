/// The page on which an account's owner allows or denies; its buttons come back to the same address.
struct Consent {
  enum Choice: String { case allow, deny }

  var marketplace: String
  /// Its class on the page.
  var slug: String
  var seller: String
  var application: String
  /// In words.
  var permissions: [String]

  /// What was chosen; nil: nothing yet.
  static func choice(_ request: Request) -> Choice? {
    guard request.method == "POST", request.mediaType == "application/x-www-form-urlencoded",
      let fields = FormReading.fields(of: String(decoding: request.body, as: UTF8.self)), fields.count == 1,
      fields[0].name == "decision"
    else { return nil }
    return Choice(rawValue: fields[0].value)
  }

  var answer: Answer {
    var answer = Answer(status: 200, body: Array(html.utf8))
    answer.set("Content-Type", "text/html; charset=utf-8")
    answer.set("Cache-Control", "no-store")
    // No form-action: browsers hold it against the redirect as well, which leads to another server.
    answer.set(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'")
    answer.set("X-Content-Type-Options", "nosniff")
    answer.set("Referrer-Policy", "no-referrer")
    return answer
  }

  private var html: String {
    let rows = permissions.map { "<li>\(Wording.escaped($0))</li>" }.joined()
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>Allow \(Wording.escaped(application))? · \(marketplace) · hawker sandbox</title>
      <link rel="icon" href="/icon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/style.css">
      </head>
      <body>
      <main class="consent \(slug)">
      <h1>\(marketplace) <span>sandbox</span></h1>
      <p>You are logged in as <b>\(Wording.escaped(seller))</b>. Nothing here is real.</p>
      <p><b>\(Wording.escaped(application))</b> would like to:</p>
      <ul>\(rows)</ul>
      <form method="post">
      <button name="decision" value="allow" class="allow">Allow</button>
      <button name="decision" value="deny">Deny</button>
      </form>
      </main>
      </body>
      </html>

      """
  }
}

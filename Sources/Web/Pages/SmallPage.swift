import Crypto

/// The few pages that are not the dashboard's: the login form, and the end of a `connect`. Whoever sees them has no token
/// yet, so what they look like stands in them; the policy lets through that style alone, by its digest.
package enum SmallPage {
  package static let policy =
    "default-src 'none'; style-src 'sha256-\(digest)'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

  private static let style = Style.plain
  private static let digest = base64(Array(SHA256.hash(data: Array(style.utf8))))

  static func login(_ trouble: String?) -> String {
    let words = trouble.map { "<p class=\"bad\" role=\"alert\">\(escape($0))</p>" } ?? ""
    return frame(
      "Log in",
      """
      \(words)<form method="post" action="/login">
      <label for="token">Token</label>
      <input id="token" type="password" name="token" required autocomplete="current-password" autofocus>
      <button class="main">Log in</button>
      </form>
      <p class="soft small">It is what HAWKER_WEB_TOKEN is set to where hawker runs.</p>
      """)
  }

  /// A form that is sent with GET puts its fields into the query of this same address.
  package static func connected(_ page: LoginPage) -> String {
    var body = page.isGood || !page.choices.isEmpty ? "<p>" : "<p class=\"bad\" role=\"alert\">"
    body += "\(escape(page.text))</p>"
    guard !page.choices.isEmpty else { return frame(page.title, body) }
    body += "<form method=\"get\">"
    if let state = page.state { body += "<input type=\"hidden\" name=\"state\" value=\"\(escape(state))\">" }
    for choice in page.choices {
      body += "<button name=\"page\" value=\"\(escape(choice.id))\">\(escape(choice.name)) "
      body += "<small>\(escape(choice.id))</small></button>"
    }
    return frame(page.title, body + "</form>")
  }

  private static func frame(_ title: String, _ body: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><title>\(escape(title)) · hawker</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <style>\(style)</style></head>
    <body><main class="card"><h1>\(escape(title))</h1>
    \(body)
    </main></body>
    </html>

    """
  }

  private static func escape(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"": safe += "&quot;"
      case "'": safe += "&#39;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = (0..<3).map { start + $0 < bytes.count ? UInt32(bytes[start + $0]) : 0 }
      let bits = part[0] << 16 | part[1] << 8 | part[2]
      for place in 0..<4 {
        text += start + place <= bytes.count ? String(digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)]) : "="
      }
    }
    return text
  }
}

extension WebAnswer {
  static func small(_ status: Int, _ text: String, headers: [String: String] = [:]) -> WebAnswer {
    .html(status, text, headers: headers.merging(["content-security-policy": SmallPage.policy]) { own, _ in own })
  }
}

import Foundation
import Listings
import Sandbox
import Testing

@Suite struct WhatBuyersSee {
  @Test func anEmptyPageSaysWhatToDo() async throws {
    try await Stand.run { stand in
      let page = try stand.ask("GET", "/")
      #expect(page.status == 200 && page.text.contains("Nothing for sale yet"))
      #expect(page.text.contains(stand.address.facebookURL) && page.text.contains(stand.address.offerUpURL))
      for path in ["/style.css", "/live.js", "/icon.svg", "/listings.json"] {
        #expect(try stand.ask("GET", path).status == 200, "\(path)")
      }
      #expect(try stand.ask("GET", "/etc/passwd").status == 404)
      #expect(try stand.ask("POST", "/", body: []).status == 405)
      let head = try stand.ask("HEAD", "/")
      #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] != "0")
    }
  }

  @Test func everythingThatASellerWroteIsEscaped() async throws {
    try await Stand.run { stand in
      let nasty = "<script>alert('1')</script>&amp;"
      let body = Goods.offerUp(nasty, reference: "\\\"><img src=x>")
        .replacingOccurrences(of: "It is good.", with: "</p><b onclick=x>")
        .replacingOccurrences(of: "\"furniture\"", with: "\"\\\"><i>\"")
        .replacingOccurrences(of: "shop.example.com/a.jpg", with: "a<u>.example/\\\"b")
      #expect(try stand.offerUp("POST", "listings", json: body).status == 201)
      let page = try stand.ask("GET", "/")
      #expect(page.text.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;"))
      for tag in ["<script>alert", "<img src=x", "<b onclick", "<i>", "<u>"] {
        #expect(!page.text.contains(tag), "\(tag)")
      }
      let policy = try #require(page.headers["content-security-policy"])
      #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
      // Nothing is loaded from elsewhere.
      #expect(!page.text.contains("src=\"http") && !page.text.contains("href=\"http"))
    }
  }

  @Test func soldAndWithdrawnVanish() async throws {
    try await Stand.run { stand in
      let sold = try stand.offerUp("POST", "listings", json: Goods.offerUp("Sold one")).text("id") ?? ""
      let gone = try stand.offerUp("POST", "listings", json: Goods.offerUp("Gone one")).text("id") ?? ""
      _ = try stand.post("Kept one")
      stand.server.sellRemotely(sold)
      stand.server.removeRemotely(gone)
      let page = try stand.ask("GET", "/").text
      #expect(page.contains("Kept one") && !page.contains("Sold one") && !page.contains("Gone one"))
      #expect(page.contains("$450") && page.contains("1 for sale"))
      let live = try stand.ask("GET", "/listings.json").json["listings"] as? [[String: Any]]
      #expect(live?.map { $0["title"] as? String } == ["Kept one"])
      let all = try stand.ask("GET", "/listings.json?all=1").json["listings"] as? [Any]
      #expect(all?.count == 3)
    }
  }

  @Test func manyListingsComeInPagesAndALinkFindsItsOwn() async throws {
    try await Stand.run { stand in
      var first = ""
      for index in 0..<100 {
        let answer = try stand.offerUp("POST", "listings", json: Goods.offerUp("Chair number \(index)."))
        if index == 0 { first = answer.text("url") ?? "" }
      }
      let newest = try stand.ask("GET", "/").text
      #expect(newest.contains(">45.58, -122.75<"))
      #expect(newest.contains("Page 1 of 3") && newest.contains("Chair number 99."))
      #expect(!newest.contains("Chair number 51.") && newest.contains("1–48 of 100"))
      let path = first.replacingOccurrences(of: stand.address.photosURL, with: "").split(separator: "#")[0]
      let linked = try stand.ask("GET", String(path)).text
      #expect(linked.contains("Page 3 of 3") && linked.contains("id=\"ou1\""))
      #expect(try stand.ask("GET", "/?page=99").text.contains("Page 3 of 3"))
      #expect(try stand.ask("GET", "/?page=-1&show=").text.contains("Page 1 of 3"))
    }
  }

  @Test func pricesAreWrittenAsBuyersReadThem() async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      for (amount, currency, shown) in [
        (125_000, "USD", "$1,250"), (1999, "EUR", "€19.99"), (5, "USD", "$0.05"), (1000, "JPY", "¥1,000"),
        (1_234_567, "KWD", "KWD\u{A0}1,234.567"), (0, "USD", "Free"),
      ] {
        let body = Goods.facebook(photo: photo).replacingOccurrences(of: "45000", with: "\(amount)")
          .replacingOccurrences(of: "USD", with: currency)
        #expect(try stand.graph("POST", "10001/feed", json: body).status == 200)
        #expect(try stand.ask("GET", "/").text.contains("<p class=\"price\">\(shown)</p>"), "\(shown)")
      }
    }
  }

  @Test func changesArePushedOnceForMany() async throws {
    try await Stand.run { stand in
      let wire = try stand.wire()
      defer { wire.close() }
      wire.send(Wire.head("GET", "/events", headers: [:], length: nil))
      var text = ""
      func wait(for version: Int) {
        while !text.contains("\"version\":\(version)}"), let more = wire.receive() {
          text += String(decoding: more, as: UTF8.self)
        }
      }
      wait(for: 0)
      #expect(text.contains("text/event-stream"))
      for index in 0..<20 { _ = try stand.offerUp("POST", "listings", json: Goods.offerUp("Chair \(index)")) }
      wait(for: 20)
      #expect(text.contains("\"version\":20}"))
      #expect(text.components(separatedBy: "event: change").count - 1 < 20)
    }
  }

  @Test func anotherHostsNameIsRefused() async throws {
    try await Stand.run { stand in
      let evil = try stand.ask("GET", "/", headers: ["Host": "evil.example"])
      #expect(evil.status == 421)
      #expect(try stand.ask("GET", "/", headers: ["Host": "localhost:\(stand.address.port)"]).status == 200)
    }
  }
}

@Suite struct Connections {
  @Test func aConnectionIsKept() async throws {
    try await Stand.run { stand in
      let wire = try stand.wire()
      defer { wire.close() }
      let headers = ["Authorization": "Bearer \(stand.address.offerUpToken)"]
      for _ in 0..<3 {
        #expect(try wire.request("GET", "/offerup/v1/listings", headers: headers).status == 200)
      }
      var closing = headers
      closing["Connection"] = "close"
      #expect(try wire.request("GET", "/offerup/v1/listings", headers: closing).headers["connection"] == "close")
      #expect(wire.receive() == nil)
    }
  }

  @Test func aClientThatAsksFirstIsTold() async throws {
    try await Stand.run { stand in
      let body = Array(Goods.offerUp().utf8)
      let headers = [
        "Authorization": "Bearer \(stand.address.offerUpToken)", "Content-Type": "application/json",
        "Expect": "100-continue",
      ]
      let wire = try stand.wire()
      defer { wire.close() }
      wire.send(Wire.head("POST", "/offerup/v1/listings", headers: headers, length: body.count))
      #expect(try wire.answer().status == 100)
      wire.send(body)
      #expect(try wire.answer().status == 201)
      wire.send(Wire.head("POST", "/offerup/v1/listings", headers: headers, length: 2_000_000))
      #expect(try wire.answer().status == 413)
      #expect(wire.receive() == nil)
    }
  }

  @Test func manyAtOnceAreAllAnswered() async throws {
    try await Stand.run { stand in
      let ids = try await withThrowingTaskGroup(of: String?.self) { group in
        for index in 0..<50 {
          group.addTask { try stand.offerUp("POST", "listings", json: Goods.offerUp("Chair \(index)")).text("id") }
        }
        return try await group.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
      }
      #expect(ids.count == 50 && stand.server.snapshot().count == 50)
    }
  }
}

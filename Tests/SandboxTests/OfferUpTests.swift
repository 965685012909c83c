import Foundation
import Listings
import Sandbox
import Testing

@Suite struct OfferUpWire {
  @Test func aListingIsMadeReadChangedAndWithdrawn() async throws {
    try await Stand.run { stand in
      let made = try stand.offerUp("POST", "listings", json: Goods.offerUp())
      let id = try #require(made.text("id"))
      #expect(made.status == 201 && id.hasPrefix("ou"))
      #expect(made.text("url") == "\(stand.address.page)?show=\(id)#\(id)")

      let read = try stand.offerUp("GET", "listings/\(id)")
      #expect(read.json["price_cents"] as? Int == 45000 && read.text("status") == "active")
      #expect((read.json["location"] as? [String: Any])?["latitude"] as? Double == 45.5898)

      let changed = try stand.offerUp("PATCH", "listings/\(id)", json: #"{"title":"Stool","price_cents":100}"#)
      #expect(changed.status == 200)
      let listing = try #require(stand.server.snapshot().first)
      #expect(listing.title == "Stool" && listing.price == 100 && listing.currency == "USD")
      #expect(listing.place?.description == "45.5898, -122.7536")

      #expect(try stand.offerUp("DELETE", "listings/\(id)").status == 204)
      for method in ["GET", "DELETE"] { #expect(try stand.offerUp(method, "listings/\(id)").status == 404) }
      #expect(try stand.offerUp("PATCH", "listings/\(id)", json: "{\"title\":\"x\"}").status == 404)
    }
  }

  static let wrongBodies: [(String, String)] = [
    ("45000", "450.00"), ("45000", "\"45000\""), ("45000", "4.5e4"), ("45000", "-1"), ("\"used\"", "\"USED\""),
    ("\"latitude\":45.5898,", ""), ("45.5898", "\"45.5898\""), ("45.5898", "90.1"), ("-122.7536", "-180.5"),
    (",\"location\":{\"latitude\":45.5898,\"longitude\":-122.7536}", ""),
    ("\"longitude\"", "\"zip\":\"97203\",\"longitude\""), ("\"condition\"", "\"currency\":\"EUR\",\"condition\""),
    ("[\"https://shop.example.com/a.jpg\"]", "[]"), ("https://shop.example.com/a.jpg", "shop.example.com/a.jpg"),
    ("\"A chair\"", "\"\""), ("\"A chair\"", "\"" + String(repeating: "x", count: 123) + "\""),
    ("\"It is good.\"", "\"" + String(repeating: "x", count: 5001) + "\""), ("\"A chair\"", "null"),
    (
      "[\"https://shop.example.com/a.jpg\"]",
      "[" + Array(repeating: "\"https://a.example/a.jpg\"", count: 13).joined(separator: ",") + "]"
    ),
  ]

  @Test(arguments: wrongBodies) func aWrongBodyIsRefused(_ old: String, _ new: String) async throws {
    try await Stand.run { stand in
      let wrong = Goods.offerUp().replacingOccurrences(of: old, with: new)
      try #require(wrong != Goods.offerUp())
      let answer = try stand.offerUp("POST", "listings", json: wrong)
      #expect(answer.status == 422, "\(answer.text)")
      #expect(stand.server.snapshot().isEmpty)
    }
  }

  @Test func theWrongEnvelopeIsRefused() async throws {
    try await Stand.run { stand in
      let body = Goods.offerUp()
      #expect(try stand.offerUp("POST", "listings", json: body, token: nil).status == 401)
      let wrong = try stand.offerUp("POST", "listings", json: body, token: SandboxCredentials.pageToken)
      #expect(wrong.status == 401 && wrong.headers["www-authenticate"] == "Bearer")
      #expect(try stand.offerUp("POST", "listings", json: "{").status == 400)
      #expect(try stand.offerUp("POST", "listings", json: "[]").status == 422)
      #expect(try stand.offerUp("POST", "listings").status == 415)
      #expect(try stand.offerUp("PUT", "listings", json: body).headers["allow"] == "GET, POST")
      #expect(try stand.offerUp("POST", "listings/ou1", json: body).status == 405)
      #expect(try stand.offerUp("GET", "items").status == 404)
      #expect(try stand.ask("GET", "/offerup/v2/listings", token: SandboxCredentials.offerUpToken).status == 404)
      #expect(try stand.offerUp("GET", "listings/10001_1").status == 404)
      #expect(try stand.offerUp("GET", "listings/ou01").status == 404)
      let huge = "{\"title\":\"" + String(repeating: "x", count: 1_100_000) + "\"}"
      #expect(try stand.offerUp("POST", "listings", json: huge).status == 413)
      #expect(stand.server.snapshot().isEmpty)
    }
  }

  @Test func theSameKeyGivesTheSameAnswerAndAnotherBodyIsRefused() async throws {
    try await Stand.run { stand in
      let first = try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1")
      let again = try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1")
      #expect(again.status == 201 && again.text("id") == first.text("id"))
      #expect(stand.server.snapshot().count == 1)
      let other = try stand.offerUp("POST", "listings", json: Goods.offerUp("Other"), key: "op-1")
      #expect(other.status == 422)
      #expect(try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-2").text("id") != first.text("id"))
      let effects = stand.server.requests().log.map(\.effect)
      #expect(effects == [.created, .none, .none, .created])
    }
  }

  @Test func listingsAreFoundByReferenceAndPaged() async throws {
    try await Stand.run { stand in
      var ids: [String] = []
      for index in 0..<5 {
        let body = Goods.offerUp("Chair \(index)", reference: index == 3 ? "same" : "chair.\(index % 2)")
        ids.append(try stand.offerUp("POST", "listings", json: body).text("id") ?? "")
      }
      func found(_ query: String) throws -> ([String], String?) {
        let answer = try stand.offerUp("GET", "listings?\(query)")
        let rows = answer.json["data"] as? [[String: Any]] ?? []
        return (rows.compactMap { $0["id"] as? String }, answer.text("next_cursor"))
      }
      #expect(try found("external_id=same").0 == [ids[3]])
      #expect(try found("external_id=chair.0").0 == [ids[4], ids[2], ids[0]])
      #expect(try found("external_id=none").0 == [])
      let (first, cursor) = try found("limit=3")
      let (rest, end) = try found("limit=3&cursor=\(cursor ?? "")")
      #expect(first + rest == ids.reversed() && end == nil)
      for wrong in ["limit=0", "limit=101", "limit=x", "cursor=x", "page=2", "limit=1&limit=2"] {
        #expect(try stand.offerUp("GET", "listings?\(wrong)").status == 400, "\(wrong)")
      }
    }
  }

  @Test func hawkersOwnPhotosAreCopiedAndOthersAreNot() async throws {
    let directory = TemporaryDirectory()
    let path = directory.path + "/bike.jpg"
    try Data(Goods.jpeg).write(to: URL(fileURLWithPath: path))
    let name = "\(Digest(of: Goods.jpeg).hex).jpg"
    try await Stand.run(SandboxOptions(photoFile: { $0 == name ? path : nil })) { stand in
      func body(_ photo: String) -> String {
        Goods.offerUp().replacingOccurrences(of: "https://shop.example.com/a.jpg", with: photo)
      }
      let own = "\(stand.address.photosURL)/photos/\(name)"
      #expect(try stand.ask("GET", "/photos/\(name)").body == Goods.jpeg)
      #expect(try stand.offerUp("POST", "listings", json: body(own)).status == 201)
      let missing = own.replacingOccurrences(of: name.prefix(4), with: "0000")
      let refused = try stand.offerUp("POST", "listings", json: body(missing))
      #expect(refused.status == 422 && refused.errorMessage.contains("no such picture"))
      #expect(try stand.offerUp("POST", "listings", json: body("\(stand.address.photosURL)/x")).status == 422)
      #expect(stand.server.snapshot().map(\.photos) == [[name]])
      // The marketplace has its own copy now.
      try FileManager.default.removeItem(atPath: path)
      #expect(try stand.ask("GET", "/photos/\(name)").body == Goods.jpeg)
    }
  }

  @Test func theBareContractHasNoReadsReferencesOrKeys() async throws {
    try await Stand.run(SandboxOptions(isBare: true)) { stand in
      let made = try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1")
      #expect(made.status == 201)
      #expect(try stand.offerUp("POST", "listings", json: Goods.offerUp(), key: "op-1").text("id") != made.text("id"))
      #expect(try stand.offerUp("GET", "listings?limit=1").status == 405)
      #expect(try stand.offerUp("GET", "listings/\(made.text("id") ?? "")").status == 405)
      let references = stand.server.snapshot().compactMap(\.reference)
      #expect(references.isEmpty)
      _ = try stand.post()
      let feed = try stand.graph("GET", "10001/feed?fields=id,marketplace_listing")
      #expect(feed.text.contains("price_amount") && !feed.text.contains("retailer_id"))
    }
  }

  @Test func somebodysEditsAreSeen() async throws {
    try await Stand.run { stand in
      let id = try stand.offerUp("POST", "listings", json: Goods.offerUp()).text("id") ?? ""
      let other = try stand.post().text("id") ?? ""
      #expect(stand.server.edit(id, title: "Edited", price: 1))
      #expect(try stand.offerUp("GET", "listings/\(id)").text("title") == "Edited")
      #expect(stand.server.edit(other, title: "Edited"))
      #expect(try stand.graph("GET", other).text("message") == "Edited\n\nIt is good.")
      #expect(stand.server.sellRemotely(id))
      #expect(try stand.offerUp("GET", "listings/\(id)").text("status") == "sold")
      #expect(stand.server.removeRemotely(id) && !stand.server.removeRemotely(id))
      #expect(try stand.offerUp("GET", "listings/\(id)").status == 404)
      #expect(!stand.server.edit("ou999", price: 1))
    }
  }
}

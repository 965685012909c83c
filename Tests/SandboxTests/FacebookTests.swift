import Foundation
import Listings
import Sandbox
import Testing

@Suite struct FacebookWire {
  @Test func aListingIsMadeReadChangedAndWithdrawn() async throws {
    try await Stand.run { stand in
      let made = try stand.post()
      let id = try #require(made.text("id"))
      #expect(made.status == 200 && id.hasPrefix("10001_"))
      #expect(made.headers["facebook-api-version"] == "v26.0")

      let read = try stand.graph("GET", "\(id)?fields=id,message,created_time,marketplace_listing")
      let goods = try #require(read.json["marketplace_listing"] as? [String: Any])
      #expect(read.text("message") == "A chair\n\nIt is good.")
      #expect(read.text("created_time")?.hasSuffix("+0000") == true)
      #expect(goods["price_amount"] as? Int == 45000 && goods["retailer_id"] as? String == "chair.0001")

      let changed = try stand.graph("POST", id, json: #"{"marketplace_listing":{"price_amount":39900}}"#)
      #expect(changed.json["success"] as? Bool == true)
      #expect(stand.server.snapshot().map(\.price) == [39900])

      #expect(try stand.graph("DELETE", id).json["success"] as? Bool == true)
      let again = try stand.graph("DELETE", id)
      #expect(again.errorCode == 100 && again.errorSubcode == 33)
      #expect(stand.server.snapshot().map(\.isLive) == [false])
    }
  }

  @Test func tokensAreToldApart() async throws {
    try await Stand.run { stand in
      #expect(try stand.graph("GET", "10001/feed", token: nil).errorCode == 190)
      let wrong = try stand.graph("GET", "10001/feed", token: "nonsense")
      #expect(wrong.status == 401 && wrong.errorCode == 190 && wrong.errorSubcode == nil)
      #expect(try stand.graph("GET", "10001/feed", token: "sandbox-expired-token").errorSubcode == 463)
      let user = try stand.graph("GET", "10001/feed", token: SandboxCredentials.userToken)
      #expect(user.status == 403 && user.errorCode == 200)
      #expect(try stand.graph("GET", "10001/feed", token: "sandbox-page-token-10002").errorCode == 200)
      #expect(try stand.graph("GET", "4711/feed").errorSubcode == 33)
      let foreign = SandboxCredentials.foreignPageToken
      #expect(try stand.graph("POST", "10003/feed", token: foreign, json: "{}").errorCode == 200)

      stand.server.killToken(SandboxCredentials.pageToken, subcode: 460)
      #expect(try stand.graph("GET", "10001/feed").errorSubcode == 460)
      stand.server.reviveToken(SandboxCredentials.pageToken)
      #expect(try stand.graph("GET", "10001/feed").status == 200)
    }
  }

  @Test func anotherPagesTokenDoesNotSeeAPost() async throws {
    try await Stand.run { stand in
      let id = try #require(try stand.post().text("id"))
      #expect(try stand.graph("GET", id, token: "sandbox-page-token-10002").errorSubcode == 33)
      #expect(try stand.graph("DELETE", id, token: SandboxCredentials.userToken).errorCode == 200)
      let states = stand.server.snapshot().map(\.isLive)
      #expect(states == [true])
    }
  }

  @Test func accountsArePaged() async throws {
    try await Stand.run { stand in
      let user = SandboxCredentials.userToken
      var seen: [String: String] = [:]
      var target = "me/accounts?limit=2"
      for _ in 0..<5 {
        let page = try stand.graph("GET", target, token: user)
        for row in page.json["data"] as? [[String: Any]] ?? [] {
          seen[row["id"] as? String ?? ""] = row["access_token"] as? String
        }
        let paging = page.json["paging"] as? [String: Any]
        let after = (paging?["cursors"] as? [String: Any])?["after"] as? String
        #expect(after != nil)
        guard paging?["next"] != nil else { break }
        target = "me/accounts?limit=2&after=\(after ?? "")"
      }
      #expect(seen.count == 3 && Set(seen.values).count == 3)
      #expect(seen["10001"] == SandboxCredentials.pageToken)
      #expect(try stand.graph("GET", "me/accounts").errorCode == 200)
      #expect(try stand.graph("GET", "me?fields=id,name", token: user).text("id") == SandboxCredentials.userID)
      #expect(try stand.graph("GET", "me?fields=id,shoes").errorCode == 100)
    }
  }

  @Test func aDeadTokenIsDebuggedWithStatus200() async throws {
    try await Stand.run { stand in
      let application = "\(SandboxCredentials.facebookAppID)|\(SandboxCredentials.facebookAppSecret)"
      func debug(_ token: String) throws -> [String: Any] {
        let answer = try stand.graph("GET", "debug_token?input_token=\(token)", token: application)
        #expect(answer.status == 200)
        return answer.json["data"] as? [String: Any] ?? [:]
      }
      let good = try debug(SandboxCredentials.pageToken)
      #expect(good["is_valid"] as? Bool == true && good["type"] as? String == "PAGE")
      #expect(good["app_id"] as? String == SandboxCredentials.facebookAppID)
      let dead = try debug("sandbox-password-changed-token")
      #expect(dead["is_valid"] as? Bool == false)
      #expect((dead["error"] as? [String: Any])?["subcode"] as? Int == 460)
      #expect(try stand.graph("GET", "debug_token?input_token=x").errorCode == 190)
    }
  }

  static let wrongBodies: [(String, String, String)] = [
    ("a price with decimals", "45000,", "45000.0,"), ("a price as text", "45000,", "\"45000\","),
    ("a price below zero", "45000,", "-1,"), ("no such currency", "\"USD\"", "\"BTC\""),
    ("lower-case currency", "\"USD\"", "\"usd\""), ("no such condition", "\"USED\"", "\"used\""),
    ("an unknown parameter", "\"retailer_id\"", "\"retailer\""), ("another type", "MARKETPLACE_LISTING", "STATUS"),
    ("a blank title", "\"name\":\"A chair\"", "\"name\":\"  \""),
    ("a missing price", "\"price_amount\":45000,", ""), ("a missing message", "\"message\":", "\"link\":"),
    ("no condition", ",\"condition\":\"USED\"", ""), ("a null", "\"It is good.\"", "null"),
    ("no photos", "[\"PHOTO\"]", "[]"), ("photos that aren't a list", "[\"PHOTO\"]", "\"PHOTO\""),
    ("an unknown photo", "[\"PHOTO\"]", "[\"500000999\"]"), ("an unclosed body", "}}", "}"),
    ("a name twice", "\"type\":", "\"type\":\"MARKETPLACE_LISTING\",\"type\":"),
    ("a title that is too long", "\"name\":\"A chair\"", "\"name\":\"" + String(repeating: "é", count: 101) + "\""),
    ("an empty reference", "\"chair.0001\"", "\"\""),
  ]

  @Test(arguments: wrongBodies) func aWrongBodyIsRefused(_ what: String, _ old: String, _ new: String) async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      let good = Goods.facebook(photo: photo)
      let wrong = good.replacingOccurrences(
        of: old.replacingOccurrences(of: "PHOTO", with: photo), with: new.replacingOccurrences(of: "PHOTO", with: photo)
      )
      try #require(wrong != good)
      let answer = try stand.graph("POST", "10001/feed", json: wrong)
      #expect(answer.status == 400 && answer.errorCode == 100, "\(what): \(answer.text)")
      #expect(stand.server.snapshot().isEmpty)
    }
  }

  @Test func theLimitsAreExact() async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      let longest = String(repeating: "👩‍👩‍👧", count: 100)
      #expect(try stand.post(longest, photo: photo).status == 200)
      let twenty = Array(repeating: "\"\(photo)\"", count: 20).joined(separator: ",")
      let body = Goods.facebook(photo: photo)
      func with(_ photos: String) -> String { body.replacingOccurrences(of: "[\"\(photo)\"]", with: "[\(photos)]") }
      #expect(try stand.graph("POST", "10001/feed", json: with(twenty)).status == 200)
      #expect(try stand.graph("POST", "10001/feed", json: with(twenty + ",\"\(photo)\"")).errorCode == 100)
    }
  }

  @Test func theWrongEnvelopeIsRefused() async throws {
    try await Stand.run { stand in
      let body = Array(Goods.facebook(photo: try stand.photo()).utf8)
      let token = SandboxCredentials.pageToken
      let feed = "/facebook/v26.0/10001/feed"
      #expect(try stand.ask("POST", feed, token: token, type: "text/plain", body: body).errorCode == 100)
      #expect(try stand.ask("POST", feed, token: token, body: body).errorCode == 100)
      #expect(try stand.ask("POST", feed + "?a=1", token: token, type: "application/json", body: body).errorCode == 100)
      let utf8 = "application/json; charset=UTF-8"
      #expect(try stand.ask("POST", feed, token: token, type: utf8, body: body).status == 200)
      let latin = "application/json; charset=latin1"
      #expect(try stand.ask("POST", feed, token: token, type: latin, body: body).errorCode == 100)
      #expect(try stand.graph("PUT", "10001/feed").status == 405)
      let unknown = try stand.graph("GET", "10001/nothing")
      #expect(unknown.status == 404 && unknown.errorCode == 2500)
      #expect(try stand.ask("GET", "/facebook/v27.0/me", token: token).status == 404)
    }
  }

  @Test func oldVersionsAreServedByTheOldestLivingOne() async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      for index in 0..<3 { _ = try stand.post("Chair \(index)", photo: photo) }
      let old = try stand.ask("GET", "/facebook/v12.0/10001/feed?limit=2", token: SandboxCredentials.pageToken)
      #expect(old.headers["facebook-api-version"] == "v21.0")
      let next = (old.json["paging"] as? [String: Any])?["next"] as? String ?? ""
      #expect(next.hasPrefix("\(stand.address.facebookURL)/v21.0/10001/feed?limit=2&after="))
      let bare = try stand.ask("GET", "/facebook/me", token: SandboxCredentials.pageToken)
      #expect(bare.headers["facebook-api-version"] == "v26.0")
    }
  }

  @Test func theFeedIsPagedNewestFirstAndItsLastPageHasNoNext() async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      var ids: [String] = []
      for index in 0..<5 { ids.append(try stand.post("Chair \(index)", photo: photo).text("id") ?? "") }
      _ = try stand.graph("DELETE", ids[2])
      var found: [String] = []
      var cursor = ""
      var pages = 0
      while pages < 5 {
        pages += 1
        let page = try stand.graph("GET", "10001/feed?fields=id,created_time&limit=2" + cursor)
        found += (page.json["data"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
        let paging = try #require(page.json["paging"] as? [String: Any])
        cursor = "&after=" + ((paging["cursors"] as? [String: Any])?["after"] as? String ?? "")
        #expect(cursor != "&after=")
        if paging["next"] == nil { break }
        // Removing what a cursor points at doesn't lose its place.
        _ = try stand.graph("DELETE", found.last ?? "")
      }
      #expect(found == [ids[4], ids[3], ids[1], ids[0]] && pages == 2)
      #expect(try stand.graph("GET", "10001/feed?limit=101").errorCode == 100)
      #expect(try stand.graph("GET", "10001/feed?after=abc").errorCode == 100)
      #expect(try stand.graph("GET", "10001/feed?fields=id,shoes").errorCode == 100)
      #expect(try stand.graph("GET", "10001/feed?colour=red").errorCode == 100)
    }
  }

  @Test func anUpdateChangesWhatItNamesOnly() async throws {
    try await Stand.run { stand in
      let id = try #require(try stand.post().text("id"))
      let body = #"{"message":"New\n\nIt is good.","marketplace_listing":{"name":"New"}}"#
      #expect(try stand.graph("POST", id, json: body).status == 200)
      let listing = try #require(stand.server.snapshot().first)
      #expect(listing.title == "New" && listing.price == 45000 && listing.condition == "USED")
      for wrong in [
        "{}", #"{"type":"MARKETPLACE_LISTING"}"#, #"{"marketplace_listing":{"retailer_id":"other"}}"#,
        #"{"marketplace_listing":{"category_specific_fields":{}}}"#, #"{"marketplace_listing":{"photo_ids":[]}}"#,
      ] {
        #expect(try stand.graph("POST", id, json: wrong).errorCode == 100, "\(wrong)")
      }
      #expect(try stand.graph("POST", "10001_999", json: body).errorSubcode == 33)
      #expect(try stand.graph("POST", "10002_1", json: body).errorSubcode == 33)
    }
  }
}

@Suite struct FacebookPhotoUploads {
  @Test func aFileIsKeptAndServedByItsDigest() async throws {
    try await Stand.run { stand in
      let id = try #require(try stand.upload(file: Goods.jpeg).text("id"))
      #expect(try stand.post(photo: id).status == 200)
      let name = try #require(stand.server.snapshot().first?.photos.first)
      #expect(name == "\(Digest(of: Goods.jpeg).hex).jpg")
      let served = try stand.ask("GET", "/photos/\(name)")
      #expect(served.body == Goods.jpeg && served.headers["content-type"] == "image/jpeg")
      #expect(try stand.ask("GET", "/photos/\(name.replacingOccurrences(of: ".jpg", with: ".png"))").status == 404)
      #expect(try stand.ask("GET", "/photos/..%2f..%2fetc%2fpasswd").status == 404)
      #expect(try stand.ask("GET", "/photos/\(name.uppercased())").status == 404)
    }
  }

  @Test func whatIsNoPictureIsRefused() async throws {
    try await Stand.run { stand in
      let text = try stand.upload(file: Array("hello".utf8))
      #expect(text.errorCode == 324)
      #expect(try stand.upload(file: []).errorCode == 324)
      let webp = Array("RIFF".utf8) + [0, 0, 0, 0] + Array("WEBPVP8 ".utf8)
      #expect(try stand.upload(file: webp).errorCode == 324)
      #expect(try stand.upload("published=false").errorCode == 324)
      #expect(try stand.upload("url=ftp%3A%2F%2Fa&published=false").errorCode == 324)
      let missing = FormEncoding.encoded("\(stand.address.photosURL)/photos/\(String(repeating: "0", count: 64)).jpg")
      #expect(try stand.upload("url=\(missing)&published=false").errorCode == 324)
      #expect(try stand.upload("url=%zz").errorCode == 100)
      #expect(try stand.upload("url=https%3A%2F%2Fa.example%2Fa.jpg&publish=false").errorCode == 100)
      #expect(try stand.upload("url=https%3A%2F%2Fa.example%2Fa.jpg&published=no").errorCode == 100)
      #expect(try stand.upload(file: Goods.jpeg, part: "picture").errorCode == 100)
      #expect(try stand.graph("POST", "10001/photos", json: "{}").errorCode == 100)
      let effects = Set(stand.server.requests().log.map(\.effect))
      #expect(effects == [.none])
    }
  }

  @Test func aFileOver10MegabytesIsRefusedAndABodyFarOverItToo() async throws {
    try await Stand.run { stand in
      let picture = Goods.jpeg + [UInt8](repeating: 7, count: 10 * 1024 * 1024)
      #expect(try stand.upload(file: picture).errorCode == 324)
      let huge = Goods.jpeg + [UInt8](repeating: 7, count: 13 * 1024 * 1024)
      let answer = try stand.upload(file: huge)
      #expect(answer.status == 413 && answer.errorCode == 100)
      #expect(answer.headers["connection"] == "close")
    }
  }

  @Test func publishedIsTheDefaultAndUselessForAListing() async throws {
    try await Stand.run { stand in
      let published = try stand.upload(file: Goods.jpeg, published: nil)
      #expect(published.text("post_id") != nil)
      let answer = try stand.post(photo: published.text("id"))
      #expect(answer.errorCode == 100 && answer.errorMessage.contains("published"))
    }
  }

  @Test func anUploadIsUsableForADay() async throws {
    let clock = TestClock()
    try await Stand.run(SandboxOptions(now: { clock.now })) { stand in
      let photo = try stand.photo()
      clock.advance(.seconds(24 * 3600))
      let id = try #require(try stand.post(photo: photo).text("id"))
      clock.advance(.seconds(1))
      #expect(try stand.post("Another", photo: photo).errorCode == 100)
      // The listing that shows it may go on naming it.
      let fresh = try stand.photo()
      let body = #"{"marketplace_listing":{"photo_ids":["\#(fresh)","\#(photo)"]}}"#
      #expect(try stand.graph("POST", id, json: body).status == 200)
    }
  }

  @Test func aPhotoOfAnotherPageIsUnknown() async throws {
    try await Stand.run { stand in
      let photo = try stand.photo()
      let answer = try stand.graph(
        "POST", "10002/feed", token: "sandbox-page-token-10002", json: Goods.facebook(photo: photo))
      #expect(answer.errorCode == 100)
    }
  }
}

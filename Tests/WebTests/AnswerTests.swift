import Journaling
import Listings
import Marketplaces
import Planning
import Support
import Synchronization
import Testing

@testable import Web

struct AnswerTests {
  @Test func readinessSaysWhatIsWrong() async {
    let bench = Bench()
    #expect(await bench.ask("GET", "/readyz").json?["state"]?.string == "in-sync")
    bench.loop.state.withLock { state in
      state.view.wanted = nil
      state.view.accounts[0].token = .missing
      state.view.accounts[1].stop = Failure(code: "unauthorized", message: "secret words")
      state.view.configProblems = [Problem(.error, rule: "r", file: "f", message: "secret words")]
    }
    let answer = await Bench.moved(bench).ask("GET", "/readyz")
    #expect(answer.status == 503)
    #expect(answer.json?["ready"]?.bool == false)
    let codes = answer.json?["troubles"]?.array?.compactMap { $0["code"]?.string }
    #expect(codes == ["starting", "config", "account", "account"])
    #expect(!answer.text.contains("secret words"))
  }

  @Test func postsComeInPages() async {
    let bench = Bench()
    let records = (0..<25).map { Given.record("l-\($0 + 10)", $0 % 2 == 0 ? "facebook" : "offerup") }
    bench.loop.state.withLock { $0.view = Given.view(records) }
    var (after, seen, pages) = ("", [String](), 0)
    repeat {
      let json = await bench.ask("GET", "/api/v1/posts?limit=10&after=\(after)").json
      seen += json?["posts"]?.array?.compactMap { $0["listing"]?.string } ?? []
      after = json?["next"]?.string ?? ""
      pages += 1
    } while !after.isEmpty && pages < 9
    #expect(seen == (10..<35).map { "l-\($0)" })
    #expect(pages == 3)
    let some = await bench.ask("GET", "/api/v1/posts?account=offerup&state=live&limit=zzz").json
    #expect(some?["posts"]?.array?.count == 12)
  }

  @Test(arguments: ["after=nonsense", "listing=%ff", "listing=%4", "state=%zz"])
  func whatCantBeReadIsNotGuessed(query: String) async {
    for place in ["posts", "log"] {
      let answer = await Bench().ask("GET", "/api/v1/\(place)?\(query)")
      #expect(answer.status == 400 && answer.json?["error"]?.string != nil)
    }
  }

  @Test(arguments: ["0", "-5", "1001", "x", ""]) func aLimitOutOfItsRangeIsTheUsualOne(limit: String) async {
    let bench = Bench()
    bench.loop.state.withLock { $0.view = Given.view((100..<250).map { Given.record("l-\($0)", "facebook") }) }
    let json = await bench.ask("GET", "/api/v1/posts?limit=\(limit)").json
    #expect(json?["posts"]?.array?.count == 100)
  }

  @Test(arguments: ["/", "/needs", "/listings/lamp"]) func aPageIsOnlyRead(path: String) async {
    for method in ["POST", "PUT", "DELETE"] {
      let answer = await Bench().ask(method, path)
      #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD")
    }
  }

  @Test func metricsAreWellFormed() async {
    let bench = Bench()
    bench.loop.state.withLock { $0.view = Given.view([Given.record("a")]) }
    bench.door.instruments.acted(
      "face\"book\n", "create", result: "done", error: nil, took: .milliseconds(30), at: Given.now)
    bench.door.instruments.acted(
      "offerup", "create", result: "failed", error: "rejected", took: .seconds(400), at: Given.now)
    bench.door.instruments.posted("facebook", took: .milliseconds(2))
    bench.door.instruments.synced(took: .microseconds(70))
    let text = await bench.ask("GET", "/metrics").text
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.contains(#"hawker_live_posts{account="facebook"} 1"#))
    #expect(lines.contains(#"hawker_actions_total{account="face\"book\n",action="create",result="done"} 1"#))
    #expect(lines.contains(#"hawker_errors_total{account="offerup",code="rejected"} 1"#))
    #expect(lines.contains(#"hawker_action_seconds_bucket{account="offerup",action="create",le="300"} 0"#))
    #expect(lines.contains(#"hawker_action_seconds_bucket{account="offerup",action="create",le="+Inf"} 1"#))
    #expect(lines.contains(#"hawker_post_seconds_bucket{account="facebook",le="0.0025"} 1"#))
    #expect(lines.contains("hawker_journal_sync_seconds_count 1"))
    for line in lines where !line.hasPrefix("#") {
      #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
    }
    let types = lines.filter { $0.hasPrefix("# TYPE") }
    #expect(Set(types).count == types.count)
  }

  @Test func minutesAreKeptForAnHour() {
    let instruments = Instruments()
    for minute in 0..<90 {
      let at = Given.now.advanced(by: .seconds(60 * minute))
      instruments.acted("a", "create", result: minute == 89 ? "failed" : "done", error: nil, took: .seconds(1), at: at)
    }
    let traffic = instruments.traffic(at: Given.now.advanced(by: .seconds(60 * 89)))
    #expect(traffic.count == 60 || traffic.count == 59)
    #expect(traffic.last?.failed == 1 && traffic.last?.median == 1)
  }

  @Test func aPhotoIsServedByItsDigestAsLongAsItIsThatPhoto() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bytes = Array("not really a photo".utf8)
    let digest = Digest(of: bytes)
    let path = try folder.write("a.jpg", bytes)
    let bench = Bench()
    bench.loop.state.withLock { $0.photos["\(digest.hex).jpg"] = path }
    let answer = await bench.ask("GET", "/photos/\(digest.hex).jpg")
    #expect(answer.status == 200 && answer.contentType == "image/jpeg")
    #expect(answer.headers["cache-control"]?.contains("immutable") == true)
    for tag in ["\"\(digest.hex)\"", "W/\"\(digest.hex)\"", "*", "\"x\" ,  \"\(digest.hex)\""] {
      #expect(await bench.status("GET", "/photos/\(digest.hex).jpg", ["if-none-match": tag]) == 304)
    }
    #expect(await bench.status("GET", "/photos/\(digest.hex).jpg", ["if-none-match": "\"x\", \(digest.hex)"]) == 200)
    for name in [
      "\(digest.hex).png", "\(digest.hex)", "\(digest.hex).jpg.jpg", "..%2fa.jpg", "a.jpg",
      "\(digest.hex.dropLast()).jpg", "",
    ] {
      #expect(await [400, 404].contains(bench.status("GET", "/photos/\(name)")), "\(name)")
    }
    try folder.write("a.jpg", Array("another photo by now".utf8))
    #expect(await bench.status("GET", "/photos/\(digest.hex).jpg") == 404)
  }

  @Test func whatAMarketplaceSaysIsEscapedOnTheLoginPage() async {
    let bench = Bench()
    let evil = "<script>alert(1)</script>\"'"
    bench.loop.state.withLock {
      $0.login = LoginPage(
        title: evil, text: evil, isGood: true, choices: [.init(id: evil, name: evil)], state: evil)
    }
    let answer = await bench.ask("GET", "/oauth/face%22%3Ebook/callback?code=1")
    #expect(answer.status == 200)
    #expect(!answer.text.contains("<script>") && !answer.text.contains("face\">book"))
    #expect(answer.text.contains("&lt;script&gt;"))
  }

  @Test(arguments: [
    "http://evil.example/", "*", "", "/%", "/%zz", "/a/../b", "/%2e%2e/b", "/a%2fb", "/%00", "/%ff", "//../x",
  ])
  func aTargetThatIsNoPathIsRefused(target: String) async {
    #expect(await Bench().status("GET", target) == 400)
  }

  @Test func oneLookServesManyReaders() async {
    let loop = FakeLoop()
    let views = Views(loop, uptime: { .zero })
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<200 { group.addTask { await views.current().number } }
    }
    let before = loop.state.withLock { $0.views }
    #expect(before < 200)
    _ = await views.current()
    #expect(loop.state.withLock { $0.views } == before)
    views.forget()
    _ = await views.current()
    #expect(loop.state.withLock { $0.views } == before + 1)
  }
}

extension Bench {
  /// The same loop, looked at anew.
  static func moved(_ bench: Bench) -> Bench {
    bench.door.views.forget()
    return bench
  }
}

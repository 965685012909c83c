import Crypto
import Foundation
import Listings
import Planning
import Testing

@testable import Web

/// The table of spec/web.md: what is reachable without the token, beyond loopback.
struct AccessTests {
  private static let open: [(String, String, Int)] = [
    ("GET", "/healthz", 200), ("GET", "/readyz", 200), ("GET", "/photos/x.jpg", 404),
    ("GET", "/oauth/facebook/callback?code=1&state=2", 400), ("GET", "/webhooks/facebook", 403),
    ("POST", "/webhooks/facebook", 401), ("POST", "/webhooks/offerup", 401), ("GET", "/login", 200),
  ]
  private static let closed = [
    ("GET", "/"), ("GET", "/listings/lamp"), ("GET", "/assets/x.css"), ("GET", "/metrics"), ("GET", "/api/v1/status"),
    ("GET", "/api/v1/plan"), ("GET", "/api/v1/posts"), ("GET", "/api/v1/log"), ("POST", "/api/v1/hold"),
    ("POST", "/api/v1/release"), ("POST", "/api/v1/sold"), ("POST", "/api/v1/retry"), ("POST", "/api/v1/resolve"),
    ("POST", "/api/v1/approve"), ("GET", "/events"), ("POST", "/decisions"), ("POST", "/logout"),
    ("GET", "//metrics"), ("GET", "/metrics/"), ("GET", "/%6detrics"), ("HEAD", "/"), ("DELETE", "/"),
    ("GET", "/healthz/x"), ("POST", "/nothing"),
  ]

  @Test(arguments: open) func isOpenToAll(method: String, path: String, status: Int) async {
    #expect(await Bench.exposed.status(method, path) == status)
  }

  @Test(arguments: closed) func needsTheToken(method: String, path: String) async {
    let bench = Bench.exposed
    for headers in [
      [:], ["authorization": "Bearer wrong"], ["authorization": "Basic eDp5"], ["cookie": "hawker_session=x"],
    ] {
      let answer = await bench.ask(method, path, headers)
      #expect(answer.status == 401)
      #expect(answer.headers["www-authenticate"] != nil)
    }
    #expect(bench.loop.decisions.isEmpty)
  }

  @Test func theTokenOpensEverything() async {
    let bench = Bench.exposed
    for (method, path) in [("GET", "/"), ("GET", "/metrics"), ("GET", "/api/v1/status"), ("GET", "/api/v1/posts")] {
      #expect(await bench.status(method, path, ["authorization": "Bearer \(Given.token)"]) == 200)
    }
    #expect(
      await bench.status(
        "POST", "/api/v1/hold", ["authorization": "bearer \(Given.token)"], body: #"{"listing":"lamp"}"#) == 200)
    #expect(bench.loop.decisions == [.hold(listing: "lamp", account: nil, reason: nil)])
  }

  @Test func onLoopbackNoTokenIsNeededUnlessOneIsSet() async {
    #expect(await Bench().status("GET", "/") == 200)
    #expect(await Bench().status("GET", "/metrics", host: "localhost:8484") == 200)
    #expect(await Bench(Given.setting(token: Given.token)).status("GET", "/") == 401)
  }

  @Test func whatComesThroughAProxyIsNotFromThisMachine() async {
    let bench = Bench(Given.setting(publicURL: "https://shop.example.com"))
    // A proxy may pass its own name for ours: nobody can be told apart.
    #expect(await bench.status("GET", "/") == 401)
    #expect(await bench.status("GET", "/", host: "shop.example.com") == 401)
    #expect(await bench.status("GET", "/", ["x-forwarded-for": "10.0.0.1"]) == 401)
    #expect(await bench.status("GET", "/healthz", host: "shop.example.com") == 200)
  }

  /// What it tells to do lets in whoever does it.
  @Test func whoIsRefusedIsToldWhatHelps() async {
    let published = await Bench(Given.setting(publicURL: "https://shop.example.com")).ask("GET", "/")
    #expect(published.status == 401 && published.text.contains("HAWKER_WEB_TOKEN"))
    #expect(!published.text.contains("open it on this machine"))
    for header in ["via", "forwarded", "x-forwarded-proto"] {
      let proxied = await Bench().ask("GET", "/", [header: "x"])
      #expect(proxied.status == 401 && proxied.text.contains("open it on this machine itself"))
    }
  }

  @Test func aBrowserIsShownTheLoginForm() async throws {
    let answer = await Bench.exposed.ask("GET", "/", ["accept": "text/html,*/*"])
    #expect(answer.status == 401)
    #expect(answer.text.contains("<form method=\"post\" action=\"/login\">"))
    // Its style stands in it, for nothing else can be fetched yet, and no other style is let through.
    let style = try #require(answer.text.split(separator: "<style>").last?.split(separator: "</style>").first)
    let digest = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
    #expect(answer.headers["content-security-policy"]?.contains("style-src 'sha256-\(digest)';") == true)
  }

  @Test func beyondLoopbackWithoutATokenIsRefused() {
    #expect(Given.setting(listen: "0.0.0.0:8484").refusal?.contains("HAWKER_WEB_TOKEN") == true)
    #expect(Given.setting(listen: "192.168.1.5:80").refusal != nil)
    #expect(Given.setting(listen: "[::]:8484").refusal != nil)
    #expect(Given.setting(listen: "0.0.0.0:8484", token: Given.token).refusal == nil)
    for listen in ["127.0.0.1:0", "localhost:8484", "[::1]:1", "127.9.9.9:1"] {
      #expect(Given.setting(listen: listen).refusal == nil, "\(listen)")
    }
  }

  @Test func plainHTTPBeyondLoopbackIsWarnedOf() {
    let token = Given.token
    #expect(Given.setting(listen: "0.0.0.0:1", token: token).warnings.contains { $0.contains("TLS") })
    #expect(Given.setting(listen: "0.0.0.0:1", token: token, publicURL: "https://a.example").warnings.isEmpty)
    #expect(Given.setting().warnings.isEmpty)
    #expect(Given.setting(token: "short").warnings.count == 1)
  }
}

struct HostTests {
  private static let hosts: [(String?, Int)] = [
    ("127.0.0.1:8484", 200), ("localhost:8484", 200), ("LOCALHOST:8484", 200), ("shop.example.com", 200),
    ("shop.example.com:443", 200), ("evil.example", 421), ("evil.example:8484", 421), ("127.0.0.1", 421),
    ("127.0.0.1:8485", 421), ("localhost", 421), ("localhost:80", 421), ("shop.example.com:8484", 421),
    ("localhost.evil.example:8484", 421), ("127.0.0.1:8484@evil", 421), ("", 421), (":8484", 421), (nil, 421),
    ("127.0.0.1:8484:8484", 421), ("127.0.0.1:+8484", 421), ("192.168.1.5:8484", 421),
  ]

  @Test(arguments: hosts) func onlyItsOwnNamesAreAnswered(host: String?, status: Int) async {
    let bench = Bench(Given.setting(publicURL: "https://shop.example.com"))
    #expect(await bench.status("GET", "/healthz", host: host) == status)
  }

  @Test func aServerOnAllAddressesAnswersToTheOneItWasReachedBy() async {
    let bench = Bench.exposed
    #expect(await bench.ask("GET", "/healthz", host: "10.1.2.3:8484", localAddress: "10.1.2.3").status == 200)
    #expect(await bench.ask("GET", "/healthz", host: "10.1.2.4:8484", localAddress: "10.1.2.3").status == 421)
    #expect(await bench.ask("GET", "/healthz", host: "[fe80::1]:8484", localAddress: "fe80::1").status == 200)
    #expect(await bench.ask("GET", "/healthz", host: "evil.example:8484", localAddress: "10.1.2.3").status == 421)
  }
}

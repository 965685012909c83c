import Crypto
import Curl
import Foundation
import Support
import Testing

/// The daemon with its web server, as a browser, a script and a marketplace reach it.
@Suite(.timeLimit(.minutes(3))) struct WebDaemonTests {
  private static let token = "web-token-of-this-test-0123456789"

  private static func config(_ shop: StarterShop, _ web: String) throws {
    try shop.write("hawker.yaml", try shop.read("hawker.yaml") + "web: { \(web) }\n")
  }

  /// The address that the daemon told.
  static func address(of daemon: Daemon) async throws -> String {
    if !daemon.lines.contains(where: { $0.contains("The dashboard: ") }) { try await daemon.says("The dashboard: ") }
    let line = daemon.lines.first { $0.contains("The dashboard: ") } ?? ""
    return String(line.split(separator: " ").last?.dropLast() ?? "")
  }

  static func ask(
    _ method: Request.Method = .get, _ address: String, _ headers: [(String, String)] = [], body: String = ""
  ) async throws -> (status: Int, text: String) {
    var request = Request(method, address)
    request.headers += headers
    if method == .post { request.body = .bytes(Array(body.utf8)) }
    let answer = try await Client.shared.send(request)
    return (answer.status, String(decoding: answer.body, as: UTF8.self))
  }

  @Test func aSaleThatIsToldByWebhookIsTakenOffElsewhere() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try Self.config(shop, "listen: \"127.0.0.1:0\"")
    let daemon = try Daemon(in: shop.path, environment: ["OFFERUP_CLIENT_SECRET": "s"])
    daemon.end(after: .seconds(120))
    let address = try await Self.address(of: daemon)
    try await daemon.says("in sync: 3 listings, 6 posts")
    let posts = try await Self.ask(.get, address + "/api/v1/posts?listing=lamp&account=offerup").text
    let id = try #require(posts.firstMatch(of: /"remote_id":"([^"]+)"/)?.1)
    let body = #"{"event":"listing.sold","listing_id":"\#(id)","id":"d1"}"#
    let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: SymmetricKey(data: Array("s".utf8)))
    let signature = "sha256=" + code.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    for _ in 0..<3 {
      let answer = try await Self.ask(
        .post, address + "/webhooks/offerup", [("X-OfferUp-Signature", signature)], body: body)
      #expect(answer.status == 200)
    }
    let forged = try await Self.ask(
      .post, address + "/webhooks/offerup", [("X-OfferUp-Signature", signature)], body: body + " ")
    #expect(forged.status == 401)
    try await daemon.says("withdraw lamp on facebook: done")
    #expect(try await daemon.interrupt() == 0)
    #expect(try !shop.shown().contains("facebook lamp"))
  }

  @Test func theDashboardHoldsAListing() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try Self.config(shop, "listen: \"127.0.0.1:0\"")
    let daemon = try Daemon(in: shop.path)
    daemon.end(after: .seconds(120))
    let address = try await Self.address(of: daemon)
    try await daemon.says("in sync")
    let page = try await Self.ask(.get, address + "/listings/lamp").text
    let csrf = try #require(page.firstMatch(of: /name="?csrf"? value="?([0-9a-f]+)/)?.1)
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", address)]
    let fields = "decision=hold&listing=lamp&csrf=\(csrf)"
    #expect(try await Self.ask(.post, address + "/decisions", form, body: fields + "0").status == 403)
    #expect(try await Self.ask(.post, address + "/decisions", form, body: fields).status == 303)
    #expect(try await Self.ask(.get, address + "/readyz").status == 200)
    try shop.write("listings/lamp.yaml", try shop.read("listings/lamp.yaml").replacing("35.00", with: "34.00"))
    try shop.write(
      "listings/trek-520.yaml", try shop.read("listings/trek-520.yaml").replacing("450.00", with: "440.00"))
    try await daemon.says("update trek-520")
    let plan = try await Self.ask(.get, address + "/api/v1/plan").text
    #expect(plan.contains(#""format":"hawker.plan/1""#))
    #expect(!daemon.lines.contains { $0.contains("update lamp") })
    let metrics = try await Self.ask(.get, address + "/metrics").text
    #expect(metrics.contains(#"hawker_actions_total{account="facebook",action="create",result="done"} 3"#))
    #expect(metrics.contains("hawker_post_seconds_count"))
    #expect(try await daemon.interrupt() == 0)
  }

  @Test func aPortThatIsTakenIsToldAndTheShopIsKeptAllTheSame() async throws {
    let first = try StarterShop()
    defer { first.folder.remove() }
    try Self.config(first, "listen: \"127.0.0.1:0\"")
    let one = try Daemon(in: first.path)
    one.end(after: .seconds(120))
    let address = try await Self.address(of: one)
    let second = try StarterShop()
    defer { second.folder.remove() }
    try Self.config(second, "listen: \"\(address.dropFirst(7))\"")
    let two = try Daemon(in: second.path)
    two.end(after: .seconds(120))
    try await two.says(anyOf: ["another program has that port", "in sync"])
    try await two.says(anyOf: ["another program has that port", "in sync"])
    #expect(try await two.interrupt() == 0)
    #expect(two.lines.contains { $0.contains("another program has that port") })
    #expect(try second.shown().count == 6)
    #expect(try await one.interrupt() == 0)
  }

  @Test func offMeansOff() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try Self.config(shop, "listen: off")
    let daemon = try Daemon(in: shop.path)
    daemon.end(after: .seconds(120))
    try await daemon.says("in sync")
    #expect(try await daemon.interrupt() == 0)
    #expect(!daemon.lines.contains { $0.contains("dashboard") })
  }

  @Test func strangersAreNotServed() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try Self.config(shop, "listen: \"0.0.0.0:0\"")
    let outcome = try await shop.hawker("run", "--sandbox")
    #expect(outcome.status == 4)
    #expect(outcome.err.contains("HAWKER_WEB_TOKEN"))
    #expect(!FileManager.default.fileExists(atPath: shop.path + "/state/sandbox"))

    let daemon = try Daemon(in: shop.path, environment: ["HAWKER_WEB_TOKEN": Self.token])
    daemon.end(after: .seconds(120))
    let told = try await Self.address(of: daemon)
    let address = told.replacing("0.0.0.0", with: "127.0.0.1")
    #expect(daemon.lines.contains { $0.contains("TLS") })
    #expect(try await Self.ask(.get, address + "/").status == 401)
    #expect(try await Self.ask(.get, address + "/healthz").status == 200)
    #expect(try await Self.ask(.get, address + "/", [("Authorization", "Bearer \(Self.token)")]).status == 200)
    #expect(try await daemon.interrupt() == 0)
  }

  /// A full run, with marketplaces that repeat what they are sent: no secret in anything that comes out.
  @Test func noSecretIsInAnyOutput() async throws {
    let secrets = [
      "FACEBOOK_APP_ID": "900001", "FACEBOOK_APP_SECRET": "leak-fb-app-secret",
      "FACEBOOK_VERIFY_TOKEN": "leak-fb-verify-token",
      "OFFERUP_CLIENT_ID": "client", "OFFERUP_CLIENT_SECRET": "leak-ou-client-secret",
      "HAWKER_WEB_TOKEN": "leak-web-token-0123456789",
      "HAWKER_TOKEN_FACEBOOK": "leak-fb-page-token", "HAWKER_TOKEN_OFFERUP": "leak-ou-access-token",
    ]
    let market = ScriptedServer { request in
      let told = (request.header("Authorization") ?? "") + " " + request.target + " " + request.text
      let quoted = told.filter { $0.isASCII && $0 != "\"" && $0 != "\\" && $0 != "\n" && $0 != "\r" }
      return .init(
        400, headers: [("Content-Type", "application/json")],
        #"{"error":{"code":190,"message":"Malformed access token \#(quoted)"}}"#)
    }
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    try shop.write(
      "hawker.yaml",
      """
      version: 1
      defaults: { currency: USD, condition: good, location: { latitude: 45.5, longitude: -122.6 } }
      accounts:
        facebook: { marketplace: facebook, page_id: "10001", graph_url: "\(market.url)", login_url: "\(market.url)" }
        offerup: { marketplace: offerup, api_url: "\(market.url)", login_url: "\(market.url)" }
      web: { listen: "127.0.0.1:0", public_url: "https://shop.example.com" }

      """)
    var environment = secrets
    environment["HOME"] = shop.path + "/home"
    let daemon = try Daemon(
      in: shop.path, ["--log-level", "trace", "--log-format", "json", "run"], environment: environment, hearsAll: true)
    daemon.end(after: .seconds(120))
    let address = try await Self.address(of: daemon)
    try await daemon.says(anyOf: ["facebook stopped", "facebook needs connecting"])
    var outputs: [String] = []
    let bearer = [("Authorization", "Bearer leak-web-token-0123456789")]
    for path in [
      "/", "/plan", "/problems", "/listings/lamp", "/metrics", "/readyz", "/healthz", "/api/v1/status",
      "/api/v1/plan", "/api/v1/posts", "/api/v1/log", "/login", "/webhooks/facebook?hub.verify_token=x",
      "/nothing/here",
    ] {
      outputs.append(try await Self.ask(.get, address + path, bearer).text)
      outputs.append(try await Self.ask(.get, address + path).text)
    }
    outputs.append(try await Self.ask(.post, address + "/api/v1/retry", bearer, body: #"{"listing":"lamp"}"#).text)
    outputs.append(try await Self.ask(.post, address + "/webhooks/facebook", body: "{}").text)
    #expect(try await daemon.interrupt() == 0)
    outputs += daemon.lines
    let files = try FileManager.default.subpathsOfDirectory(atPath: shop.path + "/state")
    for file in files { outputs.append((try? shop.read("state/" + file)) ?? "") }
    #expect(outputs.contains { $0.contains("Malformed access token") })
    #expect(daemon.lines.contains { $0.contains(#""account":"offerup","action":"create","listing":"lamp","op":""#) })
    #expect(market.received.contains { $0.header("Authorization")?.contains("leak-") == true })
    for secret in secrets.values where secret.hasPrefix("leak-") {
      for output in outputs where output.contains(secret) {
        Issue.record("\(secret) is in: \(output.prefix(400))")
      }
    }
  }
}

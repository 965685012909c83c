import Curl
import Foundation
import Support
import Testing

/// `hawker connect` against the sandbox's authorization servers, driven as a browser would.
@Suite(.timeLimit(.minutes(3))) struct ConnectTests {
  @Test func bothAccountsAreConnectedAndPostWithWhatWasStored() async throws {
    try await ConnectShop.with { shop in
      try await shop.connectAll()
      let files = FileManager.default
      #expect(try files.attributesOfItem(atPath: shop.store)[.posixPermissions] as? Int == 0o600)
      let check = try await shop.hawker("connect", "--check")
      #expect(check.status == 0 && check.out.contains("facebook: 10001 (Sandbox Shop), the token is good"))
      #expect(check.out.contains("offerup: 30001, the token is good, until"))
      let apply = try await shop.hawker("apply", "--yes")
      #expect(apply.status == 0 && apply.out.contains("Applied: 6 done"), "\(apply.out)\(apply.err)")
      let stored = try String(contentsOfFile: shop.store, encoding: .utf8)
      for secret in ["sandbox-app-secret", "sandbox-client-secret", "sandbox-page-token", "sandbox-refresh-"] {
        for text in [check.out, check.err, apply.out, apply.err] { #expect(!text.contains(secret)) }
      }
      #expect(stored.contains("sandbox-page-token") && stored.contains("sandbox-refresh-"))
      #expect(!stored.contains("sandbox-user-token"), "the person's own token is not kept")
    }
  }

  @Test func theListOfPagesIsShownInTheBrowser() async throws {
    try await ConnectShop.with(pageID: nil) { shop in
      let connecting = try await shop.connecting("facebook")
      let page = try await connecting.press("allow")
      #expect(page.status == 200 && page.text.contains("Second Sandbox Shop") && !page.text.contains("Café"))
      let state = page.text.components(separatedBy: "name=\"state\" value=\"")[1].prefix { $0 != "\"" }
      // To the address that the form is on.
      let redirect = connecting.consent.components(separatedBy: "redirect_uri=")[1].prefix { $0 != "&" }
      let callback = redirect.removingPercentEncoding ?? ""
      let end = try await connecting.get("\(callback)?state=\(state)&page=10002")
      #expect(end.status == 200 && end.text.contains("connected to page 10002 (Second Sandbox Shop)"))
      #expect(try await connecting.process.status() == 0)
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func aRefusalIsToldAndNothingIsStored(account: String) async throws {
    try await ConnectShop.with { shop in
      let connecting = try await shop.connecting(account)
      let page = try await connecting.press("deny")
      #expect(page.status == 400 && page.text.contains("refused on the consent page"))
      #expect(try await connecting.process.status() == 6)
      #expect(connecting.process.lines.contains { $0.contains("refused on the consent page") })
      #expect(!FileManager.default.fileExists(atPath: shop.store))
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func aCodeThatIsTooOldIsTold(account: String) async throws {
    try await ConnectShop.with("stale-code") { shop in
      let connecting = try await shop.connecting(account)
      #expect(try await connecting.press("allow").text.contains("expired, or was used already"))
      #expect(try await connecting.process.status() == 6)
    }
  }

  @Test(arguments: ["facebook", "offerup"]) func anAnswerWithAnotherStateEndsNothing(account: String) async throws {
    try await ConnectShop.with("wrong-state") { shop in
      let connecting = try await shop.connecting(account)
      let page = try await connecting.press("allow")
      #expect(page.status == 400 && page.text.contains("belongs to no login that hawker began"))
      #expect(connecting.process.isRunning)
      // Nor does anything else that comes along: another path, a name of somebody else's that leads here.
      let redirect = connecting.consent.components(separatedBy: "redirect_uri=")[1].prefix { $0 != "&" }
      let callback = redirect.removingPercentEncoding ?? ""
      #expect(try await connecting.get(callback.replacing("/callback", with: "/")).status == 404)
      let elsewhere = Request(.get, callback, headers: [("Host", "evil.example")])
      #expect(try await Client.shared.send(elsewhere).status == 421)
      #expect(connecting.process.isRunning)
      try await connecting.process.kill()
    }
  }

  @Test func anotherPageThanHawkerYamlSaysIsExplained() async throws {
    try await ConnectShop.with { shop in
      try await shop.connectAll()
      try shop.write(pageID: "10002")
      let apply = try await shop.hawker("apply", "--yes")
      #expect(apply.status == 6)
      let told = apply.out + apply.err
      #expect(told.contains("is connected to page 10001 (Sandbox Shop), and hawker.yaml says page 10002"), "\(told)")
    }
  }

  @Test func revokedTokensAreFoundOut() async throws {
    try await ConnectShop.with("revoke@verify", "revoke@list") { shop in
      let check = try await shop.hawker(
        "connect", "--check", "--format", "json",
        environment: [
          "HAWKER_TOKEN_FACEBOOK": "sandbox-page-token", "HAWKER_TOKEN_OFFERUP": "sandbox-offerup-token",
        ])
      #expect(check.status == 6)
      let json = try JSONSerialization.jsonObject(with: Data(check.out.utf8)) as? [String: Any]
      let accounts = json?["accounts"] as? [[String: Any]] ?? []
      #expect(accounts.map { $0["token"] as? String } == ["dead", "dead"])
      #expect((accounts.first?["why"] as? String)?.contains("password was changed") == true)
    }
  }

  @Test func aDaemonTakesANewTokenByItself() async throws {
    try await ConnectShop.with { shop in
      let daemon = try Daemon(in: shop.shop.path, ["run"], environment: shop.environment)
      daemon.end(after: .seconds(100))
      try await daemon.says("account facebook")
      try await shop.connectAll()
      try await daemon.says("in sync: 3 listings, 6 posts on 2 accounts")
      #expect(try await daemon.interrupt() == 0)
      #expect(!daemon.lines.joined().contains("sandbox-page-token"))
    }
  }

  /// The browser comes back through whatever stands in front of the daemon's web server.
  @Test func aDaemonWithAPublicAddressEndsTheLoginItself() async throws {
    try await ConnectShop.with(pageID: nil) { shop in
      try shop.write(pageID: nil, listen: "127.0.0.1:0")
      let daemon = try Daemon(in: shop.shop.path, ["run"], environment: shop.environment)
      daemon.end(after: .seconds(100))
      try await daemon.says("http://127.0.0.1:")
      let said = daemon.lines.first { $0.contains("http://127.0.0.1:") } ?? ""
      let home = "http://127.0.0.1:" + said.components(separatedBy: "http://127.0.0.1:")[1].prefix(while: \.isNumber)
      for account in ["offerup", "facebook"] {
        let begun = try await shop.hawker("connect", account, "--print-url")
        #expect(begun.status == 0, "\(begun.err)")
        let back = try await Connecting.press("allow", at: begun.out.trimmingCharacters(in: .newlines))
        #expect(back.hasPrefix("https://shop.example.com/oauth/\(account)/callback?code="))
        let page = try await Connecting.get(back.replacing("https://shop.example.com", with: home))
        #expect(page.status == 200, "\(page)")
        if account == "facebook" {
          let state = page.text.components(separatedBy: "name=\"state\" value=\"").dropFirst().first?.prefix {
            $0 != "\""
          }
          let choice = "\(home)/oauth/facebook/callback?state=\(state ?? "")&page=10001"
          #expect(try await Connecting.get(choice).text.contains("connected to page 10001 (Sandbox Shop)"))
        }
        // Loaded again.
        #expect(try await Connecting.get(back.replacing("https://shop.example.com", with: home)).status == 400)
      }
      try await daemon.says("in sync: 3 listings, 6 posts on 2 accounts")
      #expect(try await daemon.interrupt() == 0)
    }
  }

  @Test func whatIsPastedAndIsNoAnswerIsAskedForAgain() async throws {
    try await ConnectShop.with { shop in
      let process = try shop.pasting("garbage\n\nhttp://localhost/?state=other\n", to: "connect", "facebook")
      try await process.says("that is not the address: it carries no answer of facebook's")
      try await process.says("Paste the whole address that the browser ended at: it begins with http://localhost")
      try await process.says("This answer belongs to no login")
      try await process.says("Paste the whole address")
      // A browser on this machine can still come back.
      try await process.says("the input has ended, so nothing can be pasted. It still waits until ")
      let consent = try #require(process.lines.first { $0.hasPrefix("http://") })
      let connecting = Connecting(process: process, consent: consent)
      #expect(try await connecting.press("allow").text.contains("Connected"))
      #expect(try await process.status() == 0, "\(process.lines)")
    }
  }

  @Test func anInputThatEndsBeforeThePageIsChosenEndsTheLogin() async throws {
    try await ConnectShop.with(pageID: nil) { shop in
      let pipe = shop.shop.path + "/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let process = try shop.reading(pipe, "connect", "facebook")
      let input = try FileHandle(forWritingTo: URL(filePath: pipe))
      try await process.says("http://")
      let consent = try #require(process.lines.first { $0.hasPrefix("http://") })
      try input.write(contentsOf: Data((try await Connecting.press("allow", at: consent) + "\n").utf8))
      try await process.says("Which page? Its number or id:")
      // No number that there is brings it down.
      try input.write(contentsOf: Data("-9223372036854775808\n9223372036854775807\n0\n".utf8))
      try input.close()
      try await process.says("the input ended before a page was chosen: name it, as in `hawker connect facebook")
      #expect(try await process.status() == 6, "\(process.lines)")
    }
  }

  @Test func itCanBeTriedOutOnTheBuiltInSandbox() async throws {
    try await ConnectShop.with { shop in
      let connecting = try await shop.connecting("facebook", "--sandbox", "--page", "10002")
      #expect(try await connecting.press("allow").text.contains("connected to page 10002"))
      #expect(try await connecting.process.status() == 0)
      #expect(!FileManager.default.fileExists(atPath: shop.store))
    }
  }

  @Test func withoutAnApplicationItSaysWhatToSet() async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    for account in ["facebook", "offerup"] {
      let outcome = try await shop.hawker("connect", account, environment: ["HOME": shop.path])
      #expect(outcome.status == 6 && outcome.err.contains("docs/connect-\(account).md"))
    }
    #expect(try await shop.hawker("connect", "nobody").status == 64)
    #expect(try await shop.hawker("connect").status == 64)
    let check = try await shop.hawker("connect", "--check", environment: ["HOME": shop.path])
    #expect(check.status == 6 && check.out.contains("facebook: not connected: run `hawker connect facebook`"))
    #expect(try await shop.hawker("connect", "--check", "--sandbox").status == 0)
  }
}

/// What the guides say of commands and variables.
@Suite(.timeLimit(.minutes(2))) struct ConnectGuideTests {
  /// Every command of the guides is one: without an application each of them says that it needs one.
  @Test(arguments: ["facebook", "offerup"]) func everyCommandIsOne(marketplace: String) async throws {
    let shop = try StarterShop()
    defer { shop.folder.remove() }
    let guide = try String(contentsOfFile: Program.repository + "/docs/connect-\(marketplace).md", encoding: .utf8)
    let commands = guide.split(separator: "\n").filter { $0.hasPrefix("$ hawker ") }
    #expect(commands.count >= 3)
    for line in commands {
      let words = line.dropFirst(9).prefix { $0 != "#" }.split(separator: " ").map(String.init)
      let outcome = try await Program.run(words, in: shop.path, environment: ["HOME": shop.path])
      #expect(outcome.status == 6, "\(line): \(outcome.out)\(outcome.err)")
    }
  }

  @Test func theTemplateHasEveryVariableThatIsRead() throws {
    let template = try String(contentsOfFile: Program.repository + "/.env.example", encoding: .utf8)
    let named = Set(
      template.split(separator: "\n").compactMap { $0.hasPrefix("#") ? nil : $0.split(separator: "=").first }.map(
        String.init))
    let read = try variables()
    // What every program reads, what only builds for tests read, and names that are made of an account's.
    let others: Set = ["NO_COLOR", "WAYLAND_DISPLAY", "GITHUB_WORKSPACE"]
    let internals = read.filter { $0.hasPrefix("HAWKER_CRASH") || $0 == "HAWKER_FIXED_FIELDS" }
    let made: Set = ["HAWKER_TOKEN_FACEBOOK", "HAWKER_TOKEN_OFFERUP"]
    #expect(read.subtracting(others).subtracting(internals).subtracting(named).isEmpty)
    // The web server reads these two.
    let web: Set = ["HAWKER_WEB_TOKEN", "FACEBOOK_VERIFY_TOKEN"]
    #expect(named.subtracting(read).subtracting(made).subtracting(web).isEmpty)
  }

  /// Words in quotation marks that look like a variable's name.
  private func variables() throws -> Set<String> {
    let folder = Program.repository + "/Sources/hawker"
    var found: Set<String> = []
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
      let quoted = text.split(separator: "\"", omittingEmptySubsequences: false)
      for word in quoted where word.count > 3 && word.allSatisfy({ $0 == "_" || $0.isASCII && $0.isUppercase }) {
        if word.contains("_"), !word.hasSuffix("_") { found.insert(String(word)) }
      }
    }
    return found
  }
}

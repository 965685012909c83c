import Glibc
import Listings
import Marketplaces
import NIOPosix
import Web

/// A login from the command line: shows where to go, waits for the browser on loopback or for its address on standard
/// input, has a page chosen.
struct LoginDialog {
  let account: Config.Account
  let desk: LoginDesk
  /// The browser is on another machine: its last address is pasted here.
  let isRemote: Bool

  private enum Event: Sendable {
    case turn(LoginTurn)
    /// Nil: the input ended.
    case line(String?)
    case late
  }

  func run(page: String?) async throws -> Grant {
    do throws(CredentialError) {
      let server = try await LoopbackServer.start()
      let redirect = "http://\(host):\(server.port)/oauth/\(account.name)/callback"
      let address = try await desk.begin(account: account.name, redirect: redirect, page: page)
      show(address)
      return try await wait(server, until: end)
    } catch {
      throw Exit(.connect, error.message)
    }
  }

  /// Facebook takes http:// for `localhost` by name, and that only while an app is in development.
  private var host: String { account.marketplace == "facebook" ? "localhost" : "127.0.0.1" }

  /// When it is too late.
  private var end: String {
    let end = Ambient.system.now().advanced(by: LoginAttempts.lifetime).description
    return "\(end.dropFirst(11).prefix(5)) UTC"
  }

  private func ask() {
    Console.note(
      "Paste the whole address that the browser ended at: it begins with http://\(host) and has state= in it:")
  }

  private func show(_ address: String) {
    if isRemote {
      Console.out(address + "\n")
      Console.note(
        "Open it in a browser and consent. Then copy the address that the browser ends at (it begins with "
          + "http://\(host), and shows an error there), and paste it here:")
    } else {
      Console.note("Log in and consent in your browser, at\n\n  \(address)\n")
      Browser.open(address)
    }
  }

  private func wait(_ server: LoopbackServer, until end: String) async throws(CredentialError) -> Grant {
    let (events, send) = AsyncStream.makeStream(of: Event.self, bufferingPolicy: .unbounded)
    let serving = Task { [desk] in
      await server.serve { name, query in
        let turn = await desk.callback(account: name, query: query)
        return (turn.page, { send.yield(.turn(turn)) })
      }
    }
    let limit = Task {
      do { try await Task.sleep(for: LoginAttempts.lifetime + .seconds(5)) } catch { return }
      send.yield(.late)
    }
    if isRemote { LoginDialog.listen { send.yield(.line($0)) } }
    defer {
      limit.cancel()
      serving.cancel()
    }
    return try await conclude(events, until: end)
  }

  private func conclude(_ events: AsyncStream<Event>, until end: String) async throws(CredentialError) -> Grant {
    var choice: LoginPage?
    // A page that was reached by a pasted address is not in any browser: it is chosen here.
    var isChosenHere = false
    for await event in events {
      var turn: LoginTurn?
      switch event {
      case .turn(let heard): turn = heard
      case .line(let text?) where !text.isEmpty:
        turn = await answer(text, choice)
        // A wrong number is asked about again, here as before.
        if turn != nil { isChosenHere = true }
      case .line(.some): break
      case .line(nil): try goOn(asking: isChosenHere ? choice : nil, until: end)
      case .late:
        throw CredentialError("nobody answered within ten minutes; run `hawker connect \(account.name)` again")
      }
      guard let turn else { continue }
      switch turn.outcome {
      case .connected(let grant): return grant
      case .failed(let why): throw CredentialError(why)
      case .stranger(let why):
        Console.error(why)
        if isRemote { ask() }
      case .choosing:
        choice = turn.page
        offer(turn.page)
      }
    }
    throw CredentialError("stopped before there was an answer")
  }

  /// Nothing more can be pasted. A browser on this machine can still come back; a question put here can't be answered.
  private func goOn(asking choice: LoginPage?, until end: String) throws(CredentialError) {
    guard let choice else {
      return Console.note(
        "hawker: the input has ended, so nothing can be pasted. It still waits until \(end) for a browser on this machine "
          + "to come back; Ctrl-C ends it, and without a browser here `hawker connect \(account.name) --print-url` at a "
          + "terminal is the way")
    }
    let first = choice.choices.first?.id ?? "ID"
    throw CredentialError(
      "the input ended before a page was chosen: name it, as in `hawker connect \(account.name) --print-url --page "
        + "\(first)`")
  }

  private func offer(_ page: LoginPage) {
    guard isRemote else { return Console.note("Choose the page in the browser.") }
    for (number, choice) in page.choices.enumerated() {
      Console.note("  \(number + 1)  \(choice.name.quotable(hiding: [])) (\(choice.id))")
    }
    Console.note("Which page? Its number or id:")
  }

  /// A pasted address, or the choice of a page.
  private func answer(_ text: String, _ choice: LoginPage?) async -> LoginTurn? {
    guard let choice, !text.contains("=") else {
      let query = QueryText.values(text)
      guard query["state"] != nil else {
        Console.error("that is not the address: it carries no answer of \(account.marketplace)'s")
        ask()
        return nil
      }
      return await desk.callback(account: account.name, query: query)
    }
    let chosen =
      choice.choices.first { $0.id == text }
      ?? Int(text).flatMap { number in
        number >= 1 && number <= choice.choices.count ? choice.choices[number - 1] : nil
      }
    guard let chosen else {
      offer(choice)
      return nil
    }
    return await desk.callback(account: account.name, query: ["state": choice.state ?? "", "page": chosen.id])
  }

  /// Reading can't be cancelled: it has a thread of its own, which ends with the program.
  private static func listen(_ tell: @escaping @Sendable (String?) -> Void) {
    NIOThreadPool.singleton.submit { _ in
      while let line = readLine() { tell(line.filter { !$0.isWhitespace }) }
      tell(nil)
    }
  }
}

/// The person's own browser, where there is a screen.
enum Browser {
  static func open(_ address: String) {
    guard Environment["DISPLAY"] != nil || Environment["WAYLAND_DISPLAY"] != nil else { return }
    var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("xdg-open"), strdup(address), nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    // Nothing comes of it when there is no xdg-open: the address was shown.
    _ = posix_spawnp(&process, "xdg-open", nil, nil, &arguments, environ)
  }
}

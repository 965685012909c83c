import ArgumentParser
import Listings
import Marketplaces
import Planning
import Sandbox

struct Connect: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "connect",
    abstract: "Connects an account: you log in and consent in a browser, hawker keeps the token.",
    discussion: """
      Needs the application's credentials: FACEBOOK_APP_ID and FACEBOOK_APP_SECRET, or OFFERUP_CLIENT_ID and
      OFFERUP_CLIENT_SECRET. The token goes into ~/.config/hawker/credentials.json. A daemon that runs takes it by itself.
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The account, as hawker.yaml names it.")
  var account: String?

  @Option(help: "Facebook: the page to post to (default: accounts.NAME.page_id, or you are asked).")
  var page: String?

  @Flag(help: "Prints the address to open, for a machine without a browser.")
  var printURL = false

  @Flag(help: "Only asks the marketplaces whether the tokens are good (exit 6 when one is not).")
  var check = false

  @Flag(help: "On the built-in sandbox, to see how it goes; nothing is stored.")
  var sandbox = false

  @Option(help: "How the result is written.")
  var format: Format = .text

  func validate() throws {
    guard check || account != nil else { throw ValidationError("name the account to connect, or give --check") }
    guard !check || (page == nil && !printURL) else { throw ValidationError("--check takes no --page or --print-url") }
  }

  func run() async throws {
    let setting = Setting.reading(global, sandbox: sandbox)
    try setting.refuseErrors()
    let config = setting.config
    if let account, config.account(account) == nil {
      throw Exit(.usage, KnownNames.missing(account: account, config.accounts.map(\.name)))
    }
    if check { return try await tell(config, only: account) }
    guard let account = config.account(account ?? "") else { return }
    try Descriptors.ready()
    if sandbox { return try await tryOut(account, config) }
    if Credentials[account.tokenVariable] != nil {
      Console.error("\(account.tokenVariable) is set and goes first: the new token is not used until you unset it")
    }
    if printURL, let address = try askDaemon(account, config) {
      Console.out(address + "\n")
      return Console.note(
        "Open it in any browser: the daemon takes the answer at \(config.web.publicURL ?? ""), within ten minutes.")
    }
    let connections = Connections()
    let desk = LoginDesk(store: .standard(for: config), ambient: .system, find: connections.finding { config })
    let grant = try await LoginDialog(account: account, desk: desk, isRemote: printURL).run(page: page)
    report(grant, account)
  }

  private func report(_ grant: Grant, _ account: Config.Account) {
    var health = AccountHealth(
      name: account.name, marketplace: account.marketplace, token: .good(until: grant.expiresAt), identity: grant.title)
    if grant.id == nil { health.identity = nil }
    let report = TokenReport(health: health, scopes: grant.scopes)
    switch format {
    case .json: Console.out(AccountReportText.json([report]))
    case .text: Console.out("connected \(account.name)\(grant.place)\n")
    }
  }

  private func tell(_ config: Config, only name: String?) async throws {
    let connections = sandbox ? Connections(sandbox: SandboxAddress(port: 0)) : Connections()
    let reports = await TokenCheck(connections: connections, config: config, ambient: .system).checkTokens(only: name)
    switch format {
    case .json: Console.out(AccountReportText.json(reports))
    case .text: Console.out(AccountReportText.text(reports))
    }
    var codes: Set<ExitCode> = []
    if reports.contains(where: \.needsPerson) { codes.insert(.connect) }
    // Nothing is wrong with a token that can't be asked about; with a marketplace that doesn't answer there is.
    if reports.contains(where: { $0.obstacle != nil && $0.isAskable }) { codes.insert(.failed) }
    try Exit.finish(codes)
  }

  private func askDaemon(_ account: Config.Account, _ config: Config) throws -> String? {
    guard config.web.publicURL != nil, config.web.listen != nil,
      let answer = try ControlSocket(state: config.state).ask(LoginCommand(account: account.name, page: page).line)
    else { return nil }
    guard answer.code == .done else { throw Exit(.connect, answer.text) }
    return answer.text
  }

  private func tryOut(_ account: Config.Account, _ config: Config) async throws {
    let server: SandboxServer
    let address: SandboxAddress
    do {
      server = try SandboxServer(SandboxOptions())
      address = try await server.start()
    } catch {
      throw Exit(.failed, "the sandbox can't start: \(error)")
    }
    let connections = Connections(sandbox: address)
    // Every page of the sandbox may be chosen, whatever the real one's id is.
    var free = config
    for index in free.accounts.indices { free.accounts[index].pageID = nil }
    let desk = LoginDesk(store: nil, ambient: .system, find: connections.finding { [free] in free })
    let result: Result<Grant, any Error>
    do {
      result = .success(try await LoginDialog(account: account, desk: desk, isRemote: printURL).run(page: page))
    } catch {
      result = .failure(error)
    }
    await server.stop()
    report(try result.get(), account)
    Console.note("The sandbox needs no credentials: nothing was stored.")
  }
}

/// Asks a running daemon to begin a login that its web server will end: one line over `state/control.sock`.
struct LoginCommand: Hashable {
  var account: String
  var page: String?

  init(account: String, page: String?) {
    self.account = account
    self.page = page
  }

  var line: String {
    var json = JSONWriter()
    json.object { json in
      json.field("connect", account)
      json.field("page", page)
    }
    return json.text + "\n"
  }

  init?(line: [UInt8]) {
    guard let json = try? JSONValue(parsing: line), let account = json["connect"]?.string else { return nil }
    self.init(account: account, page: json["page"]?.string)
  }
}

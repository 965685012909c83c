import Executing
import Facebook
import Glibc
import Journaling
import Listings
import Loading
import Marketplaces
import OfferUp
import Planning
import Reconciling

/// A shop's config as a command works with it: read, checked, and pointed at the sandbox where that was asked for.
struct Setting: Sendable {
  private(set) var loaded: LoadedConfig
  let isSandbox: Bool

  /// What each marketplace supports: one row per adapter.
  static let capabilities: [String: Capabilities] = [
    Facebook.capabilities.marketplace: Facebook.capabilities,
    OfferUp.capabilities.marketplace: OfferUp.capabilities,
  ]

  /// Reads the config. An error in it ends the command: nothing is done.
  static func read(_ options: GlobalOptions, sandbox: Bool) throws -> Setting {
    let setting = reading(options, sandbox: sandbox)
    try setting.refuseErrors()
    return setting
  }

  /// The same of a shop elsewhere, whose config may be named all the same.
  static func read(_ options: GlobalOptions, in folder: String) throws -> Setting {
    let here = folder + "/hawker.yaml"
    let file = options.namedConfig ?? (access(here, F_OK) == 0 ? here : nil)
    let setting = Setting(loaded: ConfigReader.read(file: file, folder: folder), isSandbox: false)
    try setting.refuseErrors()
    return setting
  }

  /// Reads the config, whatever is wrong with it.
  static func reading(_ options: GlobalOptions, sandbox: Bool) -> Setting {
    Setting(loaded: ConfigReader.read(file: options.configFile, folder: Paths.current), isSandbox: sandbox)
  }

  /// Those of hawker.yaml itself: with one of them nothing is done.
  var configErrors: [Problem] {
    loaded.problems.filter { $0.severity == .error } + Loader.unknownMarketplaces(loaded, Setting.capabilities)
  }

  func refuseErrors() throws {
    if Lineage.lostConfig(config, markIn: markFolder) {
      throw Exit(
        .invalid,
        "\(config.shop)/hawker.yaml is not there, and this shop had one: the defaults in its place would change its "
          + "posts. Nothing was done. Put it back, or name it with --config")
    }
    let errors = configErrors
    guard !errors.isEmpty else { return }
    for problem in errors { Console.note(problem.text) }
    throw Exit(.invalid, "the config has errors; nothing was done", because: errors)
  }

  /// Nothing is made in a folder that is no shop.
  func refuseNoShop() throws {
    guard config.file.isEmpty, access(config.listings, F_OK) != 0, access(config.state, F_OK) != 0 else { return }
    throw Exit(
      .person,
      "there is no shop in \(config.shop): neither hawker.yaml nor listings. `hawker init` makes one here; one that is "
        + "elsewhere is named with --config")
  }

  init(loaded: LoadedConfig, isSandbox: Bool) {
    self.loaded = loaded
    self.isSandbox = isSandbox
    // The sandbox has a journal, a lineage and listings of its own; the real ones are never touched.
    if isSandbox { self.loaded.config.state += "/sandbox" }
  }

  var config: Config { loaded.config }

  /// Where the sandbox keeps what its marketplaces show.
  var marketplacesFolder: String { config.state + "/marketplaces" }

  /// Where the mark lies that says which journal this is the shop of.
  var markFolder: String { isSandbox ? marketplacesFolder : config.listings }

  func loadingOptions(marker: Marker, photosURL: String? = nil) -> LoadingOptions {
    // In the sandbox photos are served by the emulator itself, so that no `public_url` is needed.
    let publicURL = isSandbox ? photosURL ?? "http://127.0.0.1" : config.web.publicURL
    return LoadingOptions(
      capabilities: Setting.capabilities, publicURL: publicURL, marker: isSandbox ? .ignored : marker)
  }

  /// The journal's records without taking its lock; nil without a journal. `mayBeLost`: also where there was one.
  func readLedger(mayBeLost: Bool = false) throws -> Ledger? {
    let ledger: Ledger?
    do throws(JournalError) {
      ledger = try JournalReading.read(config.state)
      if let ledger, let rollback = Lineage.rollback(ledger, of: config, markIn: markFolder) { throw rollback }
    } catch {
      throw Exit(error)
    }
    if ledger == nil, !mayBeLost, let lost = lostJournal { throw lost }
    return ledger
  }

  /// What was read to its end is older than what the root's mark has seen.
  func rollback(_ lineage: String, _ sequence: Int) -> JournalError? {
    Lineage.rollback(lineage: lineage, sequence: sequence, of: config, markIn: markFolder)
  }

  /// Situation 19, of a shop without a journal: its root knows of one. Nil: it never had one.
  var lostJournal: Exit? {
    guard let lineage = LineageMarker(root: markFolder).read()?.lineage else { return nil }
    if isSandbox {
      return Exit(
        .journal,
        "\(config.state): there is no journal, but the sandbox's marketplaces hold the posts of journal \(lineage). "
          + "Nothing was done: its posts would be made a second time. Bring the journal's files back, or "
          + "remove \(config.state) to start the sandbox anew")
    }
    return Exit(
      .journal,
      "\(config.state): there is no journal, but \(config.listings) belongs to journal \(lineage). "
        + "Nothing was sent: its posts would be made a second time. Bring the state directory back from a backup, "
        + "or start anew with `hawker init --new-journal` once the old posts are gone")
  }

  /// What `hawker plan` shows, but for what the config's own problems add.
  func forecast(
    _ selection: Selection, isWhole: Bool, usesCache: Bool
  ) async throws -> Forecast {
    let forecast: Forecast
    do throws(JournalError) {
      forecast = try await Forecast.make(scene(usesCache: usesCache), selection, isWhole: isWhole)
    } catch {
      throw Exit(error)
    }
    if let seen = forecast.seen {
      try KnownNames(config: config, wanted: seen.wanted, ledger: seen.ledger).check(selection)
    }
    return forecast
  }

  /// What a forecast is made of; its cache is also what `apply` and `run` begin with.
  func scene(usesCache: Bool) -> Forecast.Scene {
    var scene = Forecast.Scene(
      loaded, capabilities: Setting.capabilities, publicURL: loadingOptions(marker: .none).publicURL,
      marksRoot: !isSandbox, now: Ambient.system.now)
    scene.accountCapabilities = accountCapabilities
    scene.markFolder = markFolder
    scene.build = usesCache ? Version.build : nil
    return scene
  }

  /// With commands that work here, on the sandbox too.
  func worded(_ plan: Plan) -> Plan { isSandbox ? plan.inSandbox() : plan }

  private var accountCapabilities: [String: Capabilities] {
    let ours = config.accounts.filter { $0.marketplace == OfferUp.capabilities.marketplace }
    return Dictionary(uniqueKeysWithValues: ours.map { ($0.name, OfferUp.capabilities(of: $0)) })
  }

  /// Scans the listing files and plans, from files and journal alone: no network, no lock.
  /// `looking` makes the accounts whose live copies are to be looked at first; nothing of that is recorded.
  func plan(
    _ selection: Selection = Selection(), mode: PlanInput.Mode = .once,
    looking: (() async throws -> [Executor.Account])? = nil
  ) async throws -> Planned {
    // Who looks at live copies shows a plan, which can be had without a journal.
    var ledger = try readLedger(mayBeLost: looking != nil)
    let marker: Marker =
      ledger.map { $0.isUnused ? .acceptable(lineage: $0.lineage) : .expected(lineage: $0.lineage) } ?? .none
    var loader = Loader(loaded, options: loadingOptions(marker: marker))
    let wanted = await loader.scanConcurrently()
    try KnownNames(config: config, wanted: wanted, ledger: ledger).check(selection)
    var failures: [MarketplaceFailure] = []
    if let looking, let recorded = ledger {
      let accounts = try await looking().filter { selection.account == nil || $0.name == selection.account }
      let seen = await LiveCopies.refreshed(recorded, accounts, config, wanted)
      (ledger, failures) = (seen.ledger, seen.failures)
    }
    var input = PlanInput(
      wanted, ledger, config, Setting.capabilities, now: Ambient.system.now(), mode: mode)
    input.narrow(to: selection)
    input.accountCapabilities = accountCapabilities
    var plan = worded(Planner.plan(input).with(loaded.problems))
    plan.choice.isRefreshed = looking != nil
    return Planned(plan: plan, ledger: ledger, loader: loader, wanted: wanted, failures: failures)
  }
}

/// A plan, and what it was made from.
struct Planned {
  let plan: Plan
  let ledger: Ledger?
  let loader: Loader
  let wanted: Wanted
  /// Why accounts could not be looked at.
  let failures: [MarketplaceFailure]
}

extension Plan {
  /// The config's warnings belong to the plan as well.
  func with(_ problems: [Problem]) -> Plan {
    guard !problems.isEmpty else { return self }
    var plan = self
    plan.problems = (problems + plan.problems).sorted()
    return plan
  }
}

extension Problem {
  /// `listings/x.yaml:4:8: error: … [listing/price-scale]`
  var text: String {
    let account = account.map { " (\($0))" } ?? ""
    return Escaping.line("\(place): \(severity.rawValue): \(message)\(account) [\(rule)]")
  }
}

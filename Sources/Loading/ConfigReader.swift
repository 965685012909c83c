import Glibc
import Listings
import YAML

package enum ConfigReader {
  /// Reads hawker.yaml. Without a file the documented defaults stand and the shop is `folder`. Never throws for bad
  /// content: the problems say it, and with an error among them nothing may be done.
  package static func read(file: String?, folder: String) -> LoadedConfig {
    guard let file else { return standing(in: Paths.absolute(folder)) }
    let path = Paths.absolute(file, from: Paths.absolute(folder))
    let shop = Paths.parent(path)
    var loaded = standing(in: shop)
    loaded.config.file = path
    loaded.configName = Paths.last(path)
    var buffer = FileBuffer()
    switch contents(path, &buffer) {
    case .success(let count):
      interpret(buffer.bytes.span.extracting(0..<count), &loaded)
      loaded.digest = Digest(of: Array(buffer.bytes[..<count]))
    case .failure(let reason):
      loaded.problems = [
        Problem(
          .error, rule: Rule.configUnreadable.rawValue, file: loaded.configName,
          message: "\(path) can't be read: \(reason.text)")
      ]
    }
    loaded.problems.sort()
    return loaded
  }

  /// Reads the bytes of a hawker.yaml that stands as `name` in the folder `shop`.
  static func read(_ bytes: Span<UInt8>, name: String, shop: String) -> LoadedConfig {
    var loaded = standing(in: shop)
    loaded.configName = name
    interpret(bytes, &loaded)
    loaded.problems.sort()
    return loaded
  }

  /// What holds without a word in any file.
  private static func standing(in shop: String) -> LoadedConfig {
    var facebook = Config.Account(name: "facebook", marketplace: "facebook")
    facebook.isEnabled = true
    return LoadedConfig(
      config: Config(
        shop: shop, listings: Paths.absolute("listings", from: shop), state: Paths.absolute("state", from: shop),
        accounts: [facebook, Config.Account(name: "offerup", marketplace: "offerup")]))
  }

  private struct Reason: Error { var text: String }

  private static func contents(_ path: String, _ buffer: inout FileBuffer) -> Result<Int, Reason> {
    // Unlike a listing, the config may be a link: deployments place it that way.
    let real = realpath(path, nil)
    defer { free(real) }
    let file = real.map { String(cString: $0) } ?? path
    switch Files.isOdd(file, in: AT_FDCWD) ? .notRegular : buffer.read(file, in: AT_FDCWD) {
    case .read(let count, _): return .success(count)
    case .notRegular: return .failure(Reason(text: "it is no regular file; write hawker.yaml as a file"))
    case .tooLarge: return .failure(Reason(text: "it is larger than 256 KiB; make it smaller"))
    case .changing: return .failure(Reason(text: "it keeps changing; wait until it is written"))
    case .vanished:
      return .failure(Reason(text: "there is no such file; make one with `hawker init`, or correct --config"))
    case .failed(let reason): return .failure(Reason(text: reason))
    }
  }

  private static func interpret(_ bytes: Span<UInt8>, _ loaded: inout LoadedConfig) {
    var interpreter = Interpreter(file: loaded.configName, source: Source.config, dialect: .config)
    var entries: Entries?
    var mark = Mark(line: 1, column: 1)
    do throws(YAMLError) {
      try EventReader.read(bytes) { (events) throws(YAMLError) in
        while try events.next() != .streamEnd {
          guard events.kind == .documentStart else { continue }
          let isSecond = entries != nil
          try events.next()
          if isSecond {
            interpreter.note(.configEmpty, events, "hawker.yaml holds a second document; keep one")
            try interpreter.skip(&events)
          } else if events.kind == .mappingStart {
            mark = interpreter.mark(events)
            entries = try interpreter.map(KeySet.config, &events)
          } else {
            try interpreter.skip(&events)
          }
        }
      }
    } catch {
      interpreter.dropEchoes(of: error, from: nil)
      interpreter.note(error)
    }
    if let entries {
      var assembly = ConfigAssembly(interpreter: interpreter, loaded: loaded)
      assembly.take(entries)
      loaded = assembly.loaded
      interpreter = assembly.interpreter
    } else if interpreter.problems.isEmpty {
      interpreter.note(
        .configEmpty, line: Int(mark.line), column: Int(mark.column),
        "hawker.yaml must be a map: lines of KEY: VALUE, the first of them version: 1")
    }
    loaded.problems = interpreter.problems
  }
}

/// Puts the entries of hawker.yaml into a config.
struct ConfigAssembly {
  var interpreter: Interpreter
  var loaded: LoadedConfig

  mutating func take(_ entries: Entries) {
    if let entry = entries.find(.version), case .integer(let version) = entry.value, version != 1 {
      note(
        .configVersion, entry.mark,
        "this hawker reads version 1, and the file says \(version); write version: 1, or update hawker")
    }
    let shop = loaded.config.shop
    if let path = text(entries, .listings) { loaded.config.listings = Paths.absolute(path, from: shop) }
    if let path = text(entries, .state) { loaded.config.state = Paths.absolute(path, from: shop) }
    if case .named(let accounts)? = entries.find(.accounts)?.value { takeAccounts(accounts) }
    if case .named(let categories)? = entries.find(.categories)?.value { takeCategories(categories) }
    if case .map(let defaults)? = entries.find(.defaults)?.value {
      loaded.defaults = defaults
      checkAccounts(of: defaults)
    }
    if case .map(let guards)? = entries.find(.guards)?.value { takeGuards(guards) }
    if case .map(let sync)? = entries.find(.sync)?.value { takeSync(sync) }
    if case .map(let web)? = entries.find(.web)?.value { takeWeb(web) }
  }

  // MARK: Accounts and categories

  private mutating func takeAccounts(_ named: [NamedValue]) {
    var accounts: [Config.Account] = []
    for entry in named {
      if !ConfigAssembly.isAccountName(entry.name) {
        let hint = Interpreter.repair(entry.name)
        note(
          .configAccountName, entry.mark,
          "the account's name \(Interpreter.shown(entry.name)) must be lower-case letters, digits and hyphens"
            + (hint.isEmpty ? "" : "; write for example \(hint)"))
      }
      guard case .map(let map) = entry.value, let marketplace = map.find(.marketplace),
        case .text(let name) = marketplace.value
      else {
        if case .map(let map) = entry.value, map.isInvalid(ConfigKey.marketplace.rawValue) { continue }
        note(
          .configAccountMarketplace, entry.mark,
          "the account \(Interpreter.shown(entry.name)) doesn't say its marketplace; add marketplace: facebook, or offerup"
        )
        continue
      }
      loaded.accountMarks[entry.name] = marketplace.mark
      accounts.append(account(entry.name, name, map))
    }
    loaded.config.accounts = accounts.sorted { $0.name < $1.name }
  }

  private mutating func account(_ name: String, _ marketplace: String, _ map: Entries) -> Config.Account {
    var account = Config.Account(name: name, marketplace: marketplace)
    let foreign: [String: [(ConfigKey, String)]] = [
      "facebook": [(.apiURL, "api_url"), (.extensions, "extensions")],
      "offerup": [(.pageID, "page_id"), (.graphURL, "graph_url"), (.apiVersion, "api_version")],
    ]
    for (key, word) in foreign[marketplace] ?? [] {
      guard let entry = map.find(key) else { continue }
      note(.configKeyPlace, entry.mark, "\(word) means nothing to an account of \(marketplace); remove it")
    }
    if case .flag(let flag)? = map.find(ConfigKey.enabled)?.value { account.isEnabled = flag }
    if case .flag(let flag)? = map.find(.extensions)?.value { account.extensions = flag }
    checkWords(of: map)
    account.pageID = text(map, .pageID)
    account.graphURL = text(map, .graphURL) ?? account.graphURL
    account.apiVersion = text(map, .apiVersion) ?? account.apiVersion
    account.apiURL = text(map, .apiURL) ?? account.apiURL
    account.loginURL = text(map, .loginURL)
    account.concurrency = integer(map, .concurrency)
    account.requestsPerSecond = integer(map, .requestsPerSecond)
    account.newPostsPerDay = integer(map, .newPostsPerDay)
    account.rollout = integer(map, .rollout)
    return account
  }

  /// Both become a part of every address: what is no id would lead elsewhere.
  private mutating func checkWords(of account: Entries) {
    if let entry = account.find(.apiVersion), case .text(let text) = entry.value, !ConfigAssembly.isVersion(text) {
      note(
        .configText, entry.mark,
        "api_version is \(Interpreter.shown(text)); write it as Meta does, such as v26.0")
    }
    if let entry = account.find(.pageID), case .text(let text) = entry.value, !ConfigAssembly.isPageID(text) {
      note(
        .configText, entry.mark,
        "page_id is \(Interpreter.shown(text)); write the page's number, as Facebook shows it under the page's details")
    }
  }

  private static func isVersion(_ text: String) -> Bool {
    let parts = text.utf8.dropFirst().split(separator: 0x2E, omittingEmptySubsequences: false)
    return text.utf8.first == 0x76 && parts.count == 2
      && parts.allSatisfy { (1...4).contains($0.count) && $0.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
  }

  /// A number, or a page's name: letters, digits, hyphens, and dots between them.
  private static func isPageID(_ text: String) -> Bool {
    text.utf8.count <= 128
      && text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty
          && part.allSatisfy {
            $0 >= 0x30 && $0 <= 0x39 || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 == 0x2D || $0 == 0x5F
          }
      }
  }

  static func isAccountName(_ name: String) -> Bool { Interpreter.isIdentifier(name) }

  private mutating func takeCategories(_ named: [NamedValue]) {
    for entry in named {
      if entry.name.allSatisfy(\.isWhitespace) {
        note(.configText, entry.mark, "a category's word is empty; write the word that listings say")
      }
      guard case .named(let row) = entry.value else { continue }
      for target in row {
        guard case .text(let word) = target.value else { continue }
        loaded.config.categories[entry.name, default: [:]][target.name] = word
        loaded.categoryMarks[entry.name, default: [:]][target.name] = target.mark
      }
    }
  }

  private mutating func checkAccounts(of defaults: Entries) {
    let names = loaded.config.accounts.map(\.name)
    for selection in LayerStack.Selection.all(of: defaults.find(.marketplaces), isBelow: true)
    where !names.contains(selection.name) {
      note(
        .accountUnknown, selection.mark,
        "there is no account \(Interpreter.shown(selection.name)) under accounts\(Suggestion.text(for: selection.name, among: names))"
      )
    }
  }

  // MARK: The other sections

  private mutating func takeGuards(_ map: Entries) {
    var guards = Config.Guards()
    guards.withdrawals = integer(map, .withdrawals) ?? guards.withdrawals
    guards.updates = integer(map, .updates) ?? guards.updates
    guards.priceDrop = integer(map, .priceDrop) ?? guards.priceDrop
    guards.grace = duration(map, .grace) ?? guards.grace
    loaded.config.guards = guards
  }

  private mutating func takeSync(_ map: Entries) {
    var sync = Config.Sync()
    sync.settle = pause(map, .settle, "settle", least: .milliseconds(10)) ?? sync.settle
    sync.rescan = pause(map, .rescan, "rescan", least: .seconds(1)) ?? sync.rescan
    // Without looks, what the marketplaces tell of by themselves is all that is heard.
    sync.refresh = pause(map, .refresh, "refresh", least: .seconds(60), zero: "never") ?? sync.refresh
    sync.absenceAfter = duration(map, .absenceAfter) ?? sync.absenceAfter
    sync.concurrency = integer(map, .concurrency) ?? sync.concurrency
    sync.requestsPerSecond = integer(map, .requestsPerSecond) ?? sync.requestsPerSecond
    sync.rollout = integer(map, .rollout) ?? sync.rollout
    loaded.config.sync = sync
  }

  /// A time that comes round again and again: a shorter one would keep a core, or a marketplace, busy for nothing.
  private mutating func pause(
    _ map: Entries, _ key: ConfigKey, _ name: String, least: Duration, zero: String? = nil
  ) -> Duration? {
    guard let entry = map.find(key), case .duration(let duration) = entry.value else { return nil }
    if duration >= least || zero != nil && duration == .zero { return duration }
    note(
      .configDuration, entry.mark,
      "\(name) is \(Interpreter.text(duration)); the least is \(Interpreter.text(least))"
        + (zero.map { ", or 0s for \($0)" } ?? ""))
    return nil
  }

  private mutating func takeWeb(_ map: Entries) {
    if let listen = text(map, .listen) { loaded.config.web.listen = listen == "off" ? nil : listen }
    loaded.config.web.publicURL = text(map, .publicURL)
  }

  private func text(_ map: Entries, _ key: ConfigKey) -> String? {
    if case .text(let text)? = map.find(key)?.value { text } else { nil }
  }

  private func integer(_ map: Entries, _ key: ConfigKey) -> Int? {
    if case .integer(let number)? = map.find(key)?.value { number } else { nil }
  }

  private func duration(_ map: Entries, _ key: ConfigKey) -> Duration? {
    if case .duration(let duration)? = map.find(key)?.value { duration } else { nil }
  }

  private mutating func note(_ rule: Rule, _ mark: Mark, _ message: String) {
    interpreter.note(rule, line: Int(mark.line), column: Int(mark.column), message)
  }
}

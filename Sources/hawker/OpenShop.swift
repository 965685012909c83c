import Executing
import Journaling
import Listings
import Loading
import Marketplaces
import Reconciling
import Sandbox
import Synchronization
import Web

/// A shop opened for writing: its journal locked, its accounts made, the sandbox started where that was asked for.
struct OpenShop: Sendable {
  let shop: Shop
  let sandbox: SandboxServer?
  let address: SandboxAddress?
  private let setting: Setting
  private let photos: PhotoIndex
  private let uploads: UploadCache
  private let observation: Observation?

  /// `observation`: who sees what is done; nil: nobody.
  static func open(_ setting: Setting, _ observation: Observation? = nil) async throws -> OpenShop {
    try setting.refuseNoShop()
    // Before the journal, which needs some too.
    if setting.isSandbox { try Descriptors.ready() }
    let journal = try openJournal(setting, observation)
    let photos = PhotoIndex()
    var server: SandboxServer?
    var address: SandboxAddress?
    if setting.isSandbox {
      (server, address) = try await startSandbox(setting, photos)
    }
    return OpenShop(setting, journal, photos, server, address, observation)
  }

  private init(
    _ setting: Setting, _ journal: Journal, _ photos: PhotoIndex, _ server: SandboxServer?,
    _ address: SandboxAddress?, _ observation: Observation?
  ) {
    self.setting = setting
    self.observation = observation
    self.photos = photos
    sandbox = server
    self.address = address
    uploads = UploadCache(setting.config.state, now: Ambient.system.now())
    let connections = Connections(sandbox: address, uploads: UploadStore(uploads))
    shop = OpenShop.shop(setting, journal, photos, connections, observation)
  }

  /// Where the bytes of a photo are that a wanted or a live listing refers to.
  func photo(_ name: String) -> String? { photos.path(of: name, live: { [shop] in shop.journal.ledger }) }

  private static func shop(
    _ setting: Setting, _ journal: Journal, _ photos: PhotoIndex, _ connections: Connections,
    _ observation: Observation?
  ) -> Shop {
    // A new journal marks its root; an old one expects its mark there.
    let marker: Marker =
      journal.opening.isUnused
      ? .acceptable(lineage: journal.ledger.lineage) : .expected(lineage: journal.ledger.lineage)
    var accounts = connections.accounts(of: setting.config)
    if let observation {
      for index in accounts.indices {
        accounts[index].marketplace = observation.timing(accounts[index].marketplace, of: accounts[index].name)
      }
    }
    var shop = Shop(
      loaded: setting.loaded,
      options: setting.loadingOptions(marker: marker, photosURL: connections.sandbox?.photosURL),
      accounts: accounts, journal: journal, ambient: .system,
      markFolder: setting.markFolder, scanned: { photos.learn($0) })
    shop.isSandbox = setting.isSandbox
    shop.window = observation?.window
    if observation != nil { shop.ambient.promptExecutor = WebThreads.shared }
    shop.earlier = { setting.scene(usesCache: true).cache?.scan }
    return shop
  }

  /// The same journal and sandbox with a config read anew.
  /// From the file that it was read from: one that went away is an error, and no reason to go on with the defaults.
  func reopened() -> Result<Shop, Reconciler.ConfigRefusal> {
    let loaded = ConfigReader.read(file: setting.config.file, folder: setting.config.shop)
    let next = Setting(loaded: loaded, isSandbox: setting.isSandbox)
    let errors = next.configErrors
    guard errors.isEmpty else { return .failure(.init(problems: errors)) }
    guard next.config.state == setting.config.state else {
      let problem = Problem(
        .error, rule: "config/state-moved", file: loaded.config.file,
        message: "`state` can't change while hawker runs; stop it, move the directory, start it again")
      return .failure(.init(problems: [problem]))
    }
    guard next.config.web == setting.config.web else {
      let problem = Problem(
        .error, rule: "config/web-moved", file: loaded.config.file,
        message: "`web` can't change while hawker runs; start it again")
      return .failure(.init(problems: [problem]))
    }
    let connections = Connections(sandbox: address, uploads: UploadStore(uploads))
    return .success(OpenShop.shop(next, shop.journal, photos, connections, observation))
  }

  /// Gives why the journal had failed, if it had. The mark tells of everything that was acknowledged all the same: an older
  /// copy that was put in the journal's place is then refused.
  func close() async -> JournalError? {
    let failure = await shop.journal.close()
    Lineage.advance(shop)
    await sandbox?.stop()
    return failure
  }

  /// Not where the root knows of a journal and there is none, or a newer one than this.
  private static func openJournal(_ setting: Setting, _ observation: Observation?) throws -> Journal {
    _ = try setting.readLedger()
    do throws(JournalError) {
      let disk = LocalDisk()
      let journal = try Journal.open(
        setting.config.state,
        JournalSetting(
          program: Version.text, now: Ambient.system.now, disk: observation?.timing(disk) ?? disk))
      for note in journal.opening.messages { Console.error(note) }
      return journal
    } catch {
      throw Exit(error)
    }
  }

  static func startSandbox(
    _ setting: Setting, _ photos: PhotoIndex
  ) async throws -> (SandboxServer, SandboxAddress) {
    try Descriptors.ready()
    var options = SandboxOptions()
    options.directory = setting.marketplacesFolder
    options.photoFile = { photos[$0] }
    options.faults = try SandboxFaults.fromEnvironment()
    do {
      let server = try SandboxServer(options)
      return (server, try await server.start())
    } catch {
      throw Exit(.failed, "the sandbox can't start: \(error)")
    }
  }
}

extension UploadStore {
  init(_ cache: UploadCache) {
    self.init(
      recall: { name in cache[name].map { Upload(remoteID: $0.remoteID, at: $0.at) } },
      keep: { name, upload in cache.keep(name, upload?.remoteID, at: upload?.at ?? Ambient.system.now()) })
  }
}

/// Faults for the sandbox that runs inside `apply --sandbox` and `run --sandbox`: `HAWKER_SANDBOX_FAULTS`, separated by
/// spaces, each as `hawker sandbox --fault` takes it.
enum SandboxFaults {
  static func fromEnvironment() throws -> [Fault] {
    try (Environment["HAWKER_SANDBOX_FAULTS"] ?? "").split(separator: " ").map { try parse(String($0)) }
  }

  static func parse(_ text: String) throws -> Fault {
    do {
      return try Fault(text)
    } catch {
      throw Exit(.usage, "--fault: \(error)")
    }
  }
}

/// Where a photo's bytes are, by digest and ending: what the sandbox serves and copies, and the web server.
final class PhotoIndex: Sendable {
  private struct Fields {
    var wanted: [String: String] = [:]
    /// Photos of earlier scans: a live post may refer to one whose listing is no longer there.
    var earlier: [String: String] = [:]
    /// What live posts refer to, at that place of the journal.
    var live: (sequence: Int, names: Set<String>)?
  }

  private static let earlierLimit = 50_000

  private let fields = Mutex(Fields())

  func learn(_ wanted: Wanted) {
    var found: [String: String] = [:]
    for post in wanted.listings.lazy.flatMap(\.posts) {
      for photo in post.photos {
        if case .file(let digest, let format) = photo.reference, let path = photo.path {
          found["\(digest.hex).\(format.rawValue)"] = path
        }
      }
    }
    fields.withLock { fields in
      if fields.earlier.count > PhotoIndex.earlierLimit { fields.earlier = [:] }
      for (name, path) in fields.wanted where found[name] == nil { fields.earlier[name] = path }
      fields.wanted = found
    }
  }

  /// Of a wanted listing.
  subscript(name: String) -> String? { fields.withLock { $0.wanted[name] } }

  /// Of a wanted or a live listing.
  func path(of name: String, live ledger: () -> Ledger) -> String? {
    let (wanted, earlier) = fields.withLock { ($0.wanted[name], $0.earlier[name]) }
    guard wanted == nil, let earlier else { return wanted }
    let ledger = ledger()
    return fields.withLock { fields in
      if fields.live?.sequence != ledger.sequence { fields.live = (ledger.sequence, ledger.livePhotos) }
      return fields.live?.names.contains(name) == true ? earlier : nil
    }
  }
}

extension Ledger {
  fileprivate var livePhotos: Set<String> {
    var names: Set<String> = []
    for record in records.values where record.isLive {
      for case .file(let digest, let format) in record.content?.photos ?? [] {
        names.insert("\(digest.hex).\(format.rawValue)")
      }
    }
    return names
  }
}

import Foundation
import Glibc
import Listings
import Marketplaces
import Support
import Synchronization
import Testing

@testable import hawker

struct CredentialStoreTests {
  @Test func whatIsKeptIsReadAgainByOthers() throws {
    try Shelf.with { shelf in
      let credential = Shelf.credential()
      try shelf.keep(credential)
      try shelf.keep(Shelf.credential(token: "other", id: nil), for: "offerup")
      #expect(try shelf.store.read() == ["facebook": credential, "offerup": Shelf.credential(token: "other", id: nil)])
      try shelf.keep(nil)
      #expect(try Array(shelf.store.read().keys) == ["offerup"])
    }
  }

  @Test func onlyTheUserCanReadIt() throws {
    try Shelf.with { shelf in
      try shelf.keep(Shelf.credential())
      #expect(try shelf.mode(shelf.store.path) == 0o600)
      #expect(try shelf.mode(shelf.directory) == 0o700)
      #expect(try shelf.mode(shelf.directory + "/credentials.lock") == 0o600)
      #expect(try shelf.files() == ["credentials.json", "credentials.lock"])
    }
  }

  @Test(arguments: [0o640, 0o604, 0o620] as [mode_t]) func aFileThatOthersCanOpenIsRefused(mode: mode_t) throws {
    try Shelf.with { shelf in
      try shelf.keep(Shelf.credential())
      chmod(shelf.store.path, mode)
      let refusal = #expect(throws: CredentialError.self) { try shelf.store.read() }
      #expect(refusal?.message.contains("chmod 600 \(shelf.store.path)") == true)
      #expect(throws: CredentialError.self) { try shelf.keep(Shelf.credential(token: "new")) }
    }
  }

  @Test func aDirectoryThatOthersCanWriteIntoIsRefused() throws {
    try Shelf.with { shelf in
      try shelf.keep(Shelf.credential())
      chmod(shelf.directory, 0o777)
      let refusal = #expect(throws: CredentialError.self) { try shelf.store.read() }
      #expect(refusal?.message.contains("chmod 700") == true)
    }
  }

  @Test func noSecretIsKeptWhereFilesAreCommitted() throws {
    try Shelf.with { shelf in
      // Through a link as well.
      try FileManager.default.createDirectory(
        atPath: shelf.folder.path + "/shop/state", withIntermediateDirectories: true)
      symlink(shelf.folder.path + "/shop/state", shelf.folder.path + "/elsewhere")
      let inside = CredentialStore(
        directory: shelf.folder.path + "/elsewhere/hawker", outside: [shelf.folder.path + "/shop/state"])
      #expect(throws: CredentialError.self) { try Shelf.locks(inside) }
      #expect(!FileManager.default.fileExists(atPath: shelf.folder.path + "/shop/state/hawker"))
      let beside = CredentialStore(
        directory: shelf.folder.path + "/shop/state-of-mine/hawker", outside: [shelf.folder.path + "/shop/state"])
      #expect(try Shelf.locks(beside))
    }
  }

  /// Each of them as on a full or a broken disk.
  @Test(arguments: ["write", "sync", "rename"]) func aWriteThatFailsLeavesTheOldOne(step: String) throws {
    try Shelf.with { shelf in
      let old = Shelf.credential()
      try shelf.keep(old)
      var broken = shelf.store
      switch step {
      case "write": broken.steps.write = { _, _ in Shelf.fail(ENOSPC) }
      case "sync": broken.steps.sync = { _ in Int32(Shelf.fail(EIO)) }
      default: broken.steps.rename = { _, _ in Int32(Shelf.fail(ENOSPC)) }
      }
      let failure = #expect(throws: CredentialError.self) {
        guard let lock = try broken.tryLock() else { return }
        try broken.keep(Shelf.credential(token: "new"), for: "facebook", lock)
      }
      #expect(failure?.message.contains("can't write it") == true)
      #expect(failure?.message.contains("new") == false)
      #expect(try shelf.store.read() == ["facebook": old])
      #expect(try shelf.files() == ["credentials.json", "credentials.lock"])
    }
  }

  @Test func aHalfWrittenFileOfOneThatDiedIsNoObstacle() throws {
    try Shelf.with { shelf in
      try shelf.keep(Shelf.credential())
      try "half".write(toFile: shelf.store.path + ".new", atomically: false, encoding: .utf8)
      try shelf.keep(Shelf.credential(token: "new"))
      #expect(try shelf.store.read()["facebook"]?.grant.token == Secret("new"))
    }
  }

  @Test(arguments: [
    "", "{", "{}", #"{"format":"hawker.credentials/2","accounts":{}}"#,
    #"{"format":"hawker.credentials/1","accounts":{"a":{"token":"tell-tale"}}}"#,
  ])
  func whatIsNoStoreIsNeitherReadNorReplacedNorQuoted(text: String) throws {
    try Shelf.with { shelf in
      try shelf.keep(Shelf.credential())
      try Data(text.utf8).write(to: URL(filePath: shelf.store.path))
      let failure = #expect(throws: CredentialError.self) { try shelf.store.read() }
      #expect(failure?.message.contains("tell-tale") == false)
      #expect(throws: CredentialError.self) { try shelf.keep(Shelf.credential()) }
      #expect(try String(contentsOfFile: shelf.store.path, encoding: .utf8) == text)
    }
  }

  @Test func oneWriterAtATime() throws {
    try Shelf.with { shelf in
      try shelf.whileLocked {
        let isFree = try Shelf.locks(shelf.store)
        #expect(!isFree)
      }
      #expect(try Shelf.locks(shelf.store))
    }
  }

  @Test func writersAtOnceLoseNothingOfEachOther() async throws {
    let shelf = try Shelf()
    defer { shelf.folder.remove() }
    let time = VirtualTime()
    try await time.run {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<30 {
          group.addTask {
            let lock = try await shelf.store.lock(time.ambient)
            // Others get their turn while it is held.
            try await time.sleep(.milliseconds(70))
            try shelf.store.keep(Shelf.credential(token: "token-\(number)"), for: "account-\(number)", lock)
          }
        }
        try await group.waitForAll()
      }
    }
    #expect(try shelf.store.read().count == 30)
  }

  @Test func whoeverWaitsForTheLockGetsItOrIsTold() async throws {
    let shelf = try Shelf()
    defer { shelf.folder.remove() }
    try shelf.keep(nil)
    let time = VirtualTime()
    let held = Glibc.open(shelf.directory + "/credentials.lock", O_RDWR | O_CREAT, 0o600)
    defer { close(held) }
    #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
    await time.run {
      let failure = await #expect(throws: CredentialError.self) { _ = try await shelf.store.lock(time.ambient) }
      #expect(failure?.message.contains("too long") == true)
    }
    #expect(time.elapsed >= .seconds(90))
  }

  @Test func withoutAHomeThereIsNothingAndNowhereToKeepIt() throws {
    let store = CredentialStore(directory: nil)
    #expect(try store.read().isEmpty)
    #expect(throws: CredentialError.self) { try Shelf.locks(store) }
  }

  @Test func aChangeShowsInTheStamp() throws {
    try Shelf.with { shelf in
      #expect(shelf.store.stamp == nil)
      try shelf.keep(Shelf.credential())
      let first = shelf.store.stamp
      #expect(first != nil && first == shelf.store.stamp)
      try shelf.keep(Shelf.credential())
      #expect(shelf.store.stamp != first)
    }
  }
}

/// A store in a folder of its own.
struct Shelf: Sendable {
  let folder: TemporaryFolder
  let store: CredentialStore
  var directory: String { folder.path + "/config/hawker" }

  init() throws {
    folder = try TemporaryFolder()
    store = CredentialStore(directory: folder.path + "/config/hawker")
  }

  static func with(_ body: (Shelf) throws -> Void) throws {
    let shelf = try Shelf()
    defer { shelf.folder.remove() }
    try body(shelf)
  }

  func keep(_ credential: StoredCredential?, for account: String = "facebook") throws {
    guard let lock = try store.tryLock() else { throw CredentialError("locked") }
    try store.keep(credential, for: account, lock)
  }

  @discardableResult
  static func locks(_ store: CredentialStore) throws -> Bool {
    let lock = try store.tryLock()
    return lock != nil
  }

  func whileLocked(_ body: () throws -> Void) throws {
    let lock = try store.tryLock()
    #expect(lock != nil ? true : false)
    try body()
  }

  func mode(_ path: String) throws -> mode_t {
    var status = stat()
    #expect(stat(path, &status) == 0)
    return status.st_mode & 0o777
  }

  func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }

  static let now = Timestamp(milliseconds: 1_795_000_000_000)

  static func credential(token: String = "page-token", id: String? = "10001") -> StoredCredential {
    var grant = Grant(token: Secret(token), id: id, name: "Shop “Zwölf”", issuedAt: now, expiresAt: now)
    grant.scopes = ["pages_manage_posts"]
    grant.businessID = "7"
    return StoredCredential(grant, for: Config.Account(name: "facebook", marketplace: "facebook"))
  }

  static func fail(_ code: Int32) -> Int {
    errno = code
    return -1
  }
}

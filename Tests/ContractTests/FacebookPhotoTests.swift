import Curl
import Facebook
import Glibc
import Listings
import Marketplaces
import Support
import Testing

@Suite(Sharing.connections) struct FacebookPhotoTests {
  /// Numbers the uploads.
  private func bench(_ photo: @escaping @Sendable (ScriptedServer.Received) -> ScriptedServer.Answer) -> Bench {
    Bench { request in
      request.target.hasSuffix("/photos") ? photo(request) : .init(200, #"{"id":"10001_7","success":true}"#)
    }
  }

  /// The id tells which address was uploaded.
  private static let named: @Sendable (ScriptedServer.Received) -> ScriptedServer.Answer = { request in
    let name = request.text.split(separator: "%2F").last.map { $0.prefix { $0 != "." } } ?? ""
    return .init(200, #"{"id":"photo-\#(name)"}"#)
  }

  private func file(_ folder: TemporaryFolder, _ bytes: [UInt8]) throws -> Photo {
    let path = try folder.write("a.jpg", bytes)
    return Photo(reference: .file(Digest(of: bytes), .jpeg), path: path, size: bytes.count)
  }

  @Test func addressesArePassedOnUnpublishedAndKeepTheirOrder() async throws {
    let bench = bench(Self.named)
    defer { bench.server.stop() }
    let names = (0..<9).map { "p\($0)" }
    _ = try await bench.facebook().create(Bench.draft(photos: names.map(Bench.address)))
    let requests = bench.requests
    #expect(requests.dropLast().allSatisfy { $0.target == "/v26.0/10001/photos" })
    #expect(requests.map(\.text).contains("url=https%3A%2F%2Fimg.example%2Fp0.jpg&published=false"))
    let ids = names.map { #""photo-\#($0)""# }.joined(separator: ",")
    #expect(requests.last?.text.contains(#""photo_ids":[\#(ids)]"#) == true)
  }

  @Test func aFileIsUploadedUnpublished() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bench = bench { _ in .init(200, #"{"id":"5"}"#) }
    defer { bench.server.stop() }
    _ = try await bench.facebook().create(Bench.draft(photos: [try file(folder, Array("JPEG bytes".utf8))]))
    let upload = bench.requests[0].text
    #expect(upload.contains("name=\"published\"\r\n\r\nfalse\r\n"))
    #expect(
      upload.contains("name=\"source\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\nJPEG bytes\r\n"))
    #expect(bench.requests[1].text.contains(#""photo_ids":["5"]"#))
  }

  @Test func aFileThatChangedIsNotUploadedAndNothingIsPosted() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bench = bench(Self.named)
    defer { bench.server.stop() }
    let photo = try file(folder, [1, 2, 3])
    try folder.write("a.jpg", [1, 2, 4])
    let facebook = bench.facebook()
    let failure = await failure { () throws(MarketplaceFailure) in
      _ = try await facebook.create(Bench.draft(photos: [photo]))
    }
    #expect(failure?.code == "unavailable")
    #expect(failure?.detail.message.contains("changed on disk") == true)
    #expect(bench.requests.isEmpty)
  }

  @Test func aFileThatChangesWhileItIsSentIsNotUsed() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bench = bench { _ in
      _ = try? folder.write("a.jpg", [9, 9, 9])
      return .init(200, #"{"id":"5"}"#)
    }
    defer { bench.server.stop() }
    let photo = try file(folder, [1, 2, 3])
    let facebook = bench.facebook()
    #expect(
      await outcome { () throws(MarketplaceFailure) in
        _ = try await facebook.create(Bench.draft(photos: [photo]))
      } == "unavailable")
    #expect(bench.requests.map(\.target) == ["/v26.0/10001/photos"])
  }

  /// Checked, and then another file in its place: what was checked is what is sent, or nothing is posted.
  @Test func aFileInItsPlaceIsNeverSent() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bench = bench { _ in .init(200, #"{"id":"5"}"#) }
    defer { bench.server.stop() }
    let photo = try file(folder, Array("the right one".utf8))
    let other = try folder.write("b.jpg", Array("the wrong one".utf8))
    // Who is asked first; the upload waits for its turn, and that is when it happens.
    var ambient = bench.time.ambient
    let sleep = ambient.sleep
    ambient.sleep = { (pause) async throws(CancellationError) in
      rename(other, photo.path ?? "")
      try await sleep(pause)
    }
    var account = Config.Account(name: "facebook", marketplace: "facebook")
    (account.graphURL, account.pageID) = (bench.server.url, "10001")
    let facebook = Facebook(
      account: account, token: Secret("t"), appSecret: nil, pace: Pace(requestsPerSecond: 1, ambient: ambient),
      client: Client(), ambient: ambient)
    await bench.time.run {
      let code = await outcome { () throws(MarketplaceFailure) in
        _ = try await facebook.create(Bench.draft(photos: [photo]))
      }
      #expect(code == "unavailable")
    }
    #expect(access(other, F_OK) != 0, "it was put there")
    #expect(bench.requests.map { $0.text.contains("the right one") } == [true])
  }

  /// Nobody writes to it: waiting for that would hold an upload, and the account's others, for ever.
  @Test(arguments: ["fifo", "link", "folder"])
  func whatIsNoFileAnyMoreIsNotWaitedFor(kind: String) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let bench = bench(Self.named)
    defer { bench.server.stop() }
    let photo = try file(folder, [1, 2, 3])
    let (path, real) = (try #require(photo.path), try folder.write("b.jpg", [1, 2, 3]))
    unlink(path)
    switch kind {
    case "fifo": #expect(mkfifo(path, 0o600) == 0)
    case "link": #expect(symlink(real, path) == 0)
    default: #expect(mkdir(path, 0o700) == 0)
    }
    let facebook = bench.facebook()
    let failure = await failure { () throws(MarketplaceFailure) in
      _ = try await facebook.create(Bench.draft(photos: [photo]))
    }
    #expect(failure?.code == "unavailable" && failure?.detail.message.contains("changed on disk") == true)
    #expect(bench.requests.isEmpty)
  }

  @Test func aMissingFileIsUnavailable() async {
    let bench = bench(Self.named)
    defer { bench.server.stop() }
    let photo = Photo(reference: .file(Digest(of: "x"), .png), path: "/nowhere/x.png", size: 1)
    let facebook = bench.facebook()
    #expect(
      await outcome { () throws(MarketplaceFailure) in
        _ = try await facebook.create(Bench.draft(photos: [photo]))
      } == "unavailable")
  }

  @Test func uploadsAreSharedAndRememberedForLessThanADay() async throws {
    let bench = bench(Self.named)
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let draft = Bench.draft(photos: [Bench.address("a"), Bench.address("a")])
    try await bench.time.run {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 { group.addTask { _ = try await facebook.create(draft) } }
        try await group.waitForAll()
      }
      try await facebook.update("10001_7", to: draft, changed: [.photos])
    }
    func uploads() -> Int { bench.requests.filter { $0.target.hasSuffix("/photos") }.count }
    #expect(uploads() == 1)
    try await bench.time.run { try await bench.time.sleep(.seconds(11 * 3600)) }
    _ = try await facebook.create(draft)
    #expect(uploads() == 1)
    try await bench.time.run { try await bench.time.sleep(.seconds(2 * 3600)) }
    _ = try await facebook.create(draft)
    #expect(uploads() == 2)
  }

  /// Uploads are repeatable, so nothing about them is uncertain.
  @Test(arguments: [
    (500, "", "unavailable"), (400, #"{"error":{"code":324}}"#, "rejected"), (200, "{}", "unexpected"),
    (400, #"{"error":{"code":1}}"#, "unavailable"), (429, "", "throttled"),
  ])
  func aFailedUploadPostsNothing(status: Int, body: String, expected: String) async {
    let bench = bench { _ in .init(status, body) }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let draft = Bench.draft(photos: (0..<6).map { Bench.address("p\($0)") })
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await facebook.create(draft) } == expected)
    #expect(bench.requests.allSatisfy { $0.target.hasSuffix("/photos") })
  }

  @Test func aRefusedPostsPhotosAreUploadedAnew() async throws {
    let posts = Answers([.init(400, #"{"error":{"code":324}}"#), .init(200, #"{"id":"9"}"#)])
    let bench = Bench { request in
      request.target.hasSuffix("/photos") ? .init(200, #"{"id":"5"}"#) : posts.next()
    }
    defer { bench.server.stop() }
    let facebook = bench.facebook()
    let draft = Bench.draft(photos: [Bench.address("a")])
    #expect(await outcome { () throws(MarketplaceFailure) in _ = try await facebook.create(draft) } == "rejected")
    _ = try await facebook.create(draft)
    #expect(bench.requests.filter { $0.target.hasSuffix("/photos") }.count == 2)
  }
}

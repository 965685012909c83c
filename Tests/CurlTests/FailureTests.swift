import Curl
import Support
import Testing

@Suite(Sharing.connections) struct FailureTests {
  private func failure(_ request: Request, with client: Client = Client()) async -> CurlFailure? {
    await #expect(throws: CurlFailure.self) { try await client.send(request) }
  }

  @Test func aClosedPortIsNotSent() async {
    let failure = await failure(Request(.get, "http://127.0.0.1:\(ScriptedServer.closedPort())/secret-path"))
    #expect(failure?.kind == .couldNotConnect)
    #expect(failure?.wasSent == false)
    #expect(failure?.message.contains("secret-path") == false)
  }

  @Test func aServerWithoutTLSIsATLSFailureAndNothingWasSent() async {
    let server = ScriptedServer { _ in [.send("HTTP/1.1 400 Bad Request\r\n\r\n")] }
    defer { server.stop() }
    let failure = await failure(Request(.get, "https://127.0.0.1:\(server.port)/"))
    #expect(failure?.kind == .tls)
    #expect(failure?.wasSent == false)
  }

  @Test func aHandshakeThatHangsIsNotSent() async {
    let server = ScriptedServer { _ in [.hang] }
    defer { server.stop() }
    var limits = Client.Limits()
    limits.connecting = .milliseconds(50)
    let failure = await failure(Request(.get, "https://127.0.0.1:\(server.port)/"), with: Client(limits: limits))
    #expect(failure?.kind == .timedOut)
    #expect(failure?.wasSent == false)
  }

  @Test func anAnswerThatNeverComesTimesOutAndWasSent() async {
    let server = ScriptedServer { _ in [.read, .hang] }
    defer { server.stop() }
    let failure = await failure(Request(.get, server.url, timeout: .milliseconds(50)))
    #expect(failure?.kind == .timedOut)
    #expect(failure?.wasSent == true)
  }

  @Test func aFreshConnectionThatClosesIsCut() async {
    let server = ScriptedServer { _ in [.read] }
    defer { server.stop() }
    let failure = await failure(Request(.get, server.url))
    #expect(failure?.kind == .cut)
    #expect(failure?.wasSent == true)
    #expect(server.received.count == 1)
  }

  @Test func aResetIsCut() async {
    let server = ScriptedServer { _ in [.read, .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), .reset] }
    defer { server.stop() }
    #expect(await failure(Request(.get, server.url))?.kind == .cut)
  }

  @Test(arguments: ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nX: y\r\n", "HTTP/1.1 200 OK\r\nX: y"])
  func headersThatAreCutAreNoAnswer(answer: String) async {
    let server = ScriptedServer { _ in [.read, .send(answer)] }
    defer { server.stop() }
    let failure = await failure(Request(.get, server.url))
    #expect(failure?.kind == .cut)
    #expect(failure?.wasSent == true)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n",
  ])
  func aLargeAnswerIsRefused(head: String) async {
    let server = ScriptedServer { _ in [.read, .send(head + String(repeating: "x", count: 2000) + "\r\n0\r\n\r\n")] }
    defer { server.stop() }
    var limits = Client.Limits()
    limits.body = 1000
    let failure = await failure(Request(.get, server.url), with: Client(limits: limits))
    #expect(failure?.kind == .tooLarge)
    #expect(failure?.wasSent == true)
  }

  @Test func headersWithoutEndAreRefused() async {
    let lines = (0..<2000).map { "X-\($0): \(String(repeating: "y", count: 50))\r\n" }.joined()
    let server = ScriptedServer { _ in [.read, .send("HTTP/1.1 200 OK\r\n" + lines + "\r\n")] }
    defer { server.stop() }
    #expect(await failure(Request(.get, server.url))?.kind == .tooLarge)
  }

  @Test(arguments: ["", "nonsense", "not HTTP at all\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n"])
  func whatIsNotHTTPFails(answer: String) async {
    let server = ScriptedServer { _ in [.read, .send(answer)] }
    defer { server.stop() }
    let failure = await failure(Request(.get, server.url))
    #expect(failure?.wasSent == true)
    #expect(failure?.kind == .cut || failure?.kind == .other)
  }

  @Test(arguments: [
    "http://example.com/", "http://127.0.0.1@example.com/", "http://127.0.0.1.example.com/", "http://10.0.0.1/",
    "http://128.0.0.1/", "http://localhost.example.com/", "ftp://localhost/", "file:///etc/passwd", "localhost/",
    "nonsense", "", "https://", "http://[::2]/", "https://a\u{0}b/",
  ])
  func addressesThatMustNotBeUsedAreRefused(url: String) async {
    let failure = await failure(Request(.get, url))
    #expect(failure?.kind == .badURL)
    #expect(failure?.wasSent == false)
  }

  @Test func aHeaderCannotBecomeTwo() async {
    let server = ScriptedServer(serving: { _ in .init() })
    defer { server.stop() }
    let failure = await failure(Request(.get, server.url, headers: [("Authorization", "Bearer a\r\nX-Evil: 1")]))
    #expect(failure?.wasSent == false)
    #expect(failure?.message.contains("Evil") == false)
    #expect(server.received.isEmpty)
  }

  @Test func cancellingEndsTheRequestAtOnce() async throws {
    let server = ScriptedServer { _ in [.read, .hang] }
    defer { server.stop() }
    let client = Client()
    let task = Task { try await client.send(Request(.get, server.url)) }
    await server.waitForRequests(1)
    task.cancel()
    let failure = await #expect(throws: CurlFailure.self) { try await task.value }
    #expect(failure?.kind == .cancelled)
    #expect(failure?.wasSent == true)
  }

  @Test func cancellingBeforeTheStartSendsNothing() async throws {
    let server = ScriptedServer(serving: { _ in .init() })
    defer { server.stop() }
    let client = Client()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await client.send(Request(.get, server.url))
    }
    let failure = await #expect(throws: CurlFailure.self) { try await task.value }
    #expect(failure == CurlFailure(.cancelled, wasSent: false, message: "cancelled"))
    _ = try await client.send(Request(.get, server.url + "/after"))
    #expect(server.received.map(\.target) == ["/after"])
  }

  /// Cancels at every moment it can: whatever happens, each request ends, and the client still works.
  @Test func cancellingAnyTimeLosesNoRequest() async throws {
    let server = ScriptedServer(serving: { _ in .init() })
    defer { server.stop() }
    let client = Client()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<300 {
        group.addTask {
          let task = Task { try? await client.send(Request(.get, server.url)) }
          for _ in 0..<number % 7 { await Task.yield() }
          task.cancel()
          _ = await task.value
        }
      }
    }
    #expect(try await client.send(Request(.get, server.url)).status == 200)
  }
}

import Curl
import Support
import Testing

/// A kept connection that dies under a request is where libcurl repeats a POST by itself.
@Suite(Sharing.connections) struct SentOnceTests {
  /// The first connection answers once, then takes the second request whole and closes without a word.
  private func server() -> ScriptedServer {
    ScriptedServer { number in
      number == 0 ? [.read, .answer(200), .read] : [.serve { _ in .init(200, "second connection") }]
    }
  }

  private func request(_ server: ScriptedServer, body: Request.Body, isRepeatable: Bool) -> Request {
    var request = Request(.post, server.url + "/feed", body: body)
    request.isRepeatable = isRepeatable
    return request
  }

  @Test(arguments: [0, 1, 600, 200_000])
  func aCreateOnADyingKeptConnectionIsSeenOnce(size: Int) async throws {
    let server = server()
    defer { server.stop() }
    let client = Client()
    let create = request(server, body: .bytes([UInt8](repeating: 0x78, count: size)), isRepeatable: false)
    #expect(try await client.send(create).status == 200)
    let failure = await #expect(throws: CurlFailure.self) { try await client.send(create) }
    #expect(failure?.wasSent == true)
    #expect(failure?.kind == .cut)
    // A repetition would be seen before this one.
    let last = try await client.send(Request(.get, server.url + "/last"))
    #expect(last.body == Array("second connection".utf8))
    #expect(server.received.map(\.target) == ["/feed", "/feed", "/last"])
    #expect(server.received[1].body.count == size)
  }

  @Test func aCreateWithoutABodyIsSeenOnce() async throws {
    let server = server()
    defer { server.stop() }
    let client = Client()
    let create = request(server, body: .none, isRepeatable: false)
    #expect(try await client.send(create).status == 200)
    let failure = await #expect(throws: CurlFailure.self) { try await client.send(create) }
    #expect(failure?.wasSent == true)
    _ = try await client.send(Request(.get, server.url + "/last"))
    #expect(server.received.map(\.target) == ["/feed", "/feed", "/last"])
  }

  /// The same case is harmless for what may be repeated; it also shows that the tests above could fail.
  @Test func whatIsRepeatableIsRepeatedByLibcurl() async throws {
    let server = server()
    defer { server.stop() }
    let client = Client()
    let change = request(server, body: .bytes(Array("{}".utf8)), isRepeatable: true)
    #expect(try await client.send(change).status == 200)
    #expect(try await client.send(change).body == Array("second connection".utf8))
    #expect(server.received.map(\.text) == ["{}", "{}", "{}"])
  }

  @Test func aCreateUsesAKeptConnection() async throws {
    let server = ScriptedServer(serving: { _ in .init() })
    defer { server.stop() }
    let client = Client()
    let create = request(server, body: .bytes(Array("{}".utf8)), isRepeatable: false)
    for _ in 0..<5 { #expect(try await client.send(create).status == 200) }
    #expect(server.connections == 1)
  }

  @Test func anAnswerThatIsCutLeavesACreateSent() async throws {
    let server = ScriptedServer { _ in [.read, .send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\"")] }
    defer { server.stop() }
    let create = request(server, body: .bytes([0x78]), isRepeatable: false)
    let failure = await #expect(throws: CurlFailure.self) { try await Client().send(create) }
    #expect(failure?.kind == .cut)
    #expect(failure?.wasSent == true)
    #expect(server.received.count == 1)
  }
}

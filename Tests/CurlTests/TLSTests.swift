import Curl
import Support
import Testing

/// Certificates are checked, always; HTTP/2 is spoken where it is offered.
@Suite(Sharing.connections) struct TLSTests {
  private static func client() -> Client {
    var limits = Client.Limits()
    limits.authorities = TestAuthority.shared.path
    return Client(limits: limits)
  }

  @Test func aGoodCertificateOfATrustedAuthorityIsTaken() async throws {
    let server = ScriptedServer(as: TestIdentity(), serving: { _ in .init(200, "safe") })
    defer { server.stop() }
    let response = try await Self.client().send(Request(.get, server.url))
    #expect(response.body == Array("safe".utf8))
    #expect(response.version == .http1)
  }

  @Test(arguments: TestIdentity.Kind.allCases.filter { $0 != .good })
  func aBadCertificateIsRefusedBeforeAnythingIsSent(kind: TestIdentity.Kind) async {
    let server = ScriptedServer(as: TestIdentity(kind), serving: { _ in .init(200) })
    defer { server.stop() }
    let failure = await #expect(throws: CurlFailure.self) {
      try await Self.client().send(Request(.get, server.url + "/secret", headers: [("Authorization", "Bearer t")]))
    }
    #expect(failure?.kind == .tls)
    #expect(failure?.wasSent == false)
    #expect(failure?.message.contains("secret") == false)
    #expect(server.received.isEmpty)
  }

  /// The program's own client knows the system's authorities alone.
  @Test func anAuthorityThatIsNotTheSystemsIsNotTrustedByItself() async {
    let server = ScriptedServer(as: TestIdentity(), serving: { _ in .init(200) })
    defer { server.stop() }
    let failure = await #expect(throws: CurlFailure.self) { try await Client().send(Request(.get, server.url)) }
    #expect(failure?.kind == .tls)
    #expect(server.received.isEmpty)
  }

  private static func create(_ server: HTTP2Server) -> Request {
    var request = Request(.post, server.url + "/create", body: .bytes(Array("{}".utf8)))
    request.isRepeatable = false
    return request
  }

  @Test func requestsShareOneConnectionOverHTTP2() async throws {
    let server = HTTP2Server { number, _ in .answer("\(number)") }
    defer { server.stop() }
    let client = Self.client()
    _ = try await client.send(Request(.get, server.url))
    try await withThrowingTaskGroup { group in
      for _ in 0..<20 {
        group.addTask {
          let response = try await client.send(Self.create(server))
          #expect(response.version == .http2)
          #expect(response.status == 200)
        }
      }
      try await group.waitForAll()
    }
    #expect(server.requests.count == 21)
    #expect(server.requests.count { $0.isPost && $0.body == Array("{}".utf8) } == 20)
    #expect(server.connections == 1)
  }

  static let endings: [HTTP2Server.Reaction] = [.resetStream(7), .resetStream(2), .goAway, .close, .answerHalf]

  /// Also where the server says that it may be sent again: after a look-up, that is for hawker to decide.
  @Test(arguments: endings.indices, [false, true])
  func aCreateIsSentOnceOverHTTP2(index: Int, isKept: Bool) async throws {
    let server = HTTP2Server { number, request in
      request.isPost && number == (isKept ? 1 : 0) ? Self.endings[index] : .answer("fine")
    }
    defer { server.stop() }
    let client = Self.client()
    if isKept { _ = try await client.send(Request(.get, server.url)) }
    let failure = await #expect(throws: CurlFailure.self) { try await client.send(Self.create(server)) }
    #expect(failure?.wasSent == true)
    // A repetition would be seen before this one.
    #expect(try await client.send(Request(.get, server.url)).version == .http2)
    #expect(server.requests.count { $0.isPost } == 1)
  }

  /// What may be repeated is repeated by libcurl when the server asks for it: so the test above could fail.
  @Test func whatIsRepeatableIsRepeatedOverHTTP2() async throws {
    let server = HTTP2Server { number, _ in number == 1 ? .resetStream(7) : .answer("fine") }
    defer { server.stop() }
    let client = Self.client()
    _ = try await client.send(Request(.get, server.url))
    #expect(try await client.send(Request(.get, server.url)).body == Array("fine".utf8))
    #expect(server.requests.count == 3)
  }
}

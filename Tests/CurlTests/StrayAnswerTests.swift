import Curl
import Support
import Testing

/// Bytes that nobody asked for must not become the answer to the next request on that connection.
@Suite(Sharing.connections) struct StrayAnswerTests {
  private static let stray = "HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{\"id\":\"stray\"}"

  private func create(_ server: ScriptedServer) -> Request {
    var request = Request(.post, server.url + "/create", body: .bytes(Array("{}".utf8)))
    request.isRepeatable = false
    return request
  }

  @Test func aSecondAnswerInOnePieceWithTheFirstIsDropped() async throws {
    let first = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
    let server = ScriptedServer { number in
      number == 0 ? [.read, .send(first + Self.stray), .hang] : [.serve { _ in .init(201, "own") }]
    }
    defer { server.stop() }
    let client = Client()
    #expect(try await client.send(Request(.get, server.url)).body == Array("first".utf8))
    #expect(try await client.send(create(server)).body == Array("own".utf8))
    #expect(server.received.map(\.target) == ["/", "/create"])
  }

  @Test(arguments: [false, true]) func aSecondAnswerThatComesLaterIsDropped(isSecure: Bool) async throws {
    let (isRead, isSent) = (Flag(), Flag())
    let server = ScriptedServer(as: isSecure ? TestIdentity() : nil) { number in
      guard number == 0 else { return [.serve { _ in .init(201, "own") }] }
      return [
        .read, .answer(200, "first"), .perform { isRead.block() }, .send(Self.stray), .perform { isSent.raise() },
        .hang,
      ]
    }
    defer { server.stop() }
    var limits = Client.Limits()
    limits.authorities = TestAuthority.shared.path
    let client = Client(limits: limits)
    #expect(try await client.send(Request(.get, server.url)).body == Array("first".utf8))
    isRead.raise()
    await isSent.wait()
    #expect(try await client.send(create(server)).body == Array("own".utf8))
    #expect(server.received.map(\.target) == ["/", "/create"])
  }

  /// How a server ends an idle connection: its word is about nothing that was asked, and the request is not lost to it.
  @Test(arguments: [
    "HTTP/1.1 408 Request Time-out\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "",
  ])
  func aFarewellOnAnIdleConnectionIsNoAnswer(farewell: String) async throws {
    let server = ScriptedServer { number in
      guard number == 0 else { return [.serve { _ in .init(201, "own") }] }
      return [.read, .answer(200, "first"), .send(farewell)]
    }
    defer { server.stop() }
    let client = Client()
    #expect(try await client.send(Request(.get, server.url)).body == Array("first".utf8))
    while server.openConnections > 0 { await Task.yield() }
    #expect(try await client.send(create(server)).body == Array("own".utf8))
    #expect(server.received.map(\.target) == ["/", "/create"])
  }
}

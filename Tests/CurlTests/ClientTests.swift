import Curl
import Support
import Testing

@Suite(Sharing.connections) struct ClientTests {
  @Test func sendsWhatTheRequestSays() async throws {
    let server = ScriptedServer(serving: { _ in .init(201, headers: [("X-Usage", " 7\t")], #"{"id":"1"}"#) })
    defer { server.stop() }
    let request = Request(
      .patch, server.url + "/a%2Fb?c=d", headers: [("Authorization", "Bearer t"), ("X-Empty", "")],
      body: .bytes(Array("héllo".utf8)))
    let response = try await Client().send(request)
    #expect(response.status == 201)
    #expect(response.version == .http1)
    #expect(response.headers["x-USAGE"] == "7")
    #expect(response.headers["X-Usag"] == nil)
    #expect(response.body == Array(#"{"id":"1"}"#.utf8))
    let seen = server.received[0]
    #expect(seen.method == "PATCH")
    #expect(seen.target == "/a%2Fb?c=d")
    #expect(seen.text == "héllo")
    #expect(seen.header("authorization") == "Bearer t")
    #expect(seen.header("x-empty") == "")
    #expect(seen.header("expect") == nil)
  }

  @Test(arguments: [Request.Method.get, .post, .patch, .delete])
  func eachMethodGoesWithoutABody(method: Request.Method) async throws {
    let server = ScriptedServer(serving: { _ in .init(204) })
    defer { server.stop() }
    let client = Client()
    // Twice over one connection: nothing of the first request's options may stay with the handle.
    _ = try await client.send(Request(.post, server.url, body: .bytes(Array("before".utf8))))
    _ = try await client.send(Request(method, server.url))
    #expect(server.received.map(\.method) == ["POST", method.rawValue])
    #expect(server.received[1].body.isEmpty)
    #expect(server.connections == 1)
  }

  @Test func aFormCarriesItsFieldsAndItsFile() async throws {
    let server = ScriptedServer(serving: { _ in .init() })
    defer { server.stop() }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = try folder.write("secret name.jpg", [0xFF, 0xD8, 0x00, 0xFF])
    let file = Request.File(field: "source", name: "photo.jpg", mediaType: "image/jpeg", source: .path(path))
    let form = Request(.post, server.url, body: .multipart(fields: [("published", "false")], file: file))
    #expect(try await Client().send(form).status == 200)
    let seen = server.received[0]
    let text = String(decoding: seen.body.map { $0 < 0x80 && $0 != 0 ? $0 : 0x3F }, as: UTF8.self)
    #expect(seen.header("content-type")?.hasPrefix("multipart/form-data; boundary=") == true)
    #expect(text.contains("name=\"published\"\r\n\r\nfalse\r\n"))
    #expect(text.contains("name=\"source\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n????\r\n"))
    #expect(!text.contains("secret"))
  }

  @Test func aFileThatIsNotThereIsNotSent() async throws {
    let server = ScriptedServer(serving: { _ in .init() })
    defer { server.stop() }
    let file = Request.File(field: "source", name: "a", mediaType: "image/png", source: .path("/nowhere/a.png"))
    let form = Request(.post, server.url, body: .multipart(fields: [], file: file))
    let failure = await #expect(throws: CurlFailure.self) { try await Client().send(form) }
    #expect(failure?.wasSent == false)
    #expect(server.received.isEmpty)
  }

  @Test func redirectsAreAnswersNotFollowed() async throws {
    let server = ScriptedServer(serving: { _ in .init(302, headers: [("Location", "/elsewhere")]) })
    defer { server.stop() }
    let response = try await Client().send(Request(.get, server.url + "/here"))
    #expect(response.status == 302)
    #expect(response.headers["location"] == "/elsewhere")
    #expect(server.received.map(\.target) == ["/here"])
  }

  @Test func anInterimAnswerIsPassedOver() async throws {
    let server = ScriptedServer { _ in
      [.read, .send("HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n"), .answer(200, headers: [("X-B", "late")], "x")]
    }
    defer { server.stop() }
    let response = try await Client().send(Request(.get, server.url))
    #expect(response.status == 200)
    #expect(response.headers["x-a"] == nil)
    #expect(response.headers["x-b"] == "late")
  }

  @Test func twoHundredRequestsAtOnceAllGetTheirOwnAnswer() async throws {
    let server = ScriptedServer(serving: { .init(200, $0.target) })
    defer { server.stop() }
    let client = Client()
    let right = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        group.addTask {
          let response = try await client.send(Request(.get, server.url + "/\(number)"))
          return response.body == Array("/\(number)".utf8)
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(right == 200)
  }
}

import Glibc
import Listings
import Marketplaces
import Synchronization
import Testing

@testable import Web

/// What only shows on a socket.
@Suite(.timeLimit(.minutes(1))) struct ServerTests {
  private static func ask(_ port: Int, _ head: String, body: String = "") async throws -> String {
    let line = try Line(port: port)
    defer { line.close() }
    await line.send(
      "\(head)\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\(body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n")\r\n\(body)"
    )
    return await line.receive()
  }

  @Test func everyAnswerHasTheSafeHeaders() async throws {
    try await serving { port in
      for head in ["GET / HTTP/1.1", "GET /nothing/x HTTP/1.1", "POST /webhooks/offerup HTTP/1.1", "GET * HTTP/1.1"] {
        let answer = try await Self.ask(port, head)
        for header in [
          "content-security-policy: default-src 'none'", "x-content-type-options: nosniff", "x-frame-options: DENY",
          "referrer-policy: same-origin", "cache-control: no-store",
        ] { #expect(answer.contains(header), "\(head): \(header)") }
        #expect(!answer.contains("unsafe-inline"))
      }
    }
  }

  @Test func aHeadHasTheLengthAndNoBody() async throws {
    try await serving { port in
      let answer = try await Self.ask(port, "HEAD /healthz HTTP/1.1")
      #expect(answer.hasPrefix("HTTP/1.1 200"))
      #expect(answer.lowercased().contains("content-length: 6\r\n") && answer.hasSuffix("\r\n\r\n"))
    }
  }

  @Test func aBodyPastItsLimitIsRefusedAndTheConnectionGoesOn() async throws {
    try await serving { port in
      let line = try Line(port: port)
      defer { line.close() }
      let limit = 256 * 1024
      for (size, status) in [(limit + 1, "413"), (limit, "401"), (limit * 2, "413")] {
        await line.send(
          "POST /webhooks/facebook HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: \(size)\r\n\r\n")
        await line.send(String(repeating: "x", count: size))
        #expect(await line.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 \(status)"))
        // The body of a small answer comes with its head.
      }
    }
  }

  @Test func aBodyInPiecesIsLimitedToo() async throws {
    try await serving { port in
      let line = try Line(port: port)
      defer { line.close() }
      await line.send(
        "POST /webhooks/offerup HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nTransfer-Encoding: chunked\r\n\r\n")
      let piece = "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n"
      for _ in 0..<12 { await line.send(piece) }
      await line.send("0\r\n\r\n")
      #expect(await line.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 413"))
    }
  }

  @Test func aBodyWithoutAnEndIsCutOff() async throws {
    try await serving { port in
      let line = try Line(port: port)
      defer { line.close() }
      await line.send(
        "POST /webhooks/offerup HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nTransfer-Encoding: chunked\r\n\r\n")
      let piece = "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n"
      var sent = 0
      while sent < 4096, await line.send(piece) { sent += 1 }
      #expect(sent < 4096)
    }
  }

  @Test func aHeadThatNeverEndsIsNotWaitedFor() async throws {
    try await serving(FakeLoop(), .long(with: { $0.head = .milliseconds(200) })) { port in
      let silent = try Line(port: port)
      defer { silent.close() }
      let slow = try Line(port: port)
      defer { slow.close() }
      await slow.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nX-Slow: ")
      // Something comes all the time; it helps nothing.
      await slow.drip()
      #expect(await silent.receive() == "")
    }
  }

  @Test func aBodyThatNeverComesIsNotWaitedFor() async throws {
    try await serving(FakeLoop(), .long(with: { $0.body = .milliseconds(200) })) { port in
      let line = try Line(port: port)
      defer { line.close() }
      await line.send("POST /webhooks/facebook HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Length: 100\r\n\r\nx")
      #expect(await line.receive().hasPrefix("HTTP/1.1 408"))
    }
  }

  @Test func aHeadThatIsTooLongIsRefused() async throws {
    try await serving { port in
      let line = try Line(port: port)
      defer { line.close() }
      await line.send(
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nX: \(String(repeating: "x", count: 20_000))\r\n\r\n")
      let answer = await line.receive()
      #expect(!answer.contains("HTTP/1.1 200"))
    }
  }

  @Test func whatHappensIsSentAndTheStreamEndsWithTheServer() async throws {
    let loop = FakeLoop()
    let (texts, told) = AsyncStream.makeStream(of: String.self)
    let line = Mutex<Line?>(nil)
    try await serving(loop) { port in
      let reader = try Line(port: port)
      line.withLock { $0 = reader }
      await reader.send("GET /events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
      let head = await reader.receive(until: "event: state").lowercased()
      #expect(head.contains("content-type: text/event-stream") && head.contains("connection: close\r\n"))
      loop.tell(Activity(at: Given.now, level: .good, text: "a\nb", listing: "lamp"))
      told.yield(await reader.receive(until: "event: activity"))
    }
    told.finish()
    for await text in texts { #expect(text.contains(#""text":"a\nb","listing":"lamp","account":null"#)) }
    // The server has ended: so has the stream, whole.
    let rest = line.withLock { $0 }
    #expect(await rest?.receive().hasSuffix("0\r\n\r\n") == true)
    rest?.close()
  }

  @Test func aPortThatIsTakenEndsNothing() async throws {
    let (warnings, told) = AsyncStream.makeStream(of: String.self)
    try await serving { port in
      let second = WebServer(
        Given.setting(listen: "127.0.0.1:\(port)"), loop: FakeLoop(), instruments: Instruments(), ambient: .system,
        logger: Teller.logger { told.yield($0) })
      let task = Task { try await second.run() }
      for await warning in warnings.prefix(1) { #expect(warning.contains("another program has that port")) }
      task.cancel()
      _ = await task.result
    }
  }
}

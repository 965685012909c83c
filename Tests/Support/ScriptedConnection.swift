/// One connection of a `ScriptedServer`; it lives on its own thread.
struct ScriptedConnection: ~Copyable {
  let server: ScriptedServer
  let number: Int
  private let stream: ByteStream
  private var buffer: [UInt8] = []

  /// Nil when the client doesn't want to speak to this server.
  init?(server: ScriptedServer, descriptor: Int32, number: Int) {
    guard let stream = ByteStream(descriptor, as: server.identity) else { return nil }
    (self.server, self.number) = (server, number)
    self.stream = stream
  }

  consuming func play(_ steps: [ScriptedServer.Step]) {
    for step in steps {
      if !perform(step) { break }
    }
    stream.finish()
  }

  /// False when the client has gone away.
  private mutating func perform(_ step: ScriptedServer.Step) -> Bool {
    switch step {
    case .read: return next() != nil
    case .listen: return !buffer.isEmpty || fill()
    case .send(let text): return stream.send(Array(text.utf8))
    case .bytes(let bytes): return stream.send(bytes)
    case .answer(let status, let headers, let body):
      return stream.send(Array(ScriptedServer.Answer(status, headers: headers, body).text.utf8))
    case .serve(let answer): return serve(until: answer)
    case .serveUntil(let answer): return serve(until: answer)
    case .pour(let text):
      let bytes = Array(text.utf8)
      while stream.send(bytes) {}
    case .drip(let text, let pause):
      for byte in text.utf8 {
        guard stream.send([byte]) else { return false }
        stream.pause(milliseconds: pause)
      }
    case .perform(let body): body()
    case .converse(let begin):
      var conversation = begin()
      while let bytes = stream.receive() {
        let (reply, ends) = conversation.take(bytes)
        stream.send(reply)
        if ends { return false }
      }
    case .hang: while fill() { buffer.removeAll() }
    case .freeze: stream.waitForTheEnd()
    case .reset: stream.prepareReset()
    }
    return true
  }

  private mutating func serve(until answer: (ScriptedServer.Received) -> ScriptedServer.Answer?) -> Bool {
    while let request = next() {
      guard let told = answer(request) else { return true }
      stream.send(Array(told.text.utf8))
    }
    return false
  }

  private mutating func next() -> ScriptedServer.Received? {
    guard let request = read() else { return nil }
    server.record(request)
    return request
  }

  /// False when the client is gone.
  private mutating func fill() -> Bool {
    guard let bytes = stream.receive() else { return false }
    buffer.append(contentsOf: bytes)
    return true
  }

  private mutating func read() -> ScriptedServer.Received? {
    while true {
      if let end = headEnd() {
        let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        buffer.removeFirst(end + 4)
        return finish(lines)
      }
      guard fill() else { return nil }
    }
  }

  private func headEnd() -> Int? {
    let mark: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    guard buffer.count >= 4 else { return nil }
    return (0...buffer.count - 4).first { buffer[$0..<$0 + 4].elementsEqual(mark) }
  }

  private mutating func finish(_ lines: [String]) -> ScriptedServer.Received? {
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    let headers = lines.dropFirst().map { line in
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      return (name: parts[0], value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
    }
    var request = ScriptedServer.Received(
      connection: number, method: words[0], target: words[1], headers: headers, body: [])
    let length = request.header("content-length").flatMap { Int($0) } ?? 0
    while buffer.count < length {
      guard fill() else { return nil }
    }
    request.body = Array(buffer.prefix(length))
    buffer.removeFirst(length)
    return request
  }
}

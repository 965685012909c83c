import Glibc

/// One connection of a `ScriptedServer`; it lives on its own thread.
struct ScriptedConnection {
  let server: ScriptedServer
  let descriptor: Int32
  let number: Int
  private var buffer: [UInt8] = []

  init(server: ScriptedServer, descriptor: Int32, number: Int) {
    (self.server, self.descriptor, self.number) = (server, descriptor, number)
  }

  consuming func play(_ steps: [ScriptedServer.Step]) {
    steps: for step in steps {
      switch step {
      case .read:
        guard let request = read() else { break steps }
        server.record(request)
      case .send(let text): send(text)
      case .answer(let status, let headers, let body):
        send(ScriptedServer.Answer(status, headers: headers, body).text)
      case .serve(let answer):
        while let request = read() {
          server.record(request)
          send(answer(request).text)
        }
      case .hang: while fill() { buffer.removeAll() }
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
      }
    }
    server.close(descriptor)
  }

  private func send(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  /// False when the client is gone.
  private mutating func fill() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    buffer.append(contentsOf: chunk[..<count])
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

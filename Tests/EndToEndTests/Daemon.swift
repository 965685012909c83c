import Foundation
import Support
import Synchronization

/// `hawker run` as a process: its log lines can be waited for, and it is stopped as a person stops it.
final class Daemon: Sendable {
  private struct State {
    var lines: [String] = []
    var waiting: [(texts: [String], continuation: CheckedContinuation<Bool, Never>)] = []
    var isClosed = false
    var read = 0
  }

  private let state = Mutex(State())
  private let process: Process

  struct Silent: Error, CustomStringConvertible {
    let wanted: String
    let heard: [String]
    var description: String { "never said ‘\(wanted)’; it said:\n" + heard.joined(separator: "\n") }
  }

  var isRunning: Bool { process.isRunning }
  var processIdentifier: Int32 { process.processIdentifier }

  /// Behind `launcher`, a command that ends by starting what follows it. `hearsAll`: what it says on standard output too.
  init(
    in folder: String, _ arguments: [String] = ["run", "--sandbox"], environment: [String: String] = [:],
    launcher: [String] = [], hearsAll: Bool = false
  ) throws {
    let process = Process()
    self.process = process
    let command = launcher + [Program.path] + arguments
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = hearsAll ? pipe : FileHandle.nullDevice
    process.standardError = pipe
    // Not the pipe's end: a neighbour that was started meanwhile may have inherited it.
    process.terminationHandler = { [self] process in
      process.terminationHandler = nil
      close()
    }
    try process.run()
    // Foundation can't start a program any more once some 1,300 descriptors are open.
    try pipe.fileHandleForWriting.close()
    let thread = Thread { [self] in read(pipe.fileHandleForReading) }
    thread.start()
  }

  private func read(_ handle: FileHandle) {
    var rest = Data()
    while true {
      let data = handle.availableData
      if data.isEmpty {
        try? handle.close()
        break
      }
      rest += data
      while let end = rest.firstIndex(of: 0x0A) {
        hear(String(decoding: rest[..<end], as: UTF8.self))
        rest = Data(rest[rest.index(after: end)...])
      }
    }
  }

  private func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting { waiter.continuation.resume(returning: false) }
  }

  private func hear(_ line: String) {
    let heard = state.withLock { state in
      state.lines.append(line)
      let heard = state.waiting.filter { $0.texts.contains(where: line.contains) }
      state.waiting.removeAll { $0.texts.contains(where: line.contains) }
      if !heard.isEmpty { state.read = state.lines.count }
      return heard
    }
    for waiter in heard { waiter.continuation.resume(returning: true) }
  }

  /// Returns when a line with `text` was said after the last one that was waited for. The test's own time limit is the
  /// only clock.
  func says(_ text: String) async throws { try await says(anyOf: [text]) }

  func says(anyOf texts: [String]) async throws {
    let isHeard = await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if let index = state.lines[state.read...].firstIndex(where: { line in texts.contains(where: line.contains) }) {
          state.read = index + 1
          return true
        }
        if state.isClosed { return false }
        state.waiting.append((texts, continuation))
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
    if !isHeard { throw Silent(wanted: texts.joined(separator: "’ or ‘"), heard: lines) }
  }

  var lines: [String] { state.withLock(\.lines) }

  /// Ctrl-C; its exit status.
  func interrupt() async throws -> Int32 {
    process.interrupt()
    return try await status()
  }

  /// Its exit status, when it has ended by itself.
  func status() async throws -> Int32 {
    try await ended()
    return process.terminationStatus
  }

  /// So that one which never says what is waited for fails its own test, and no other one's time limit.
  func end(after limit: Duration) {
    Task { [weak self] in
      try? await Task.sleep(for: limit)
      if let self, process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    }
  }

  func kill() async throws {
    Foundation.kill(process.processIdentifier, SIGKILL)
    try await ended()
  }

  private func ended() async throws {
    do { try await says("\u{0}never") } catch is Silent {}
  }
}

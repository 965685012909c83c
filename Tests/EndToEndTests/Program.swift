import Foundation
import Support

/// The built program, run as a person would run it: a command line, an environment, an exit code.
enum Program {
  struct Outcome: Sendable {
    var status: Int32
    var out: String
    var err: String
  }

  /// Where the build put this test and the program beside it.
  static let path = {
    let test =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    var folder = URL(filePath: test).deletingLastPathComponent()
    while folder.path != "/", !FileManager.default.isExecutableFile(atPath: folder.path + "/hawker") {
      folder.deleteLastPathComponent()
    }
    return folder.path + "/hawker"
  }()

  /// The repository, where the examples are.
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Runs to the end. The environment is `environment` with a PATH and nothing else: no token of the person who tests.
  /// `wrapper`: another program and its arguments, which runs this one.
  static func run(
    _ arguments: [String], in folder: String = repository, environment: [String: String] = [:], wrapper: [String] = [],
    input: FileHandle = .nullDevice
  ) async throws -> Outcome {
    try await start(wrapper + [path] + arguments, in: folder, environment: environment, input: input)
  }

  /// Any program, by its path, and its arguments.
  static func start(
    _ command: [String], in folder: String, environment: [String: String] = [:], input: FileHandle = .nullDevice
  ) async throws -> Outcome {
    // Files, not pipes: a full pipe would stop the program.
    let captured = try TemporaryFolder()
    defer { captured.remove() }
    let (out, err) = (try captured.write("out", []), try captured.write("err", []))
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    process.standardInput = input
    let handles = try [out, err].map { try FileHandle(forWritingTo: URL(filePath: $0)) }
    defer { for handle in handles { try? handle.close() } }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in continuation.resume() }
      do { try process.run() } catch {
        // The handler is not called for what never ran.
        continuation.resume(throwing: error)
      }
    }
    return Outcome(
      status: process.terminationStatus, out: try String(contentsOfFile: out, encoding: .utf8),
      err: try String(contentsOfFile: err, encoding: .utf8))
  }
}

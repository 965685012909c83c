import Glibc

/// A folder of its own under /tmp, removed in the end.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/hawker-watch-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { _ = Shell.runBlocking("chmod -R u+rwX . && rm -rf -- \"$PWD\"", in: path) }
}

enum Shell {
  /// The exit status. The wait happens on a thread of its own, not on one that tasks run on.
  static func run(_ script: String, in folder: String) async -> Int32 {
    await withCheckedContinuation { continuation in
      onThread { continuation.resume(returning: runBlocking(script, in: folder)) }
    }
  }

  static func onThread(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body: body))
    let status = pthread_create(&thread, nil, enterThread, box.toOpaque())
    precondition(status == 0)
    pthread_detach(thread)
  }

  static func runBlocking(_ script: String, in folder: String) -> Int32 {
    let strings = cStrings(["/bin/bash", "-eu", "-c", "cd '\(folder)'\n" + script])
    let environment = cStrings([
      "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=\(folder)", "TERM=dumb", "LC_ALL=C.UTF-8",
      "GIT_CONFIG_GLOBAL=/dev/null",
      "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a",
      "GIT_COMMITTER_EMAIL=a@example.com",
    ])
    defer { for string in strings + environment { free(string) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    var child = pid_t()
    guard posix_spawn(&child, "/bin/bash", &actions, nil, strings, environment) == 0 else { return -1 }
    var status: CInt = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
  }

  private static func cStrings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }

  fileprivate final class Box: Sendable {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}

private func enterThread(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let box { Unmanaged<Shell.Box>.fromOpaque(box).takeRetainedValue().body() }
  return nil
}

import Support
import Testing
import Watching

/// What real programs do to real folders. Each script runs while a reader follows the signals; when a last file, written
/// after everything else, is announced, the reader must know all files as they are.
@Suite(.serialized, Sharing.inotify) struct WatchScriptTests {
  @Test(.timeLimit(.minutes(1)), arguments: WatchScript.all)
  func script(_ script: WatchScript) async throws {
    if let tool = script.missingTool { try Test.cancel("\(tool) is not installed") }
    let shop = TemporaryFolder()
    #expect(await Shell.run("mkdir listings\n" + script.before, in: shop.path) == 0)
    if let path = script.atOnce { try await announcesAtOnce(path, script, shop) }
    if script.atOnce == nil { try await knowsTheTruth(script, shop) }
  }

  @Test func thereAreScripts() { #expect(WatchScript.all.count > 30) }

  /// The settling takes longer than the test may.
  private func announcesAtOnce(_ path: String, _ script: WatchScript, _ shop: TemporaryFolder) async throws {
    let watcher = Watcher(options(shop, settle: .seconds(600)))
    try watcher.start()
    defer { watcher.stop() }
    var announced: Set<String> = []
    for await signal in watcher.signals {
      if case .lookAgain = signal { #expect(await Shell.run(script.then, in: shop.path) == 0) }
      if case .settled(let paths) = signal { announced.formUnion(paths) }
      if announced.contains(shop.path + "/" + path) { break }
    }
    expectNever(script, shop, announced)
  }

  private func knowsTheTruth(_ script: WatchScript, _ shop: TemporaryFolder) async throws {
    let watcher = Watcher(options(shop, settle: .milliseconds(40)))
    try watcher.start()
    defer { watcher.stop() }
    let root = shop.path + "/listings"
    var mirror = FileMirror(root: root)
    var announced: Set<String> = []
    var finished: Task<Int32, Never>?
    for await signal in watcher.signals {
      if finished == nil {
        // The watches stand. The last file tells that everything before it was told.
        finished = Task { await Shell.run(script.then + "\necho end > \(root)/zz-end.yaml", in: shop.path) }
      }
      mirror.take(signal)
      if case .settled(let paths) = signal { announced.formUnion(paths) }
      if mirror.known[Array((root + "/zz-end.yaml").utf8)] != nil, await finished?.value == 0 {
        // What the end's own settling brings may still be on its way; the truth needs no more of it.
        break
      }
    }
    expectNever(script, shop, announced)
    let truth = FileMirror.truth(of: Array(root.utf8))
    #expect(truth.keys.contains(Array((root + "/zz-end.yaml").utf8)))
    for path in Set(truth.keys).union(mirror.known.keys) {
      let text = String(decoding: path, as: UTF8.self)
      #expect(mirror.known[path] == truth[path], "\(script): \(text) was not announced after its last change")
    }
  }

  private func options(_ shop: TemporaryFolder, settle: Duration) -> WatchOptions {
    WatchOptions(
      roots: [shop.path + "/listings"], files: [shop.path + "/hawker.yaml"], settle: settle, poll: .seconds(600))
  }

  private func expectNever(_ script: WatchScript, _ shop: TemporaryFolder, _ announced: Set<String>) {
    for path in script.never { #expect(!announced.contains(shop.path + "/" + path), "\(script): \(path)") }
  }
}

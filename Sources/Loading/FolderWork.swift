import Glibc
import Listings
import Synchronization

/// The listing files of one folder, still to be loaded.
struct FolderWork: Sendable {
  /// Relative to the listings root.
  let path: String
  /// What messages put before a file's name.
  let prefix: String
  let base: Foundation
  let names: [String]
  /// What the last scan made of them.
  let old: [String: FileCache]
  /// What an earlier run made of them, on these same layers.
  var seeds: FolderSeeds?

  func site(of name: String) -> FileSite { FileSite(folder: path, shown: prefix + name) }
}

/// Some files of one folder, loaded together.
struct Batch: Sendable {
  let folder: Int
  let names: Range<Int>

  enum Outcome: Sendable {
    /// In the order of the names.
    case loaded([LoadedFile])
    /// The folder was listed, and is not there any more.
    case vanished
    case unreadable(String)
  }

  /// At most `size` files each, in the order of the walk.
  static func split(_ work: [FolderWork], size: Int) -> [Batch] {
    work.indices.flatMap { folder in
      let count = work[folder].names.count
      return stride(from: 0, to: count, by: size).map { Batch(folder: folder, names: $0..<min($0 + size, count)) }
    }
  }
}

extension FileLoading {
  /// `root`: the open listings root.
  func load(_ batch: Batch, of work: [FolderWork], in root: Int32, _ buffer: inout FileBuffer) -> Batch.Outcome {
    let folder = work[batch.folder]
    guard let descriptor = Descriptor.open(path: Paths.components(folder.path)[...], in: root, flags: O_DIRECTORY)
    else {
      let code = errno
      return code == ENOENT || code == ENOTDIR || code == ELOOP ? .vanished : .unreadable(Files.reason(code))
    }
    var files: [LoadedFile] = []
    files.reserveCapacity(batch.names.count)
    for index in batch.names { files.append(load(index, of: folder, in: descriptor, &buffer)) }
    return .loaded(files)
  }

  /// Loads all batches, spread over threads. The outcomes come in the order of the batches.
  func load(_ batches: [Batch], of work: [FolderWork], in root: Int32, spread: Loader.Spread) -> [Batch.Outcome] {
    let queue = BatchQueue(count: batches.count)
    let outcomes = Mutex<[Batch.Outcome?]>(Array(repeating: nil, count: batches.count))
    spread { [self] in
      var buffer = FileBuffer()
      while let index = queue.next() {
        let outcome = load(batches[index], of: work, in: root, &buffer)
        outcomes.withLock { $0[index] = outcome }
      }
    }
    return outcomes.withLock { $0.compactMap(\.self) }
  }

  /// Loads all batches in as many tasks as there are cores. The outcomes come in the order of the batches, whoever
  /// loaded them.
  func loadConcurrently(_ batches: [Batch], of work: [FolderWork], in root: Int32) async -> [Batch.Outcome] {
    let tasks = min(max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1), batches.count)
    let queue = BatchQueue(count: batches.count)
    var outcomes: [Batch.Outcome?] = Array(repeating: nil, count: batches.count)
    await withTaskGroup(of: [(Int, Batch.Outcome)].self) { group in
      for _ in 0..<tasks {
        group.addTask {
          var buffer = FileBuffer()
          var done: [(Int, Batch.Outcome)] = []
          while let index = queue.next() { done.append((index, load(batches[index], of: work, in: root, &buffer))) }
          return done
        }
      }
      for await done in group {
        for (index, outcome) in done { outcomes[index] = outcome }
      }
    }
    return outcomes.compactMap(\.self)
  }
}

/// Which batch is next: each is taken once.
private final class BatchQueue: Sendable {
  private let taken = Atomic(0)
  private let count: Int

  init(count: Int) { self.count = count }

  func next() -> Int? {
    let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    return index < count ? index : nil
  }
}

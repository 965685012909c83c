import Support

/// A file system in memory that knows, beside what a running program sees, what is durable and what waits for a sync. A
/// value: a copy is a snapshot.
struct SimulatedFiles: Sendable {
  /// A change of a file's bytes that no sync has made durable yet.
  enum Change: Sendable {
    case write(Int, [UInt8])
    case resize(Int)
  }

  /// A change of a directory that no sync of it has made durable yet.
  enum Link: Sendable {
    case add(String, Int)
    case move(String, String, Int)
    case take(String)

    var directory: String {
      switch self {
      case .add(let path, _), .move(_, let path, _), .take(let path): SimulatedFiles.directory(of: path)
      }
    }
  }

  struct File: Sendable {
    var bytes: [UInt8] = []
    var durable: [UInt8] = []
    var pending: [Change] = []
    /// Changes whose sync failed: the kernel calls them clean, and no later sync writes them.
    var dropped: [Change] = []
    var reserved = 0
  }

  private(set) var files: [Int: File] = [:]
  private(set) var names: [String: Int] = [:]
  private(set) var durableNames: [String: Int] = [:]
  private(set) var links: [Link] = []
  private var nextFile = 1

  init(_ image: [String: [UInt8]] = [:]) {
    for (path, bytes) in image {
      let file = add(path)
      files[file] = File(bytes: bytes, durable: bytes)
    }
    (durableNames, links) = (names, [])
  }

  static func directory(of path: String) -> String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

  /// What a running program sees, whole.
  var image: [String: [UInt8]] { names.mapValues { files[$0]?.bytes ?? [] } }
  var used: Int { names.values.reduce(0) { $0 + max(files[$1]?.bytes.count ?? 0, files[$1]?.reserved ?? 0) } }

  mutating func add(_ path: String) -> Int {
    if let file = names[path] { return file }
    let file = nextFile
    nextFile += 1
    files[file] = File()
    names[path] = file
    links.append(.add(path, file))
    return file
  }

  mutating func change(_ file: Int, _ change: Change) {
    files[file]?.pending.append(change)
    change.apply(to: &files[file, default: File()].bytes)
    if case .resize(let size) = change { files[file]?.reserved = size }
  }

  mutating func reserve(_ file: Int, to end: Int) { files[file]?.reserved = end }

  mutating func sync(_ file: Int) {
    guard var state = files[file] else { return }
    for change in state.pending { change.apply(to: &state.durable) }
    state.pending = []
    files[file] = state
  }

  mutating func failSync(_ file: Int) {
    guard var state = files[file] else { return }
    state.dropped += state.pending
    state.pending = []
    files[file] = state
  }

  mutating func move(_ path: String, _ target: String) {
    guard let file = names.removeValue(forKey: path) else { return }
    names[target] = file
    if SimulatedFiles.directory(of: path) == SimulatedFiles.directory(of: target) {
      links.append(.move(path, target, file))
    } else {
      links += [.take(path), .add(target, file)]
    }
  }

  mutating func take(_ path: String) { if names.removeValue(forKey: path) != nil { links.append(.take(path)) } }

  mutating func syncDirectory(_ directory: String) {
    for link in links where link.directory == directory { link.apply(to: &durableNames) }
    links.removeAll { $0.directory == directory }
  }
}

extension SimulatedFiles.Change {
  func apply(to bytes: inout [UInt8]) {
    switch self {
    case .write(let offset, let new):
      if bytes.count < offset + new.count { bytes += [UInt8](repeating: 0, count: offset + new.count - bytes.count) }
      bytes.replaceSubrange(offset..<offset + new.count, with: new)
    case .resize(let size):
      if size <= bytes.count {
        bytes.removeLast(bytes.count - size)
      } else {
        bytes += [UInt8](repeating: 0, count: size - bytes.count)
      }
    }
  }
}

extension SimulatedFiles.Link {
  func apply(to names: inout [String: Int]) {
    switch self {
    case .add(let path, let file): names[path] = file
    case .move(let path, let target, let file):
      if names[path] == file { names[path] = nil }
      names[target] = file
    case .take(let path): names[path] = nil
    }
  }
}

// MARK: What a power cut may leave

extension SimulatedFiles {
  /// What may become of one unsynced operation. A write may be there, be missing, have given the file its size and no
  /// data, have been cut at a byte, or have arrived in some of its blocks only, in any order.
  enum Fate: Hashable, Sendable { case lost, whole, hollow, cut(Int), blocks(size: Int, mask: UInt64, isShort: Bool) }

  /// Images that a power cut may leave now: every combination of fates for up to three operations, `samples` beyond.
  func crashes(samples: Int, _ random: inout SeededRandom) -> [[String: [UInt8]]] {
    let operations = pendingFiles.map(\.change).map(Optional.some) + links.map { _ in nil }
    var known: Set<[String: [UInt8]]> = []
    var images: [[String: [UInt8]]] = []
    func add(_ image: [String: [UInt8]]) { if known.insert(image).inserted { images.append(image) } }
    func fates(_ random: inout SeededRandom) -> [[Fate]] { operations.map { Fate.all(of: $0, &random) } }
    if operations.count <= 3 {
      for combination in product(fates(&random)) { add(image(combination)) }
    } else {
      add(image(operations.map { _ in .lost }))
      add(image(operations.map { _ in .whole }))
      for _ in 0..<samples {
        let choice = fates(&random).map { $0.randomElement(using: &random) ?? .lost }
        add(image(choice))
      }
    }
    return images
  }

  private func product(_ fates: [[Fate]]) -> [[Fate]] {
    fates.reduce([[]]) { partial, next in partial.flatMap { head in next.map { head + [$0] } } }
  }

  private var pendingFiles: [(file: Int, change: Change)] {
    files.keys.sorted().flatMap { file in
      ((files[file]?.dropped ?? []) + (files[file]?.pending ?? [])).map { (file, $0) }
    }
  }

  private func image(_ fates: [Fate]) -> [String: [UInt8]] {
    var rest = fates[...]
    var contents = files.mapValues(\.durable)
    for (file, change) in pendingFiles { change.apply(rest.removeFirst(), to: &contents[file, default: []]) }
    var names = durableNames
    for link in links where rest.removeFirst() == .whole { link.apply(to: &names) }
    return names.mapValues { contents[$0] ?? [] }
  }
}

extension SimulatedFiles.Fate {
  static func all(of change: SimulatedFiles.Change?, _ random: inout SeededRandom) -> [Self] {
    guard case .write(_, let bytes)? = change, bytes.count > 1 else { return [.lost, .whole] }
    let sizes = [64, 512, 4096]
    return [
      .lost, .whole, .hollow, .cut(Int.random(in: 1..<bytes.count, using: &random)),
      .blocks(size: sizes.randomElement(using: &random) ?? 512, mask: random.next(), isShort: false),
      .blocks(size: sizes.randomElement(using: &random) ?? 512, mask: random.next(), isShort: true),
    ]
  }
}

extension SimulatedFiles.Change {
  func apply(_ fate: SimulatedFiles.Fate, to bytes: inout [UInt8]) {
    guard case .write(let offset, let new) = self else {
      if fate == .whole { apply(to: &bytes) }
      return
    }
    switch fate {
    case .lost: return
    case .whole: apply(to: &bytes)
    case .cut(let count): Self.write(offset, Array(new[..<count])).apply(to: &bytes)
    case .hollow:
      if bytes.count < offset + new.count { Self.resize(offset + new.count).apply(to: &bytes) }
    case .blocks(let size, let mask, let isShort):
      var start = offset
      var index = 0
      while start < offset + new.count {
        let end = min((start / size + 1) * size, offset + new.count)
        if mask >> UInt64(index % 64) & 1 == 1 {
          Self.write(start, Array(new[start - offset..<end - offset])).apply(to: &bytes)
        }
        (start, index) = (end, index + 1)
      }
      if !isShort, bytes.count < offset + new.count { Self.resize(offset + new.count).apply(to: &bytes) }
    }
  }
}

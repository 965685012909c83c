/// Where a journal's files are.
struct Layout: Sendable {
  let directory: String

  var head: String { directory + "/head.json" }
  var lock: String { directory + "/lock" }
  var emergency: String { directory + "/emergency.jsonl" }
  var torn: String { directory + "/torn" }

  func segment(_ number: Int) -> String {
    let digits = String(number)
    return directory + "/journal-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jsonl"
  }

  func checkpoint(_ sequence: Int) -> String { directory + "/checkpoint-\(sequence).jsonl" }

  // A file whose number is written otherwise (`journal-1.jsonl`) is somebody's copy.
  func isSegment(_ name: String, _ number: Int) -> Bool { segment(number).dropFirst(directory.count + 1) == name }
  func isCheckpoint(_ name: String, _ sequence: Int) -> Bool {
    checkpoint(sequence).dropFirst(directory.count + 1) == name
  }
}

/// What a journal's directory holds.
struct Inventory {
  /// In ascending order.
  var segments: [Int] = []
  var checkpoints: [Int] = []
  var temporaries: [String] = []

  /// Nil when the directory isn't there.
  init?(_ disk: any Disk, _ layout: Layout) throws(JournalError) {
    let names: [String]
    do throws(DiskError) { names = try disk.names(in: layout.directory) } catch {
      if error.isMissing { return nil }
      throw error.isNotDirectory ? .notADirectory(path: layout.directory) : JournalError(error)
    }
    for name in names {
      if name.hasSuffix(".tmp") {
        temporaries.append(layout.directory + "/" + name)
      } else if let number = Inventory.number(name, "journal-"), layout.isSegment(name, number) {
        segments.append(number)
      } else if let sequence = Inventory.number(name, "checkpoint-"), layout.isCheckpoint(name, sequence) {
        checkpoints.append(sequence)
      }
    }
    segments.sort()
    checkpoints.sort()
  }

  private static func number(_ name: String, _ prefix: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(".jsonl") else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(6)
    guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int(digits).flatMap { (1..<Format.numberLimit).contains($0) ? $0 : nil }
  }
}

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
      } else if let number = Inventory.number(name, "journal-") {
        if layout.segment(number) == layout.directory + "/" + name { segments.append(number) }
      } else if let sequence = Inventory.number(name, "checkpoint-") {
        if layout.checkpoint(sequence) == layout.directory + "/" + name { checkpoints.append(sequence) }
      }
    }
    segments.sort()
    checkpoints.sort()
  }

  /// A name that the journal would not have given, by its zeros or its length, is somebody else's file.
  private static func number(_ name: String, _ prefix: String) -> Int? {
    guard name.hasPrefix(prefix), name.hasSuffix(".jsonl") else { return nil }
    let digits = name.dropFirst(prefix.count).dropLast(6)
    guard digits.utf8.count <= 18, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int(digits)
  }
}

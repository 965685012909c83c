import Glibc

/// One file of `Scripts/`: what is there, what then happens, and what must be announced.
struct WatchScript: Sendable, CustomStringConvertible {
  var name: String
  /// Tools without which it is skipped.
  var needs: [String] = []
  /// This path must be announced although nothing ever settles: the edit waits for nothing.
  var atOnce: String?
  var before = ""
  var then = ""
  /// Paths that must not be announced.
  var never: [String] = []

  var description: String { name }

  static let all: [WatchScript] = {
    let folder = String(#filePath.dropLast("WatchScript.swift".count)) + "Scripts"
    let names = entryNames(in: Array(folder.utf8)).map { String(decoding: $0, as: UTF8.self) }
    return names.filter { $0.hasSuffix(".txt") }.sorted().map { name in
      WatchScript(name: String(name.dropLast(4)), text: readText(folder + "/" + name))
    }
  }()

  init(name: String, text: String) {
    self.name = name
    var section = Substring("head")
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("== ") {
        section = line.dropFirst(3)
        continue
      }
      switch section {
      case "before": before += line + "\n"
      case "then": then += line + "\n"
      case "never": if !line.isEmpty { never.append(String(line)) }
      case "head": readHead(line)
      default: fatalError("\(name).txt: no section is named '\(section)'")
      }
    }
  }

  private mutating func readHead(_ line: Substring) {
    if line.hasPrefix("needs ") {
      needs = line.dropFirst(6).split(separator: " ").map(String.init)
    } else if line.hasPrefix("at once: ") {
      atOnce = String(line.dropFirst(9))
    } else if !line.isEmpty, !line.hasPrefix("#") {
      fatalError("\(name).txt: not understood: \(line)")
    }
  }

  var missingTool: String? {
    needs.first { tool in !["/usr/bin/", "/bin/", "/usr/local/bin/"].contains { access($0 + tool, X_OK) == 0 } }
  }
}

/// As bytes: Swift takes two spellings of one letter for one name, and names need not be text.
func entryNames(in folder: [UInt8]) -> [[UInt8]] {
  guard let stream = folder.withCString({ opendir($0) }) else { return [] }
  defer { closedir(stream) }
  var names: [[UInt8]] = []
  while let entry = readdir(stream) {
    let name = UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \.d_name)!)
    let text = name.assumingMemoryBound(to: CChar.self)
    names.append(Array(UnsafeRawBufferPointer(start: name, count: strlen(text))))
  }
  return names.filter { !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
}

extension [UInt8] {
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { body($0.baseAddress!) }
  }
}

func readText(_ path: String) -> String {
  let descriptor = open(path, O_RDONLY)
  precondition(descriptor >= 0, "\(path) can't be read")
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: 1 << 16)
  let count = read(descriptor, &bytes, bytes.count)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

import Foundation
import Testing

/// The table of ARCHITECTURE.md, held against the sources: the compiler misses an import of a transitive dependency.
struct ImportTests {
  static let stages = [
    "Listings", "Watching", "Loading", "Diffing", "Planning", "Journaling", "Marketplaces", "Executing",
  ]
  static let allowed: [String: Set<String>] = [
    "Curl": ["CLibCurl"], "YAML": ["CLibYAML"], "Inotify": ["CLibInotifyTools"],
    "Listings": [], "Diffing": ["Listings"], "Planning": ["Listings", "Diffing"], "Watching": ["Inotify"],
    "Loading": ["Listings", "YAML"], "Journaling": ["Listings"], "Marketplaces": ["Listings"],
    "Executing": ["Listings", "Planning", "Marketplaces", "Journaling"],
    "Reconciling": Set(stages),
    "Facebook": ["Listings", "Marketplaces", "Curl"], "OfferUp": ["Listings", "Marketplaces", "Curl"],
    "Web": ["Listings", "Planning", "Journaling", "Marketplaces"],
    "Sandbox": ["Listings"],
    "hawker": Set(stages + ["Reconciling", "Facebook", "OfferUp", "Web", "Sandbox"]),
  ]
  /// Pure modules do no I/O and know no clock: of the outside they see the standard library and SHA-256.
  /// (Synchronization is for the crash points of debug builds.)
  static let pure: [String: Set<String>] = ["Listings": ["Crypto", "Synchronization"], "Diffing": [], "Planning": []]

  @Test(arguments: allowed.keys.sorted())
  func importsOnlyWhatTheTableAllows(module: String) throws {
    let ours = Set(Self.allowed.keys).union(["CLibCurl", "CLibYAML", "CLibInotifyTools"])
    for (file, imports) in try Repository.imports(of: module) {
      let wrong = imports.intersection(ours).subtracting(Self.allowed[module] ?? [])
      #expect(wrong.isEmpty, "\(file) imports \(wrong.sorted().joined(separator: ", "))")
    }
  }

  @Test(arguments: pure.keys.sorted())
  func pureModulesSeeNothingOfTheOutside(module: String) throws {
    for (file, imports) in try Repository.imports(of: module) {
      let outside = imports.subtracting(Self.allowed.keys).subtracting(Self.pure[module] ?? [])
      #expect(outside.isEmpty, "\(file) imports \(outside.sorted().joined(separator: ", "))")
    }
  }

  @Test func everyModuleIsInTheTable() throws {
    let modules = try Repository.modules().filter { !$0.hasPrefix("CLib") }
    #expect(Set(modules) == Set(Self.allowed.keys))
  }

  @Test func onlyWrappersTurnTheCheckerOff() throws {
    for module in try Repository.modules() where !["Curl", "YAML", "Inotify"].contains(module) {
      for (file, text) in try Repository.sources(of: module) {
        for phrase in ["@unchecked Sendable", "nonisolated(unsafe)", "Task.detached", "DispatchQueue", "try!"] {
          #expect(!text.contains(phrase), "\(file) has \(phrase)")
        }
      }
    }
  }
}

/// To a String, a slash with a combining mark behind it is another character; to the kernel it is still a slash.
struct PathTests {
  @Test(arguments: ["Loading", "Journaling", "Watching", "Executing", "Reconciling"])
  func pathsAreTakenApartByTheirBytes(module: String) throws {
    for (file, text) in try Repository.sources(of: module) {
      for phrase in [#"hasPrefix("/")"#, #"split(separator: "/""#, #"ndex(of: "/")"#] {
        #expect(!text.contains(phrase), "\(file) has \(phrase)")
      }
    }
  }
}

enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func modules() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path).sorted()
  }

  static func sources(of module: String) throws -> [(file: String, text: String)] {
    let folder = root.appending(path: "Sources/\(module)").path
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
    return try files.map { ("\(module)/\($0)", try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) }
  }

  static func imports(of module: String) throws -> [(file: String, imports: Set<String>)] {
    try sources(of: module).map { file, text in
      let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
      let names = lines.compactMap { words -> String? in
        guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
          words[..<index].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal", "private"].contains($0) })
        else { return nil }
        return String(words[index + 1].split(separator: ".")[0])
      }
      return (file, Set(names))
    }
  }
}

import Glibc
import Listings
import Testing

@testable import Loading

/// Each folder of `Cases` is a shop with something wrong, named after the rule that it is for, and `problems.txt` what
/// hawker says to it. `HAWKER_RECORD=1` writes the texts anew, to be read before they are committed.
@Suite struct CaseTests {
  static let folder = "\(#filePath)".split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Cases"
  static let names: [String] = {
    guard let folder = Descriptor.open(folder, in: AT_FDCWD, flags: O_DIRECTORY),
      let names = FolderNames(reading: folder, listsAll: true)
    else { return [] }
    return names.all.filter { !$0.hasPrefix(".") && $0 != "generated" }
  }()

  /// What no file in a repository can or should show: links, rights, sizes, races. Each has a test of its own.
  static let elsewhere: Set<Rule> = [
    .fileType, .fileName, .fileUnreadable, .fileSize, .fileChanging, .folderUnreadable, .photoUnreadable,
    .configUnreadable, .size,
  ]

  @Test(arguments: names) func problemsAreAsRecorded(_ name: String) throws {
    let text = Self.describe(Self.load(name))
    if getenv("HAWKER_RECORD") != nil {
      let file = fopen("\(Self.folder)/\(name)/problems.txt", "w")
      fputs(text, file)
      fclose(file)
    }
    var buffer = FileBuffer()
    guard case .read(let count, _) = buffer.read("\(Self.folder)/\(name)/problems.txt", in: AT_FDCWD) else {
      Issue.record("\(name) has no problems.txt")
      return
    }
    #expect(text == String(decoding: buffer.bytes[..<count], as: UTF8.self))
    #expect(text.contains(" \(Self.rule(name)) "))
  }

  @Test(arguments: Rule.allCases) func everyRuleHasACase(_ rule: Rule) {
    #expect(Self.elsewhere.contains(rule) != Self.names.contains { Self.rule($0) == rule.rawValue })
    #expect(rule.explanation.hasSuffix(".") || rule.explanation.hasSuffix(")."))
  }

  private static func rule(_ name: String) -> String {
    name.split(separator: "-", maxSplits: 1).joined(separator: "/")
  }

  private static func load(_ name: String) -> (LoadedConfig, Wanted) {
    let shop = "\(folder)/\(name)"
    let file = "\(shop)/hawker.yaml"
    let loaded = ConfigReader.read(file: access(file, F_OK) == 0 ? file : nil, folder: shop)
    let url = name == "listing-photo-public-url" ? nil : "https://shop.example.com"
    var loader = Loader(loaded, options: LoadingOptions(capabilities: Shop.capabilities, publicURL: url))
    return (loaded, loader.scan())
  }

  private static func describe(_ result: (loaded: LoadedConfig, wanted: Wanted)) -> String {
    var text = ""
    for problem in result.loaded.problems + result.wanted.problems {
      let owner = [problem.listing, problem.account].map { $0 ?? "–" }.joined(separator: " ")
      text += "\(problem.severity.rawValue) \(problem.rule) \(problem.place) [\(owner)]\n    \(problem.message)\n"
    }
    text += "listings: \(result.wanted.listings.map(\.id).joined(separator: " "))\n"
    text += "frozen ids: \(result.wanted.frozenIDs.sorted().joined(separator: " "))\n"
    text += "frozen files: \(result.wanted.frozenFiles.sorted().joined(separator: " "))\n"
    return text
  }
}

import Foundation
import Listings
import Testing

@testable import Loading
@testable import YAML

/// Which of YAML's features hawker takes, and as what: the idea of the public yaml-test-suite over our subset. Each row
/// was written from YAML 1.2 by hand; `docs/yaml.md` shows them all, and is held against them.
@Suite struct YAMLSubsetTests {
  @Test(arguments: YAMLSubset.rows) func aRowMeansWhatItSays(_ row: YAMLSubset.Row) {
    #expect(YAMLSubset.outcome(of: row.yaml) == row.outcome, "\(row.name)")
  }

  @Test(arguments: YAMLSubset.values) func aValueMeansWhatItSays(_ row: YAMLSubset.Row) {
    #expect(YAMLSubset.value(of: row.yaml) == row.outcome, "\(row.name)")
  }

  @Test func everyFeatureHasItsRow() {
    #expect(YAMLSubset.rows.count + YAMLSubset.values.count >= 80)
    let names = (YAMLSubset.rows + YAMLSubset.values).map(\.name)
    #expect(Set(names).count == names.count)
    // Every rule of the YAML layer is met by a row; too many problems are another test's.
    let rules = Set((YAMLSubset.rows + YAMLSubset.values).map(\.outcome))
    for rule in Rule.allCases where rule.rawValue.hasPrefix("yaml/") && rule != .yamlTooMany {
      #expect(rules.contains { $0.hasPrefix(rule.rawValue) }, "\(rule.rawValue)")
    }
  }

  /// `HAWKER_RECORD=1` writes the page anew.
  @Test func thePageShowsTheRows() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/yaml.md")
    let text = YAMLSubset.page
    if getenv("HAWKER_RECORD") != nil { try text.write(to: page, atomically: true, encoding: .utf8) }
    #expect(try String(contentsOf: page, encoding: .utf8) == text)
  }
}

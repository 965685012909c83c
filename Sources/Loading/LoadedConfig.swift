import Listings

/// hawker.yaml as read: the config, what is wrong with it, and what listings take from it.
package struct LoadedConfig: Sendable {
  package var config: Config
  /// With an error among them, nothing may be done.
  package var problems: [Problem]
  /// Of the very bytes that this was read from; nil without a file. Read a second time, they may be others.
  package internal(set) var digest: Digest?
  /// The file as messages name it; empty when there is none.
  var configName = ""
  /// The layer under every `_defaults.yaml`.
  var defaults = Entries()
  /// Word → marketplace → where in the file.
  var categoryMarks: [String: [String: Mark]] = [:]
  /// Account → where its marketplace is said.
  var accountMarks: [String: Mark] = [:]

  package init(config: Config, problems: [Problem] = []) {
    self.config = config
    self.problems = problems
  }

  package var hasErrors: Bool { problems.contains { $0.severity == .error } }
}

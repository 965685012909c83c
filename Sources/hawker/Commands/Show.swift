import ArgumentParser
import Listings
import Loading
import Planning

struct Show: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "A listing as each marketplace would get it, each value with its origin.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The listing's id.")
  var id: String

  @Option(help: "How it is written.")
  var format: Format = .text

  @Flag(help: "As the built-in sandbox would get it.")
  var sandbox = false

  func run() async throws {
    let setting = try Setting.read(global, sandbox: sandbox)
    var loader = Loader(setting.loaded, options: setting.loadingOptions(marker: .ignored))
    let wanted = loader.scan()
    guard var explanation = loader.explain(id) else {
      if case .unseen(let why) = wanted.root { throw Exit(.person, why) }
      throw Exit(.usage, KnownNames.missing(id, wanted, in: setting.config))
    }
    // What no file can know alone, such as an id that stands twice, is said of it as well.
    explanation.problems = wanted.problems.filter(explanation.concerns)
    Console.out(format == .json ? json(explanation) : text(explanation))
    if explanation.problems.contains(where: { $0.severity == .error }) { throw Exit(.invalid) }
  }

  private func text(_ explanation: Explanation) -> String {
    var text = "\(explanation.id)  \(explanation.file):\(explanation.line)\n"
    text += rows(explanation.values)
    for account in explanation.accounts {
      text += "\non \(account.name) (\(account.marketplace))\n"
      text += account.content == nil ? "  nothing: see the problems below\n" : rows(account.values)
    }
    if !explanation.problems.isEmpty { text += "\n" }
    for problem in explanation.problems { text += problem.text + "\n" }
    return text
  }

  private func rows(_ values: [Explanation.Value]) -> String {
    let width = min(60, (values.map { Escaping.line($0.text).count }.max() ?? 0) + 2)
    return values.map { value in
      "  " + PlanText.pad(value.key, 24) + PlanText.pad(Escaping.line(value.text), width) + place(value.origin) + "\n"
    }.joined()
  }

  private func place(_ origin: Origin) -> String {
    if origin.file.isEmpty { return origin.layer.rawValue }
    return "\(origin.file)\(origin.line > 0 ? ":\(origin.line)" : "")"
  }

  private func json(_ explanation: Explanation) -> String {
    var json = JSONWriter()
    json.object { json in
      json.field("format", "hawker.show/1")
      json.field("listing", explanation.id)
      json.field("file", explanation.file)
      json.field("line", explanation.line)
      json.key("values")
      write(explanation.values, &json)
      json.key("accounts")
      json.array { json in
        for account in explanation.accounts {
          json.object { json in
            json.field("account", account.name)
            json.field("marketplace", account.marketplace)
            json.key("values")
            write(account.values, &json)
          }
        }
      }
      PlanJSON.writeProblems(explanation.problems, to: &json)
    }
    return json.text + "\n"
  }

  private func write(_ values: [Explanation.Value], _ json: inout JSONWriter) {
    json.array { json in
      for value in values {
        json.object { json in
          json.field("key", value.key)
          json.field("value", value.text)
          json.field("layer", value.origin.layer.rawValue)
          json.field("file", value.origin.file.isEmpty ? nil : value.origin.file)
          json.key("line")
          if value.origin.line > 0 { json.value(value.origin.line) } else { json.null() }
        }
      }
    }
  }
}

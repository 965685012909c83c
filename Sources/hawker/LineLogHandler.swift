import Listings
import Logging
import Marketplaces
import Planning

/// One line an event, on standard error: for people, or JSON for machines.
struct LineLogHandler: LogHandler {
  let format: Format
  let isColoured: Bool
  var logLevel: Logger.Level = .notice
  var metadata: Logger.Metadata = [:]

  init(format: Format, isColoured: Bool) {
    self.format = format
    self.isColoured = isColoured
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let now = Ambient.system.now()
    Console.raw(format == .json ? json(event, now) : text(event, now))
  }

  private func text(_ event: LogEvent, _ now: Timestamp) -> String {
    let time = now.description.dropFirst(11).prefix(8)
    let level =
      switch event.level {
      case .warning: "warning: "
      case .error, .critical: "error: "
      default: ""
      }
    let line = "\(time) \(level)\(Escaping.line(event.message.description))"
    guard isColoured, event.level >= .warning else { return line + "\n" }
    return "\u{1B}[\(event.level == .warning ? "33" : "31")m\(line)\u{1B}[0m\n"
  }

  private func json(_ event: LogEvent, _ now: Timestamp) -> String {
    var json = JSONWriter()
    json.object { json in
      json.field("at", now.description)
      json.field("level", event.level.rawValue)
      json.field("message", event.message.description)
      let all = metadata.merging(event.metadata ?? [:]) { $1 }
      for (key, value) in all.sorted(by: { $0.key < $1.key }) {
        json.key(named: key)
        json.value(value.description)
      }
    }
    return json.text + "\n"
  }
}

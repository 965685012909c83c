/// Prometheus' text format, 0.0.4.
struct PrometheusText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// One family: a `# HELP` and `# TYPE` line, then its samples.
  mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Double)]) {
    guard !samples.isEmpty else { return }
    head(name, type, help)
    for sample in samples { line(name, sample.labels, sample.value) }
  }

  mutating func family(_ name: String, _ help: String, histograms: [(labels: String, reading: Histogram.Reading)]) {
    guard !histograms.isEmpty else { return }
    head(name, "histogram", help)
    for (labels, reading) in histograms {
      var total = 0
      for (index, count) in reading.counts.enumerated() {
        total += count
        let bound = index < Histogram.bounds.count ? PrometheusText.number(Histogram.bounds[index]) : "+Inf"
        line(name + "_bucket", PrometheusText.adding("le", bound, to: labels), Double(total))
      }
      line(name + "_sum", labels, reading.sum)
      line(name + "_count", labels, Double(total))
    }
  }

  /// What was counted through swift-metrics, in the order of the names.
  mutating func families(of registry: Registry, help: [String: String]) {
    let byName = Dictionary(grouping: registry.all, by: \.key.name)
    for name in byName.keys.sorted() {
      let series = (byName[name] ?? []).sorted { $0.key.labels < $1.key.labels }
      var (counters, gauges): ([(String, Double)], [(String, Double)]) = ([], [])
      var histograms: [(String, Histogram.Reading)] = []
      for (key, value) in series {
        switch value {
        case .counter(let number): counters.append((key.labels, number.current))
        case .gauge(let number): gauges.append((key.labels, number.current))
        case .histogram(let histogram): histograms.append((key.labels, histogram.current))
        }
      }
      let words = help[name] ?? name
      family(name, "counter", words, counters.map { (labels: $0.0, value: $0.1) })
      family(name, "gauge", words, gauges.map { (labels: $0.0, value: $0.1) })
      family(name, words, histograms: histograms.map { (labels: $0.0, reading: $0.1) })
    }
  }

  private mutating func head(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: String, _ value: Double) {
    text += name
    text += labels
    text += " "
    text += PrometheusText.number(value)
    text += "\n"
  }

  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  /// `{account="facebook",result="done"}`; a value's backslashes, quotes and line breaks are escaped.
  static func labels(_ dimensions: [(String, String)]) -> String {
    guard !dimensions.isEmpty else { return "" }
    return "{" + dimensions.map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",") + "}"
  }

  private static func adding(_ name: String, _ value: String, to labels: String) -> String {
    labels.isEmpty ? "{\(name)=\"\(value)\"}" : labels.dropLast() + ",\(name)=\"\(value)\"}"
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

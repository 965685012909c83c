import Listings

/// An hour in a picture, and the same in words for who doesn't see it. Coordinates only: how it looks is the stylesheet's.
struct Plot {
  var id: String
  var title: String
  var summary: String
  var bars: [Bar] = []
  var lines: [Line] = []
  var top: String
  var legend: [Key]
  var rows: [Row]
  var heads: [String]
  var isEmpty: Bool

  struct Bar { var x: String; var y: String; var width: String; var height: String; var tone: String }
  struct Line { var points: String; var tone: String }
  struct Key { var label: String; var tone: String }
  struct Row { var at: Moment; var cells: [String] }

  static let (width, height, minutes) = (300.0, 64.0, 60)

  /// Throughput and latency; `traffic`: a minute each, the newest last.
  static func all(_ traffic: [Traffic]) -> [Plot] {
    let hour = Array(traffic.suffix(minutes))
    return [throughput(hour), latency(hour)]
  }

  private static func throughput(_ hour: [Traffic]) -> Plot {
    let (done, failed) = (hour.reduce(0) { $0 + $1.done }, hour.reduce(0) { $0 + $1.failed })
    let most = hour.map { $0.done + $0.failed }.max() ?? 0
    var plot = Plot(
      id: "throughput", title: "Actions a minute",
      summary: done + failed == 0
        ? "Nothing was sent in the last hour."
        : "In the last hour \(Words.grouped(done)) done and \(Words.grouped(failed)) failed, "
          + "at most \(Words.grouped(most)) in a minute.",
      top: Words.grouped(most), legend: [Key(label: "done", tone: "good"), Key(label: "failed", tone: "bad")],
      rows: rows(hour) { [Words.grouped($0.done), Words.grouped($0.failed)] }, heads: ["Minute", "Done", "Failed"],
      isEmpty: done + failed == 0)
    let scale = height / Double(max(1, most))
    for (place, minute) in placed(hour) {
      let low = Double(minute.done) * scale
      if minute.done > 0 { plot.bars.append(bar(place, from: 0, to: low, "good")) }
      if minute.failed > 0 { plot.bars.append(bar(place, from: low, to: low + Double(minute.failed) * scale, "bad")) }
    }
    return plot
  }

  private static func latency(_ hour: [Traffic]) -> Plot {
    let seen = hour.filter { $0.done + $0.failed > 0 && $0.median.isFinite && $0.slow.isFinite }
    let most = seen.map { max($0.slow, $0.median) }.max() ?? 0
    let newest = seen.last.map {
      "In the newest minute half took \(Words.seconds($0.median)) or less, the slowest \(Words.seconds($0.slow))."
    }
    var plot = Plot(
      id: "latency", title: "Time an action takes", summary: newest ?? "Nothing was measured in the last hour.",
      top: Words.seconds(most),
      legend: [Key(label: "half of them", tone: "busy"), Key(label: "slowest 1 %", tone: "wait")],
      rows: rows(seen) { [Words.seconds($0.median), Words.seconds($0.slow)] },
      heads: ["Minute", "Half", "Slowest 1 %"],
      isEmpty: seen.isEmpty)
    let scale = height / max(most, 0.001)
    let places = placed(hour).filter { $0.1.done + $0.1.failed > 0 && $0.1.median.isFinite && $0.1.slow.isFinite }
    for (tone, value) in [("wait", \Traffic.slow), ("busy", \Traffic.median)] {
      let points = places.map { place, minute in
        "\(number((Double(place) + 0.5) * width / Double(minutes))),\(number(height - min(height, minute[keyPath: value] * scale)))"
      }
      if let only = points.first, points.count == 1 {
        let x = only.split(separator: ",")
        plot.lines.append(Line(points: "\(only) \(number((Double(x[0]) ?? 0) + 2)),\(x[1])", tone: tone))
      } else if !points.isEmpty {
        plot.lines.append(Line(points: points.joined(separator: " "), tone: tone))
      }
    }
    return plot
  }

  /// Each minute at its place in the hour; what was not measured leaves a gap.
  private static func placed(_ hour: [Traffic]) -> [(Int, Traffic)] {
    guard let newest = hour.last?.minute.milliseconds else { return [] }
    return hour.compactMap { minute in
      let place = minutes - 1 - Int((newest - minute.minute.milliseconds) / 60_000)
      return (0..<minutes).contains(place) ? (place, minute) : nil
    }
  }

  private static func bar(_ place: Int, from low: Double, to high: Double, _ tone: String) -> Bar {
    let step = width / Double(minutes)
    return Bar(
      x: number(Double(place) * step + 0.5), y: number(height - high), width: number(step - 1),
      height: number(max(1, high - low)), tone: tone)
  }

  private static func rows(_ hour: [Traffic], _ cells: (Traffic) -> [String]) -> [Row] {
    hour.filter { $0.done + $0.failed > 0 }.suffix(15).reversed().map { Row(at: Moment($0.minute), cells: cells($0)) }
  }

  private static func number(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
}

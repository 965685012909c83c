import CoreMetrics
import Listings
import Synchronization

/// What swift-metrics writes into, and `/metrics` reads: counters, gauges and histograms by their names and labels.
package final class Registry: MetricsFactory {
  struct Key: Hashable, Sendable {
    let name: String
    /// As they are written: `{account="facebook"}`, or nothing.
    let labels: String
  }

  enum Series: Sendable {
    case counter(Number)
    case gauge(Number)
    case histogram(Histogram)
  }

  /// More series than this are not kept: a label that came from outside must not fill the memory.
  private static let limit = 2000

  private let series = Mutex<[Key: Series]>([:])

  package init() {}

  var all: [Key: Series] { series.withLock { $0 } }

  private func series(_ label: String, _ dimensions: [(String, String)], _ new: () -> Series) -> Series {
    let key = Key(name: label, labels: PrometheusText.labels(dimensions))
    return series.withLock { series in
      if let known = series[key] { return known }
      let made = new()
      if series.count < Registry.limit { series[key] = made }
      return made
    }
  }

  private func number(_ label: String, _ dimensions: [(String, String)], isCounter: Bool) -> Number {
    switch series(label, dimensions, { isCounter ? .counter(Number()) : .gauge(Number()) }) {
    case .counter(let number), .gauge(let number): number
    case .histogram: Number()
    }
  }

  private func histogram(_ label: String, _ dimensions: [(String, String)]) -> Histogram {
    if case .histogram(let histogram) = series(label, dimensions, { .histogram(Histogram()) }) { return histogram }
    return Histogram()
  }

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    number(label, dimensions, isCounter: true)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    number(label, dimensions, isCounter: false)
  }

  package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if aggregate { return histogram(label, dimensions) }
    return number(label, dimensions, isCounter: false)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    histogram(label, dimensions)
  }

  // Nothing is forgotten: a series that stopped still says what it counted.
  package func destroyCounter(_: any CounterHandler) {}
  package func destroyMeter(_: any MeterHandler) {}
  package func destroyRecorder(_: any RecorderHandler) {}
  package func destroyTimer(_: any TimerHandler) {}
}

/// A counter or a gauge.
final class Number: CounterHandler, MeterHandler, RecorderHandler {
  private let value = Mutex<Double>(0)

  var current: Double { value.withLock { $0 } }

  func increment(by amount: Int64) { value.withLock { $0 += Double(amount) } }
  func reset() { value.withLock { $0 = 0 } }
  func set(_ number: Int64) { value.withLock { $0 = Double(number) } }
  func set(_ number: Double) { value.withLock { $0 = number } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ number: Int64) { set(number) }
  func record(_ number: Double) { set(number) }
}

/// How long things took, in seconds, in fixed buckets.
final class Histogram: TimerHandler, RecorderHandler {
  struct Reading: Sendable {
    /// How many lay in each bucket (not below it); one more than there are bounds.
    var counts = [Int](repeating: 0, count: Histogram.bounds.count + 1)
    var sum = 0.0
  }

  static let bounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
  ]

  private let reading = Mutex(Reading())

  var current: Reading { reading.withLock { $0 } }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let index = Histogram.bounds.firstIndex { value <= $0 } ?? Histogram.bounds.count
    reading.withLock { reading in
      reading.counts[index] += 1
      reading.sum += value
    }
  }
}

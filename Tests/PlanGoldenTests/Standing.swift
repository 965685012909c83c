import Foundation
import Listings
import Planning

/// `standing.txt`: what the journal keeps beside the records, a line each:
///
///     lost ACCOUNT COUNT AGE               withdrawals because files went away, so long ago
///     refused ACCOUNT COUNT AGE            new posts that the marketplace refused then
///     updated ACCOUNT COUNT AGE            that many posts were updated then
///     grace|hold|unsettled LISTING ACCOUNT AGE [TEXT]
///     permit LISTING ACCOUNT GUARD
///     sold LISTING ACCOUNT|- AGE
///     counted LISTING COUNT
///     drift LISTING ACCOUNT FIELD VALUE
extension Case {
  func takeStanding(into input: inout PlanInput) throws {
    for line in lines("standing.txt") {
      switch line[0] {
      case "lost":
        for number in 0..<(Int(line[2]) ?? 0) {
          let key = PostKey(listing: "gone-\(number)", account: line[1])
          input.standing.losses.append(Loss(key: key, at: try Case.ago(line[3])))
        }
      case "refused":
        for number in 0..<(Int(line[2]) ?? 0) {
          let key = PostKey(listing: "refused-\(number)", account: line[1])
          input.standing.refusals.append(Refusal(key: key, at: try Case.ago(line[3])))
        }
      case "updated":
        for key in input.records.keys.filter({ $0.account == line[1] }).sorted().prefix(Int(line[2]) ?? 0) {
          input.records[key]?.updatedAt = try Case.ago(line[3])
        }
      case "sold":
        let sale = Sale(account: line[2] == "-" ? nil : line[2], price: nil, at: try Case.ago(line[3]))
        input.standing.sales[line[1], default: []].append(sale)
      case "counted": input.quantities[line[1]] = Int(line[2])
      case "drift":
        input.standing.drifts[key(line)] = Drift(
          fields: [line[3]], values: [line[3]: line[4...].joined(separator: " ")], at: Case.now)
      case "grace", "hold", "unsettled", "oversold":
        let text = line.count > 4 ? line[4...].joined(separator: " ") : nil
        input.standing.holds[key(line), default: []].append(
          RecordedHold(by: line[0], since: try Case.ago(line[3]), text: text))
      case "permit":
        let post = input.wanted.listings.first { $0.id == line[1] }?.posts.first { $0.account == line[2] }
        let until = Case.now.advanced(by: .seconds(1800))
        input.standing.permits[key(line), default: []].append(
          Permit(by: line[3], digest: post?.content?.digest, until: until))
      default: throw Failure(message: "\(name)/standing.txt: \(line[0])")
      }
    }
  }

  private func key(_ line: [String]) -> PostKey { PostKey(listing: line[1], account: line[2]) }

  /// `30m`, `45s`.
  private static func ago(_ text: String) throws -> Timestamp {
    guard let count = Int(text.dropLast()), let unit = ["s": 1, "m": 60, "h": 3600][text.suffix(1)] else {
      throw Failure(message: "no age: \(text)")
    }
    return now.advanced(by: .seconds(-count * unit))
  }
}

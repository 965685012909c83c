import Diffing
import Listings

/// What a recorded sale makes of a listing's posts: off everywhere but where it was sold, and not made again because the
/// file still says available. The post through which it sold is the marketplace's to mark, and stays.
extension Rules {
  /// The sale that took the last one. Nil: there is one left, or the file itself speaks of it by now.
  func claim(on difference: Difference) -> Sale? {
    if case .off(let cause) = difference.want, cause.isExplicit || cause == .soldByDefault { return nil }
    guard difference.listing != nil else { return claimUnread(difference) }
    return input.standing.claim(on: difference.key, quantity: quantity(difference))
  }

  /// Whether the last one was sold, and not through this post, as a file that can be read has it.
  func isTaken(_ difference: Difference) -> Bool {
    guard difference.listing != nil else { return false }
    let (key, quantity) = (difference.key, quantity(difference))
    return input.standing.claim(on: key, quantity: quantity) != nil
      && !input.standing.wasSoldHere(key, quantity: quantity)
  }

  /// How many there are of it: as its file says or, when that can't be read, as it said last.
  private func quantity(_ difference: Difference) -> Int {
    difference.listing?.quantity ?? input.quantities[difference.key.listing] ?? 1
  }

  /// Of a file that is broken the last one's sale is believed however old it is: how many there are is recorded, and what was
  /// sold must not stand because nobody could take it off in time. Of one that is gone a sale of this hour is: a post that
  /// has outlived it for longer has more behind it, and its file's going away is judged as any other's.
  private func claimUnread(_ difference: Difference) -> Sale? {
    guard let sale = input.standing.claim(on: difference.key, quantity: quantity(difference)) else { return nil }
    if case .frozen = difference.want { return sale }
    guard let record = difference.record, record.isLive else { return sale }
    let isUnderWay = record.pending?.isSale == true || record.failure != nil
    return isUnderWay || sale.at > input.now.advanced(by: .seconds(-3600)) ? sale : nil
  }

  /// Nil: what the table says of an unsold thing is right here too.
  func sold(_ difference: Difference, _ claim: Sale) -> Action? {
    guard let record = difference.record, record.isLive else { return soldOut(difference, claim) }
    if input.standing.wasSoldHere(difference.key, quantity: quantity(difference)) {
      // Named nowhere any more: taken off as anything else.
      if case .off(let cause) = difference.want, cause == .dropped || cause == .droppedByDefault { return nil }
      return action(.unchanged, difference, .init("sold", "it sold here"))
    }
    var withdrawal = action(.withdraw, difference, .init(Difference.Cause.claimed.rawValue, "sold \(claim.place)"))
    withdrawal.cause = .claimed
    // Not the seller's hold: what is sold can't be left standing.
    return record.failedDigest == nil ? retry(record.failure?.retryAt, withdrawal) : withdrawal
  }

  private func soldOut(_ difference: Difference, _ claim: Sale) -> Action? {
    guard case .offered(let post) = difference.want else {
      // A listing whose file is gone keeps its claim: the file may come back.
      return action(.unchanged, difference, .init("sold", "it sold"))
    }
    return soldOut(difference, post, "it sold \(claim.place)")
  }

  func soldOut(_ difference: Difference, _ post: WantedPost, _ words: String) -> Action {
    // One release ends both: nobody is to find out by what is posted then.
    let isHeld = input.standing.hold(on: difference.key, by: Action.Holder.hold.rawValue) != nil
    return action(.create, difference, .init("sold", words), post: post)
      .held(
        by: .sold,
        "create: \(words)\(isHeld ? ", and is held by the seller" : ""); say status: sold in the file, and available "
          + "again later (or hawker release \(difference.key.listing)\(isHeld ? ", which ends the hold, too" : ""))")
  }

  /// The file says sold what a sale had claimed: from now on the file's word counts again. Not before the post is off,
  /// nor while two buyers wait for one thing.
  func saleSeen(_ difference: Difference) -> Bookkeeping? {
    guard case .off(let cause) = difference.want, cause == .sold || cause == .soldByDefault else { return nil }
    let (key, record) = (difference.key, difference.record)
    guard record?.isLive != true, record?.state != .uncertain, record?.pending == nil else { return nil }
    guard input.standing.hold(on: key, by: Action.Holder.oversold.rawValue) == nil else { return nil }
    let isClaimed = record?.state == .withdrawn(sold: true) || !input.standing.openSales(on: key).isEmpty
    return isClaimed ? .saleSeen(key) : nil
  }
}

/// Two buyers of one thing: nothing is held, but a person must tell one of them.
enum Oversold {
  static func reports(_ input: PlanInput) -> [GuardReport] {
    let holder = Action.Holder.oversold
    return input.standing.holds.keys.sorted().compactMap { key in
      guard let hold = input.standing.hold(on: key, by: holder.rawValue) else { return nil }
      return GuardReport(
        holder, account: key.account, limit: 1, observed: input.standing.sales[key.listing]?.count ?? 2,
        isTripped: true,
        override: "hawker release \(key.listing)",
        text: "\(key.listing): \(hold.text ?? "it was sold twice"); tell one of the buyers")
    }
  }
}

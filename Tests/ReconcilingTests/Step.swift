import Listings
import Support

/// One thing that happens, and how long the world goes on before the next one. A history is a list of them.
struct Step: Sendable, CustomStringConvertible {
  enum Event: Sendable {
    case price(String, percent: Int64), title(String, Int), photo(String, Int), category(String), refused(String)
    case rename(String), remove(String), removeAll, damage(String, Shelf.Item.Damage), restore(String)
    case status(String, Listing.Status), protect(String, Bool), drop(String, account: String), raise(percent: Int64)
    case sell(String, account: String?)
    case hold(String), release(String), forget(String), settle(String), approve, releaseScope(withdraw: Bool)
    case quantity(String, Int), pull(String, account: String), buy(String, account: String, Telling)
    case remoteEdit(String, account: String, price: Bool, Telling), remoteUndo(String, account: String, Telling)
    case remoteRemoval(String, account: String, Telling), rumour(String, account: String, Telling)
    case patchy(String, seconds: Int64), enforce
    case crash, crashOnDisk(Int), crashOnCall(String, Int, after: Bool), restart
    case fault(String, Market.Fault), down(String, seconds: Int64), poison(String, account: String), renew
    case clock(seconds: Int64), disable(String), lose(account: String), reinstate, guards(Int), move(root: String)
    case git(Bool), root(Bool), idle(seconds: Int64), apply(allowing: Bool)
  }

  /// How a marketplace tells of what happened on it.
  enum Telling: Sendable { case silent, once, late, repeated }

  var event: Event
  /// In milliseconds.
  var pause: Int64

  var description: String { "\(event), then \(Double(pause) / 1000) s" }
}

extension Step {
  /// Draws the next step; dangerous ones are as likely as plain ones.
  static func random(_ setup: Setup, _ random: inout SeededRandom) -> Step {
    let pauses: [ClosedRange<Int64>] = [0...0, 1...2000, 1000...60_000, 60_000...900_000]
    let event = Event.random(setup, &random)
    return Step(event: event, pause: Int64.random(in: pauses[Int.random(in: 0..<4, using: &random)], using: &random))
  }
}

extension Step.Event {
  fileprivate static func random(_ setup: Setup, _ random: inout SeededRandom) -> Step.Event {
    let item = "item-\(Int.random(in: 1...setup.listings, using: &random))"
    let account = setup.accounts[Int.random(in: 0..<setup.accounts.count, using: &random)].name
    let (number, flag) = (Int.random(in: 0...9, using: &random), Bool.random(using: &random))
    switch Int.random(in: 0..<24, using: &random) {
    case 0...2: return edit(item, number, flag, &random)
    case 3...5: return move(item, account, number, flag)
    case 6: return decision(item, account, number, flag)
    case 7, 20...23: return remote(item, account, number, &random)
    case 8...9: return crash(account, number, flag)
    case 10...15: return fault(item, account, number, flag, &random)
    case 16: return .clock(seconds: flag ? Int64(number) * 900 : -Int64(number) * 120)
    case 17: return config(account, number, flag)
    case 18: return number < 5 ? .git(flag) : .root(flag)
    default:
      if number < 3 { return .enforce }
      return number < 6 ? .apply(allowing: flag) : .idle(seconds: Int64(number) * 1000)
    }
  }

  /// What other people do there.
  private static func remote(
    _ item: String, _ account: String, _ number: Int, _ random: inout SeededRandom
  ) -> Step.Event {
    let tellings: [Step.Telling] = [.silent, .once, .late, .repeated]
    let telling = tellings[Int.random(in: 0..<4, using: &random)]
    switch number {
    case 0...2: return .buy(item, account: account, telling)
    case 3...4: return .remoteEdit(item, account: account, price: number == 3, telling)
    case 5: return .remoteUndo(item, account: account, telling)
    case 6: return .remoteRemoval(item, account: account, telling)
    case 7: return .rumour(item, account: account, telling)
    case 8: return .patchy(account, seconds: Int64.random(in: 60...7200, using: &random))
    default:
      return Bool.random(using: &random)
        ? .pull(item, account: account) : .quantity(item, Int.random(in: 1...3, using: &random))
    }
  }

  private static func edit(_ item: String, _ number: Int, _ flag: Bool, _ random: inout SeededRandom) -> Step.Event {
    switch number {
    case 0...3: .price(item, percent: [70, 90, 110, 40][number])
    case 4...5: .title(item, Int.random(in: 0...3, using: &random))
    case 6: .photo(item, Int.random(in: 0...3, using: &random))
    case 7: .category(item)
    case 8: .refused(item)
    default: flag ? .raise(percent: 130) : .raise(percent: 30)
    }
  }

  private static func move(_ item: String, _ account: String, _ number: Int, _ flag: Bool) -> Step.Event {
    switch number {
    case 0: flag ? .rename(item) : .protect(item, false)
    case 1: .remove(item)
    case 2: .restore(item)
    case 3: flag ? .removeAll : .remove(item)
    case 4: .damage(item, flag ? .unreadable : .invalid)
    case 5...6: .restore(item)
    case 7: flag ? .status(item, .sold) : .restore(item)
    case 8: .status(item, flag ? .reserved : .draft)
    default: flag ? .drop(item, account: account) : .protect(item, true)
    }
  }

  private static func decision(_ item: String, _ account: String, _ number: Int, _ flag: Bool) -> Step.Event {
    switch number {
    case 0...1: .hold(item)
    case 2...3: .release(item)
    case 4: .forget(item)
    case 5...6: .settle(item)
    case 7: .approve
    case 8: .sell(item, account: flag ? account : nil)
    default: .releaseScope(withdraw: flag)
    }
  }

  private static func crash(_ account: String, _ number: Int, _ flag: Bool) -> Step.Event {
    switch number {
    case 0...1: .crash
    case 2...5: .crashOnDisk(number * 2 - (flag ? 3 : 4))
    case 6...8: .crashOnCall(account, number - 6, after: flag)
    default: .restart
    }
  }

  private static func fault(
    _ item: String, _ account: String, _ number: Int, _ flag: Bool, _ random: inout SeededRandom
  ) -> Step.Event {
    let seconds = Int64.random(in: 1...600, using: &random)
    switch number {
    case 0: return .fault(account, .lostBefore)
    case 1...2: return .fault(account, .lostAfter)
    case 3: return .fault(account, flag ? .twice : .twiceLost)
    case 4: return .fault(account, .wrongID)
    case 5: return .fault(account, .throttled(seconds: seconds))
    case 6 where flag: return .fault(account, .uploading(seconds: seconds / 3))
    case 6: return .fault(account, seconds < 300 ? .unavailable : .slow(seconds: seconds % 25))
    case 7: return .down(account, seconds: seconds * 6)
    case 8: return .poison(item, account: account)
    default: return flag ? .fault(account, .unauthorized) : .renew
    }
  }

  private static func config(_ account: String, _ number: Int, _ flag: Bool) -> Step.Event {
    switch number {
    case 0...1: .disable(account)
    case 2...3: .lose(account: account)
    case 4...6: .reinstate
    case 7: .guards(flag ? 100 : 20)
    default: .move(root: flag ? "elsewhere" : "listings")
    }
  }
}

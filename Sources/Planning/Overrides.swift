import Listings

/// Says how exactly what a guard holds can be let through. The words come last, when nothing is held any more that was not
/// before, since one way names the plan itself: the whole one, of which `--only` may show a part.
enum Overrides {
  static func name(in actions: inout [Action], _ reports: inout [GuardReport], isDaemon: Bool) {
    let (held, isChanged) = held(actions.span)
    guard held > 0 || isChanged || reports.contains(where: \.isLifted) else { return nameReleases(actions, &reports) }
    let approve = isChanged || isDaemon && held > 0 ? "hawker approve \(Plan.shortID(of: actions))" : ""
    let number = held > 0 ? "--allow-withdraw \(held)" : ""
    for index in actions.indices {
      switch actions[index].hold?.by {
      case .withdrawals, .emptied:
        actions[index].hold?.text += " (\(isDaemon ? approve + ", or " : "")\(number) for all accounts)"
      case .updates: actions[index].hold?.text += " (\(approve))"
      default: break
      }
    }
    for index in reports.indices where reports[index].isTripped {
      switch reports[index].name {
      // While a daemon runs nobody else can apply.
      case .withdrawals, .emptied: reports[index].override = isDaemon ? approve : number
      case .updates: reports[index].override = approve
      default: break
      }
    }
    nameReleases(actions, &reports)
  }

  /// How many withdrawals the guards hold, and whether they hold changes. Over a span, which copies no action.
  private static func held(_ actions: Span<Action>) -> (withdrawals: Int, isChanged: Bool) {
    var (held, isChanged) = (0, false)
    for index in actions.indices {
      switch actions[index].hold?.by {
      case .withdrawals, .emptied: held += 1
      case .updates: isChanged = true
      default: break
      }
    }
    return (held, isChanged)
  }

  private static func nameReleases(_ actions: [Action], _ reports: inout [GuardReport]) {
    for index in reports.indices where [.priceDrop, .rejections].contains(reports[index].name) {
      let listings = Set(
        actions.filter { $0.hold?.by == reports[index].name && $0.key.account == reports[index].account }
          .map(\.key.listing))
      reports[index].override = listings.sorted().prefix(3).map { "hawker release \($0)" }.joined(separator: "; ")
    }
  }
}

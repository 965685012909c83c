import ArgumentParser
import Listings
import Loading
import Marketplaces
import Planning
import Reconciling

struct PlanCommand: AsyncParsableCommand, Formatted {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what apply would do, from files and journal alone; touches nothing.",
    discussion:
      "No network, no credentials, no lock, nothing written but the cache in state/cache; with --refresh, live "
      + "copies are read first.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var selection: SelectionOptions

  @Flag(help: "Against the built-in sandbox's own journal.")
  var sandbox = false

  @Option(help: "How the plan is written.")
  var format: PlanFormat = .text

  @Flag(help: "Reads the live copies first; nothing is recorded.")
  var refresh = false

  @Flag(help: "Exit 2 when changes are pending.")
  var detailedExitcode = false

  @Option(help: "Saves the plan, as JSON, for `apply --plan`.")
  var out: String?

  @Flag(help: "Shows unchanged posts too.")
  var verbose = false

  @Flag(help: "Reads everything anew, and keeps nothing for the next time.")
  var noCache = false

  func run() async throws {
    let setting = try Setting.read(global, sandbox: sandbox)
    if refresh { return try await runRefreshed(setting) }
    let forecast = try await setting.forecast(selection.selection(), isWhole: verbose, usesCache: !noCache)
    let plan = setting.worded(forecast.plan.with(setting.loaded.problems))
    await show(plan, setting)
    warnOfLostJournal(plan, setting)
    if let out { try SavedPlan.save(plan, to: out) }
    forecast.keep()
    // A big shop's values need not be taken apart one by one before the process ends.
    withExtendedLifetime(forecast) { Exit.now(codes(plan)) }
  }

  private func runRefreshed(_ setting: Setting) async throws {
    let live = try await LiveAccounts(setting)
    let planned = try await setting.plan(selection.selection(), looking: { live.accounts })
    await live.close()
    await show(planned.plan, setting)
    warnOfLostJournal(planned.plan, setting)
    if let out { try SavedPlan.save(planned.plan, to: out) }
    let codes = codes(planned.plan).union(LiveCopies.codes(planned.failures))
    withExtendedLifetime(planned) { Exit.now(codes) }
  }

  private func codes(_ plan: Plan) -> Set<ExitCode> {
    var codes = plan.exitCodes
    if detailedExitcode, plan.hasChanges { codes.insert(.pending) }
    return codes
  }

  /// Without a journal the root's mark holds no plan back (CI has none); `apply` refuses where there was one.
  private func warnOfLostJournal(_ plan: Plan, _ setting: Setting) {
    guard plan.lineage == nil, let why = setting.lostJournal?.message else { return }
    Console.error("warning: `apply` would refuse this plan (exit 7): " + (sandbox ? Advice.inSandbox(why) : why))
  }

  private func show(_ plan: Plan, _ setting: Setting) async {
    switch format {
    case .text:
      await PlanText(isVerbose: verbose, isColoured: global.isColoured).writeConcurrently(plan) { Console.out($0) }
    case .json: Console.out(PlanJSON.render(plan, hawker: Version.text) + "\n")
    case .markdown: Console.out(PlanMarkdown.render(plan))
    case .github: Console.out(PlanAnnotations(prefix: PlanCommand.prefix(of: setting.config.shop)).render(plan))
    }
  }

  /// GitHub names files from the repository's root, which is where the workflow's checkout lies.
  private static func prefix(of shop: String) -> String {
    guard let root = Environment["GITHUB_WORKSPACE"], shop.hasPrefix(root + "/") else { return "" }
    return String(shop.dropFirst(root.utf8.count + 1)) + "/"
  }
}

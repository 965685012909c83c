import Journaling
import Listings
import Loading
import Marketplaces
import Planning
import Reconciling

/// Where a command's decision goes: to the daemon that owns the journal, or, when none runs, into the journal itself.
struct Decisions {
  let setting: Setting

  init(_ options: GlobalOptions, sandbox: Bool) { setting = Setting.reading(options, sandbox: sandbox) }

  /// Prints the answer; throws with its exit code when nothing was recorded. A daemon has a config of its own, the last
  /// good one: it can be told while the file is broken.
  func carryOut(_ decision: Decision) async throws {
    let answer: Answer
    if let told = try ControlSocket(state: setting.config.state).ask(decision) {
      answer = told
    } else {
      try setting.refuseErrors()
      answer = try await record(decision)
    }
    switch answer.code {
    case .done: Console.out((setting.isSandbox ? Advice.inSandbox(answer.text) : answer.text) + "\n")
    case .refused: throw Exit(.person, answer.text)
    case .unknown, .malformed: throw Exit(.usage, answer.text)
    case .journal: throw Exit(.journal, answer.text)
    }
  }

  private func record(_ decision: Decision) async throws -> Answer {
    guard try setting.readLedger() != nil else {
      throw Exit(.usage, "\(setting.config.state): there is no journal yet; run `hawker apply` first")
    }
    do throws(JournalError) {
      let journal = try Journal.open(setting.config.state, program: Version.text, now: Ambient.system.now)
      let answer: Answer
      do throws(JournalError) { answer = try await record(decision, in: journal) } catch {
        await journal.close()
        throw error
      }
      if let lost = await journal.close() { throw lost }
      return answer
    } catch .locked(let holder) {
      throw Exit(
        .locked, "nothing was recorded: \(JournalError.locked(holder).message) Give the command again when it has ended"
      )
    } catch {
      throw Exit(error)
    }
  }

  private func record(_ decision: Decision, in journal: Journal) async throws(JournalError) -> Answer {
    let marker = Marker.expected(lineage: journal.ledger.lineage)
    var shop = Shop(
      loaded: setting.loaded, options: setting.loadingOptions(marker: marker), accounts: [], journal: journal,
      ambient: .system, markFolder: setting.markFolder)
    shop.isSandbox = setting.isSandbox
    var loader = Loader(shop.loaded, options: shop.options)
    let wanted = loader.scan()
    let ruling = Deciding(shop, wanted).rule(decision)
    CrashPoint.reach("decision-before")
    if !ruling.entries.isEmpty { try await journal.append(ruling.entries) }
    if let account = ruling.troubled { journal.note(trouble: account, at: shop.ambient.now()) }
    CrashPoint.reach("decision-recorded")
    Lineage.advance(shop)
    CrashPoint.reach("decision-marked")
    var answer = ruling.answer
    if case .sold = decision, !ruling.entries.isEmpty { answer.text += "\nNo daemon runs: `hawker apply` does it." }
    return answer
  }

  /// What stands outside of the config's scope now, for a person to look at.
  func leftScope() async throws -> [String] {
    try setting.refuseErrors()
    return try await setting.plan().plan.leftScope.map { "\($0.key): \($0.hold?.text ?? "")" }
  }
}

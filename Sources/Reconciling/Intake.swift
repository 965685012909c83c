import Executing
import Journaling
import Listings
import Logging
import Marketplaces
import Planning

/// Takes in what comes from outside: notices, and sales that the seller tells of. One batch at a time, so that what is
/// told twice at once is recorded once; beside the loop, so that a sale waits neither for a scan nor for a plan of the
/// whole shop. Durable before anybody is answered; repeated notices leave no trace.
actor Intake {
  /// What it works on, as the loop knows it.
  struct Scene: Sendable {
    var shop: Shop
    var executor: Executor
    /// Nil: the files have not been looked at yet.
    var wanted: Wanted?
  }

  private struct Job {
    enum Work {
      case notices([Notice])
      case decision(Decision)
      case seen([Look])
    }
    let work: Work
    let answer: CheckedContinuation<Answer, Never>
  }

  /// What a batch came to.
  private struct Batch: Sendable {
    /// What something follows from.
    var entries: [Entry] = []
    /// All that is to be recorded, in the order in which it was ruled on: names of sales that are counted already too.
    var recorded: [Entry] = []
    var answers: [Answer] = []
    var sold: Set<String> = []
    var isHinted = false
  }

  private var scene: Scene
  private var waiting: [Job] = []
  private var isWorking = false
  private let index: PostIndex
  private let hints: Hints
  private let logger: Logger

  init(_ scene: Scene, _ index: PostIndex, _ hints: Hints, _ logger: Logger) {
    (self.scene, self.index, self.hints, self.logger) = (scene, index, hints, logger)
  }

  func see(_ scene: Scene) { self.scene = scene }

  /// True once it is durable.
  func take(_ notices: [Notice]) async -> Bool {
    guard !notices.isEmpty else { return true }
    return await carryOut(.notices(notices)).code == .done
  }

  func decide(_ decision: Decision) async -> Answer { await carryOut(.decision(decision)) }

  /// Records what looks at live copies showed.
  func saw(_ looks: [Look]) async -> Bool {
    guard !looks.isEmpty else { return true }
    return await carryOut(.seen(looks)).code == .done
  }

  private func carryOut(_ work: Job.Work) async -> Answer {
    await withCheckedContinuation { continuation in
      waiting.append(Job(work: work, answer: continuation))
      guard !isWorking else { return }
      isWorking = true
      Task(executorPreference: scene.shop.ambient.prompt) { await self.work() }
    }
  }

  private func work() async {
    while !waiting.isEmpty {
      let jobs = waiting
      waiting = []
      let batch = rule(jobs)
      let failure = await record(batch.recorded)
      for (job, answer) in zip(jobs, batch.answers) { job.answer.resume(returning: failure ?? answer) }
      guard failure == nil, !batch.entries.isEmpty || batch.isHinted else { continue }
      // Beside what is told next: whoever tells something waits for the journal alone, not for the executor.
      Task(executorPreference: scene.shop.ambient.prompt) { await self.follow(batch) }
    }
    isWorking = false
  }

  /// What follows from a batch that is recorded.
  private func follow(_ batch: Batch) async {
    if !batch.sold.isEmpty { await withdraw(batch.sold) }
    hints.add { pending in
      if batch.isHinted { pending.read = true }
      if batch.entries.contains(where: \.changesPlans) { pending.replan = true }
    }
  }

  private func record(_ entries: [Entry]) async -> Answer? {
    guard !entries.isEmpty else { return nil }
    CrashPoint.reach("decision-before")
    do throws(JournalError) { try await scene.shop.journal.append(entries) } catch {
      return Answer(.journal, error.message)
    }
    CrashPoint.reach("decision-recorded")
    return nil
  }

  /// At once, ahead of the plan that follows.
  private func withdraw(_ listings: Set<String>) async {
    guard let wanted = scene.wanted else { return }
    CrashPoint.reach("sale-before")
    let sales = scene.shop.sales(of: listings, wanted)
    await scene.executor.expedite(sales, of: listings)
  }

  // MARK: What is recorded

  /// Over the ledger as it will be: the second job of a batch knows of the first.
  private func rule(_ jobs: [Job]) -> Batch {
    var batch = Batch()
    var ledger = scene.shop.journal.ledger
    for job in jobs {
      let first = batch.entries.count
      var answer = Answer(.done, "")
      switch job.work {
      case .notices(let notices):
        for notice in notices where !rule(notice, &ledger, &batch) {
          answer = Answer(.refused, "what it means for its listing can't be said yet: tell it again")
        }
      case .decision(let decision):
        let ruling = Deciding(scene.shop, scene.wanted ?? Wanted(), ledger).rule(decision)
        answer = ruling.answer
        add(ruling.entries, &ledger, &batch)
        for line in answer.text.split(separator: "\n") where batch.entries.count > first {
          logger.notice("\(Escaping.line(String(line)))")
        }
      case .seen(let looks):
        for look in looks {
          for entry in look.entries(ledger, scene.wanted) { add([entry], &ledger, &batch) }
        }
      }
      tell(batch.entries[first...])
      batch.answers.append(answer)
    }
    return batch
  }

  /// False: it must be told again. A sale of a post whose create has no answer yet is nowhere written down, and a second
  /// one of a listing whose file is still to be read might be the first told again.
  private func rule(_ notice: Notice, _ ledger: inout Ledger, _ batch: inout Batch) -> Bool {
    let now = scene.shop.ambient.uptime()
    guard let (key, isFormer) = index.find(notice, in: ledger, at: now) else {
      return notice.event != .sold || !index.mayBecomeOurs(notice, in: ledger)
    }
    switch notice.event {
    case .sold:
      let selling = Selling(ledger: ledger, id: key.listing, listing: scene.wanted?.listing(key.listing))
      let name = (notice.delivery ?? notice.at?.description).map { String($0.prefix(200)) }
      // How many there are stands in the files: before they were looked at nobody knows whether this is one more.
      if scene.wanted == nil, !selling.isFirst { return selling.knows(name, on: key.account) }
      let sighting =
        isFormer ? selling.seenFormerly(on: key.account, delivery: name) : selling.seen(on: key.account, delivery: name)
      switch sighting {
      case .new(let entries): add(entries, &ledger, &batch)
      case .named(let entry):
        ledger.apply(entry, at: scene.shop.ambient.now())
        batch.recorded.append(entry)
      case .known: break
      }
    case .removed, .changed:
      guard ledger[key]?.isLive == true, ledger.hints[key] == nil else { return true }
      add([.observed(key, .hint)], &ledger, &batch)
      batch.isHinted = true
    }
    return true
  }

  private func add(_ entries: [Entry], _ ledger: inout Ledger, _ batch: inout Batch) {
    let now = scene.shop.ambient.now()
    for entry in entries {
      ledger.apply(entry, at: now)
      if let listing = entry.soldListing { batch.sold.insert(listing) }
    }
    batch.entries += entries
    batch.recorded += entries
  }

  private func tell(_ entries: ArraySlice<Entry>) {
    for entry in entries {
      switch entry {
      case .observed(let key, .sold): logger.notice("\(key.listing) sold on \(key.account)")
      case .observed(let key, .drift(let fields, _)) where !fields.isEmpty:
        logger.warning("\(key): changed there: \(Escaping.line(fields.joined(separator: ", ")))")
      case .observed(let key, .gone): logger.warning("\(key): no longer there")
      default: break
      }
    }
  }
}

extension Entry {
  fileprivate var soldListing: String? {
    switch self {
    case .sold(let listing, _, _): listing
    case .observed(let key, .sold): key.listing
    default: nil
    }
  }

  /// A hint asks for a look, which may change something.
  fileprivate var changesPlans: Bool {
    if case .observed(_, .hint) = self { false } else { true }
  }
}

// How long a journal takes to open after the worst crash, and to read. `make DIRECTORY LISTINGS` leaves one; `open
// DIRECTORY` opens it, `read DIRECTORY TIMES` reads it as `plan` does; both print the time. `Tests/Bench/state.py` does
// all of it.
import Glibc
import Journaling
import Listings
import Synchronization

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "make" where arguments.count == 4: try await makeWreck(arguments[2], Int(arguments[3]) ?? 10_000)
case "open" where arguments.count == 3: try await open(arguments[2])
case "read" where arguments.count == 4: try read(arguments[2], Int(arguments[3]) ?? 1)
case "append" where arguments.count == 5:
  try await append(arguments[2], Int(arguments[3]) ?? 10_000, Int(arguments[4]) ?? 16)
default:
  fatalError(
    "journal-bench make DIRECTORY LISTINGS | open DIRECTORY | read DIRECTORY TIMES | append DIRECTORY ENTRIES APPENDERS"
  )
}

func now() -> Timestamp {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}

/// User and system time of all threads.
func processorTime() -> Duration {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
    + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
}

func open(_ directory: String) async throws {
  let disk = BenchDisk(syncs: true)
  let (start, used) = (ContinuousClock.now, processorTime())
  let journal = try Journal.open(directory, JournalSetting(program: "bench", now: now, disk: disk))
  let (duration, processor) = (ContinuousClock.now - start, processorTime() - used)
  let times = disk.times
  print(
    "\(journal.ledger.records.count) posts, \(journal.opening.merged) merged: \(duration.milliseconds) ms; "
      + "processor \(processor.milliseconds) ms, reading \(times.read.milliseconds) ms, writing "
      + "\(times.write.milliseconds) ms, \(times.syncs) syncs \(times.sync.milliseconds) ms")
  for message in journal.opening.messages { print("  \(message.prefix(160))") }
  await journal.close()
}

func read(_ directory: String, _ times: Int) throws {
  for _ in 0..<times {
    let (start, used) = (ContinuousClock.now, processorTime())
    let ledger = try JournalReading.read(directory)
    let (duration, processor) = (ContinuousClock.now - start, processorTime() - used)
    print(
      "\(ledger?.records.count ?? 0) posts read: \(duration.milliseconds) ms; processor \(processor.milliseconds) ms")
  }
}

/// Lines of about 300 bytes, as those of the limit.
func append(_ directory: String, _ count: Int, _ appenders: Int) async throws {
  let disk = BenchDisk(syncs: true)
  let journal = try Journal.open(directory, JournalSetting(program: "bench", now: now, disk: disk))
  // As many bytes as the limit's lines have, with the frame.
  let entries = (0..<appenders).map {
    Entry.observed(
      PostKey(listing: "listing-\($0)", account: "facebook"),
      .live(
        remoteID: "1000\($0)", url: "https://www.facebook.com/marketplace/item/" + String(repeating: "1", count: 60)))
  }
  let before = disk.times.syncs
  let (start, used) = (ContinuousClock.now, processorTime())
  await withTaskGroup(of: Void.self) { group in
    for entry in entries {
      group.addTask {
        for _ in 0..<count / appenders { try? await journal.append([entry]) }
      }
    }
  }
  let (duration, processor) = (ContinuousClock.now - start, processorTime() - used)
  let lines = count / appenders * appenders
  let syncs = disk.times.syncs - before
  func microseconds(_ duration: Duration) -> Double { duration / .microseconds(1) / Double(lines) }
  print(
    "\(lines) lines, \(syncs) syncs: \(microseconds(duration)) us/line, processor \(microseconds(processor)) us/line, "
      + "syncing \(microseconds(disk.times.sync)) us/line")
  await journal.close()
}

/// Every listing is live; two segments of nearly 16 MiB stand behind the last checkpoint that can be read; the newest one
/// can't; the last outcomes are in the emergency file; the last batch is torn.
func makeWreck(_ directory: String, _ count: Int) async throws {
  let disk = BenchDisk(syncs: false)
  let journal = try Journal.open(directory, JournalSetting(program: "bench", now: now, disk: disk))
  for first in stride(from: 0, to: count, by: 500) {
    let some = first..<min(count, first + 500)
    try await journal.append(some.map { intent($0, .create, "c") })
    try await journal.append(some.map { done($0, "c") })
  }
  for round in 0..<2 {
    try await journal.compact()
    // An update and its outcome have about 1.4 kB.
    for first in stride(from: 0, to: 11_000, by: 500) {
      let some = (first..<first + 500).map { $0 % count }
      for index in some { try await journal.append([intent(index, .update, "u\(round)"), done(index, "u\(round)")]) }
    }
  }
  let last = (0..<50).map { $0 % count }
  try await journal.append(last.map { intent($0, .update, "e") })
  disk.fail()
  for index in last { try? await journal.append([done(index, "e")]) }
  await journal.close()
  damage(directory)
}

func damage(_ directory: String) {
  let names = (try? LocalDisk().names(in: directory)) ?? []
  func newest(_ prefix: String) -> String {
    let files = names.filter { $0.hasPrefix(prefix) }
    return "\(directory)/" + (files.max { ($0.utf8.count, $0) < ($1.utf8.count, $1) } ?? "")
  }
  let segment = Glibc.open(newest("journal-"), O_WRONLY | O_APPEND)
  let tail = Array("{\"seq\":1".utf8) + [UInt8](repeating: 0, count: 20_000)
  _ = write(segment, tail, tail.count)
  close(segment)
  let checkpoint = Glibc.open(newest("checkpoint-"), O_RDWR)
  let end = lseek(checkpoint, 0, SEEK_END)
  _ = pwrite(checkpoint, [0x23], 1, end - 100)
  close(checkpoint)
}

func intent(_ index: Int, _ action: Intent.Action, _ op: String) -> Entry {
  let content = Content(
    title: "Listing number \(index)", description: String(repeating: "A good thing, as new. ", count: 25),
    price: Money(minor: Int64(index) + 100, currency: .usd), category: "SPORTING_GOODS", condition: "USED",
    location: nil,
    photos: (0..<3).map { .file(Digest(of: "\(index)-\($0)"), .jpeg) })
  return .intent(
    Intent(
      op: "\(op)\(index)", action: action, key: PostKey(listing: "listing-\(index)", account: "facebook"),
      marketplace: "facebook", reference: "listing-\(index).\(op)", content: content,
      remoteID: action == .create ? nil : "1000\(index)", file: "listings/\(index / 100)/listing-\(index).yaml",
      at: now()))
}

func done(_ index: Int, _ op: String) -> Entry {
  .outcome(
    Outcome(
      op: "\(op)\(index)", result: .done, remoteID: "1000\(index)",
      url: "https://www.facebook.com/marketplace/item/1000\(index)"))
}

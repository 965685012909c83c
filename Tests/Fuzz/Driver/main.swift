// libFuzzer's loop around one probe. HAWKER_FUZZ_TARGET names it; the arguments are libFuzzer's own.
import Glibc
import Probes

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

let wanted = getenv("HAWKER_FUZZ_TARGET").map { String(cString: $0) } ?? ""
guard let chosen = Probe.all.first(where: { $0.name == wanted }) else {
  print("HAWKER_FUZZ_TARGET must be one of: \(Probe.all.map(\.name).joined(separator: " "))")
  exit(2)
}
let probe = chosen

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
  runDriver(&count, &arguments) { bytes, count in
    do { try probe.run(Array(UnsafeBufferPointer(start: bytes, count: count))) } catch { fatalError("\(error)") }
    return 0
  })

import Foundation
import Support

/// A wall clock that the test sets: a library before libc's, and a file that both processes see.
extension DrillShop {
  private static let source = """
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <time.h>
    #include <unistd.h>

    static volatile long long *offset;

    __attribute__((constructor)) static void start(void) {
      const char *path = getenv("DRILL_CLOCK");
      int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
      if (file < 0) return;
      void *memory = mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
      if (memory != MAP_FAILED) offset = memory;
      close(file);
    }

    int clock_gettime(clockid_t clock, struct timespec *time) {
      long result = syscall(SYS_clock_gettime, clock, time);
      if (result == 0 && clock == CLOCK_REALTIME && offset) time->tv_sec += *offset;
      return (int)result;
    }
    """

  private var clockPath: String { folder.path + "/clock" }

  /// The environment in which a program goes by it.
  func buildClock() async throws -> [String: String] {
    let library = folder.path + "/clock.so"
    try DrillShop.source.write(toFile: clockPath + ".c", atomically: true, encoding: .utf8)
    try await sh("\(Machine.compiler ?? "cc") -shared -fPIC -O1 -o \(library) \(clockPath).c")
    try Data(count: 8).write(to: URL(filePath: clockPath))
    return ["LD_PRELOAD": library, "DRILL_CLOCK": clockPath]
  }

  /// Seconds from the true time.
  func setClock(_ seconds: Int64) throws {
    let file = try FileHandle(forUpdating: URL(filePath: clockPath))
    defer { try? file.close() }
    try file.write(contentsOf: withUnsafeBytes(of: seconds.littleEndian) { Data($0) })
  }
}

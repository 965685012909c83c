import NIOPosix

/// Threads of the web's own. The others' are as many as there are processors, and a plan or a scan of a whole shop keeps
/// one of them for as long as it takes: behind two of those a webhook would wait, and a page. Here the kernel sees to it
/// that everybody has his share.
package final class WebThreads: TaskExecutor {
  /// One makes a page (one page is made at a time), the other answers meanwhile.
  package static let shared = WebThreads(count: 2)

  private let pool: NIOThreadPool

  private init(count: Int) {
    pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    pool.submit { _ in job.runSynchronously(on: executor) }
  }
}

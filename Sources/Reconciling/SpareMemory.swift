/// glibc's own; its header is not part of Swift's module of it.
@_silgen_name("malloc_trim") private func mallocTrim(_ pad: Int) -> Int32

/// What a pass over a whole shop leaves behind: as much again as what is kept, which glibc would keep for the next one.
enum SpareMemory {
  /// Gives it back to the system. Takes some milliseconds for a large shop: for when there is nothing else to do.
  static func giveBack() { _ = mallocTrim(0) }
}

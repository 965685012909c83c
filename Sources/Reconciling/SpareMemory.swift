/// mimalloc's own, linked by Package.swift: it has no Swift module.
@_silgen_name("mi_collect") private func collect(_ force: Bool)

/// What a pass over a whole shop leaves behind: as much again as what is kept, which the allocator would keep for the next
/// one.
enum SpareMemory {
  /// Gives it back to the system. Takes some milliseconds for a large shop: for when there is nothing else to do, and on
  /// nobody's turn.
  static func giveBack() { collect(true) }
}

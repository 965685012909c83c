// Journaling: the state journal, hawker's only memory of what it did. In: entries (what is going to be asked of a
// marketplace, what came of it, what was seen, what the seller decided). Out: the ledger, the fold of all of them.
// An entry is durable before `append` returns. This module is the only writer of `state/`. It must never send anything,
// never hold a secret, never repeat a failed sync, and never take damaged bytes for the truth.
//
// The path of an entry: Entry → EntryCoding → Mailbox → Writer (one thread) → Disk, then Fold into the Ledger.
// The path back: Disk → Envelope → Replay → Recovery → Ledger. The format and its crash argument: Format.swift.

/// What hawker itself keeps is lost, old, damaged, or can't be written; and its clock.
extension Drill {
  private static let edit = "sed -i 's/^price: 35/price: 34/' listings/lamp.yaml"
  private static let back = "rm -rf state; mv ../newer state"
  private static let disk = "mkdir ../disk; mount -t tmpfs -o size=256k none ../disk; cp -a state/. ../disk/; "

  static let state: [Drill] = [
    Drill(
      name: "state/ is deleted", venue: .beside, strike: "mv state ../newer", undo: back, status: 7,
      says: ["there is no journal, but", "its posts would be made a second time"], daemon: .refuses),
    Drill(
      name: "state/ is an older copy", venue: .beside,
      before: "cp -a state ../older; \(edit); cp -a listings ../saved/",
      appliesBefore: true, strike: "mv state ../newer; cp -a ../older state", undo: back, status: 7,
      says: ["it was restored from an older copy"], daemon: .refuses),
    Drill(
      name: "state/ is another shop's", venue: .beside,
      before: "mkdir ../new; cp -a listings hawker.yaml ../new/; rm ../new/listings/.hawker; cd ../new; "
        + "\"$HAWKER\" init --new-journal --yes >/dev/null",
      strike: "mv state ../newer; cp -a ../new/state state", undo: back, status: 3,
      says: ["belongs to another journal"],
      daemon: .none),
    Drill(
      name: "head.json is deleted", venue: .beside, strike: "rm state/head.json", undo: "", status: 0,
      says: ["0 held, {2n} unchanged"], daemon: .starts, mayRead: true),
    Drill(
      name: "the journal is cut", venue: .beside,
      strike: "cp -a state ../newer; truncate -s -900 state/journal-*.jsonl",
      undo: back, status: 7, says: ["state/journal-000001.jsonl"], daemon: .refuses),
    Drill(
      name: "the journal is cut between two entries, and head.json deleted", venue: .beside,
      strike: "cp -a state ../newer; rm state/head.json; sed -i '$d' state/journal-*.jsonl", undo: back, status: 7,
      says: ["the journal ends at entry"], daemon: .refuses),
    Drill(
      name: "a bit of the journal flips", venue: .beside,
      strike: "cp -a state ../newer; sed -i '5s/lamp/lamq/' state/journal-*.jsonl", undo: back, status: 7,
      says: ["state/journal-000001.jsonl:5"], daemon: .refuses),
    Drill(
      name: "state/ is a file", venue: .beside, strike: "mv state ../newer; echo > state", undo: back, status: 7,
      says: ["is not a directory"], daemon: .refuses),
    Drill(
      name: "the disk of state/ is full", venue: .beside, strike: edit, status: 7, says: ["the disk is full"],
      daemon: .none,
      mounts: disk + "dd if=/dev/zero of=../disk/fill bs=1k 2>/dev/null || true; mount --bind ../disk state"),
    Drill(
      name: "state/ can only be read", venue: .beside, strike: edit, status: 7, says: ["Read-only file system"],
      daemon: .refuses, mounts: "mount --bind state state; mount -o remount,ro,bind state"),
    Drill(
      name: "state/ is somebody else's to write", venue: .beside, strike: "\(edit); chmod 500 state; chmod 400 state/*",
      undo: "chmod 700 state; chmod 600 state/*; cp -a ../saved/. .", status: 7, says: ["ermission"], daemon: .refuses,
      isWithoutPrivilege: true),
  ]

  private static let year: Int64 = 31_536_000

  static let clocks: [Drill] = [
    Drill(
      name: "the clock jumps a year ahead", venue: .beside, strike: "", undo: "", status: 0,
      says: ["0 held, {2n} unchanged"], daemon: .goesOn, clock: year),
    Drill(
      name: "the clock jumps a year back", venue: .beside, strike: "", undo: "", status: 0,
      says: ["0 held, {2n} unchanged"], daemon: .goesOn, clock: -year),
    // More nanoseconds than 64 bits have, and more years than a time in the journal can say.
    Drill(
      name: "the clock jumps to the year 2400", venue: .beside, strike: "", undo: "", status: 0,
      says: ["0 held, {2n} unchanged"], daemon: .goesOn, clock: 374 * year),
    Drill(
      name: "the clock jumps behind the year 9999", venue: .beside, strike: "", undo: "", status: 0,
      says: ["0 held, {2n} unchanged"], daemon: .goesOn, clock: 10_000 * year),
    Drill(
      name: "the clock jumps a year ahead, and half of the files are gone",
      strike: "mkdir ../aside; mv listings/lamp-*.yaml ../aside/", undo: "mv ../aside/* listings/", status: 3,
      says: ["files went away, limit"], daemon: .says("guard withdrawals"), clock: year),
  ]
}

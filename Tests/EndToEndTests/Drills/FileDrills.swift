/// The files go away, or can't be read.
extension Drill {
  private static let lost = ["{n} files went away, limit", "(--allow-withdraw {2n} for all accounts)"]
  private static let emptied = "guard emptied: all {n} posts on offerup would be withdrawn"
  private static let anotherMark = "printf '00000000-0000-4000-8000-000000000000\\nsequence 9\\n'"

  static let files: [Drill] = [
    Drill(
      name: "rm -rf listings/*", strike: "rm -rf listings/*", status: 3, says: lost, daemon: .says(emptied)),
    Drill(
      name: "rm -rf listings/*, the mark stays", venue: .beside, strike: "rm -rf listings/*", status: 3, says: lost,
      daemon: .says(emptied)),
    Drill(
      name: "the listings folder is removed", strike: "rm -rf listings", status: 3,
      says: ["root: the listings folder", "is not there; is its disk mounted"], daemon: .says("guard root")),
    Drill(
      name: "the listings folder is moved away", venue: .beside, strike: "mv listings ../away",
      undo: "mv ../away listings", status: 3, says: ["is not there"], daemon: .says("guard root")),
    Drill(
      name: "an empty folder in its place", venue: .beside, strike: "mv listings ../away; mkdir listings",
      undo: "rmdir listings; mv ../away listings", status: 3,
      says: ["its mark is gone", "mount or restore the right one"],
      daemon: .says("guard root")),
    Drill(
      name: "an empty folder in its place, without a mark", strike: "mv listings ../away; mkdir listings",
      undo: "rmdir listings; mv ../away listings", status: 3, says: lost, daemon: .says(emptied)),
    Drill(
      name: "another shop's folder in its place", venue: .beside,
      before: "cp -a listings ../other; rm ../other/lamp.yaml; \(anotherMark) > ../other/.hawker",
      strike: "mv listings ../away; mv ../other listings", undo: "mv listings ../other; mv ../away listings", status: 3,
      says: ["belongs to another journal"], daemon: .says("belongs to another journal")),
    Drill(
      name: "an empty disk is mounted over it", venue: .beside, strike: "", undo: "", status: 3,
      says: ["its mark is gone"], daemon: .says("guard root"), mounts: "mount -t tmpfs none listings"),
    Drill(
      name: "another folder is bound over it", venue: .beside, before: "cp -a listings ../other; rm ../other/.hawker",
      strike: "", undo: "", status: 3, says: ["its mark is gone"], daemon: .says("guard root"),
      mounts: "mount --bind ../other listings"),
    Drill(
      name: "a copy of it, mark and all, on another disk is mounted over it", venue: .beside, strike: "", undo: "",
      status: 3, says: ["is on another device", "hawker init --adopt-root"], daemon: .none,
      mounts: "mkdir -p ../disk; mount -t tmpfs none ../disk; cp -a listings/. ../disk/; rm ../disk/lamp-0.yaml; "
        + "mount --bind ../disk listings"),
    Drill(
      name: "the link to the root leads elsewhere", venue: .beside,
      before: "mv listings ../one; ln -s ../one listings; mkdir ../two", strike: "ln -sfn ../two listings",
      undo: "ln -sfn ../one listings", status: 3, says: ["its mark is gone"], daemon: .says("guard root")),
    Drill(
      name: "the root is a file", strike: "mv listings ../away; echo > listings",
      undo: "rm listings; mv ../away listings",
      status: 3, says: ["is no folder; correct `listings`"], daemon: .says("guard root")),
    Drill(
      name: "the root can't be read", strike: "chmod 000 listings", undo: "chmod 755 listings", status: 3,
      says: ["can't be read; give this user the permission"], daemon: .says("guard root"), isWithoutPrivilege: true),
    Drill(
      name: "a folder of it can't be read",
      before: "mkdir listings/more; mv listings/lamp-*.yaml listings/more; "
        + "cp -a listings/photos listings/more/",
      appliesBefore: true, strike: "chmod 000 listings/more", undo: "chmod 755 listings/more", status: 4,
      says: ["listings/more", "everything below it stays as it is until it can"],
      daemon: .says("everything below it stays as it is"), isWithoutPrivilege: true),
    Drill(
      name: "half of the files are cut to nothing",
      strike: "i=0; for f in listings/*.yaml; do i=$((i+1)); [ $((i%2)) = 0 ] || : > $f; done", status: 4,
      says: ["the file holds no listing"], daemon: .says("the file holds no listing")),
    Drill(
      name: "a merge conflict in every file",
      strike:
        "for f in listings/*.yaml; do printf '<<<<<<< HEAD\\nprice: 1\\n=======\\nprice: 2\\n>>>>>>> b\\n' >> $f; done",
      status: 4, says: ["listings/lamp.yaml:"], daemon: .says("error: listings/")),
    Drill(
      name: "every file is called .bak", strike: "for f in listings/*.yaml; do mv $f $f.bak; done",
      undo: "for f in listings/*.bak; do mv $f ${f%.bak}; done", status: 3, says: lost, daemon: .says(emptied)),
    Drill(
      name: "every file is in a dot-folder", strike: "mkdir listings/.old; mv listings/*.yaml listings/.old/",
      undo: "mv listings/.old/*.yaml listings/", status: 3, says: lost, daemon: .says(emptied)),
    Drill(
      name: "every file is in a folder below",
      strike: "mkdir listings/all; cp -a listings/photos listings/all/; mv listings/*.yaml listings/all/",
      undo: "mv listings/all/*.yaml listings/", status: 0, says: ["0 held, {2n} unchanged"], daemon: .goesOn),
    Drill(
      name: "the photos are removed", strike: "rm -rf listings/photos", status: 4,
      says: ["listing/photo-missing"], daemon: .says("listing/photo-missing")),
    Drill(
      name: "files are gone and back within their grace", before: "sed -i 's/grace: 2s/grace: 1h/' hawker.yaml",
      strike: "mkdir ../aside; mv listings/lamp-0.yaml listings/lamp-1.yaml ../aside/", undo: "mv ../aside/* listings/",
      status: nil, says: [], daemon: .says("guard grace: 4 posts waiting for their files to come back")),
  ]
}

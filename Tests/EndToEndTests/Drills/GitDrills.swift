/// Git moves files about.
extension Drill {
  private static let repository =
    "git init -q -b main; printf '/state/\\n/marketplaces/\\nlistings/.hawker\\n' > .gitignore; "
  private static let lean =
    "git checkout -q -b lean; git rm -q listings/lamp-0.yaml listings/lamp-1.yaml; "
    + "git commit -qm fewer; git checkout -q main; "
  private static let all = "git add -A; git commit -qm all; "

  static let git: [Drill] = [
    Drill(
      name: "git checkout of an empty branch", venue: .beside,
      before: repository + all + "git checkout -q --orphan empty; git rm -rfq .; git commit -q --allow-empty -m none; "
        + "git checkout -q main",
      // The config is kept: it is not this drill's.
      strike: "cp hawker.yaml ../kept.yaml; git checkout -q empty; cp ../kept.yaml hawker.yaml",
      undo: "rm hawker.yaml; git checkout -q main", status: 3, says: ["{n} files went away"],
      daemon: .says("guard emptied")),
    Drill(
      name: "git checkout of a branch without anything",
      before: repository + all + "git checkout -q --orphan empty; git rm -rfq .; git commit -q --allow-empty -m none; "
        + "git checkout -q main",
      strike: "git checkout -q empty", undo: "git checkout -q main", status: 4, says: ["hawker.yaml is not there"],
      daemon: .says("guard root")),
    Drill(
      name: "git stash -u",
      before: repository + "git add .gitignore hawker.yaml listings/lamp.yaml; git commit -qm one",
      strike: "git stash -qu", undo: "git stash pop -q", status: 3, says: ["files went away"],
      daemon: .says("guard withdrawals")),
    Drill(
      name: "a merge waits for a person", before: repository + all + lean,
      strike: "git merge -q --no-commit --no-ff lean", undo: "git merge --abort", status: 3,
      says: ["git is at work (a merge"], daemon: .says("guard git: 4 posts waiting until git has finished")),
    Drill(
      name: "a rebase stops at a conflict",
      // The first commit takes two files away, the second one runs into main's.
      before: repository + all + lean
        + "git checkout -q lean; sed -i '1i # one' listings/lamp.yaml; git commit -qam one; "
        + "git checkout -q main; sed -i '1i # two' listings/lamp.yaml; git commit -qam two",
      strike: "git checkout -q lean; git rebase -q main >/dev/null 2>&1 && exit 1; test -d .git/rebase-merge",
      undo: "git rebase --abort; git checkout -q main", status: 3, says: ["git is at work (a rebase"],
      daemon: .says("guard git")),
    Drill(
      name: "rebase-merge was left behind", before: repository + all,
      strike: "mkdir .git/rebase-merge; mkdir ../aside; mv listings/lamp-*0.yaml ../aside/",
      undo: "mv ../aside/* listings/; rmdir .git/rebase-merge", status: 3, says: ["git is at work (a rebase"],
      daemon: .says("guard git")),
    Drill(
      name: "a stale index.lock", before: repository + all,
      strike: "touch .git/index.lock; mkdir ../aside; mv listings/lamp-0.yaml ../aside/",
      undo: "mv ../aside/* listings/; rm .git/index.lock", status: 3, says: ["git is at work (a command is running"],
      daemon: .says("guard git")),
    Drill(
      name: "a checkout that died half-way", before: repository + all,
      strike: "touch .git/index.lock; i=0; for f in listings/*.yaml; do i=$((i+1)); [ $((i%2)) = 0 ] || rm $f; done",
      undo: "rm .git/index.lock; git checkout -q -- .", status: 3, says: ["files went away, limit"],
      daemon: .says("guard withdrawals")),
  ]
}

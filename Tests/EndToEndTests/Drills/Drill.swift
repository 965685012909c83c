import Foundation
import Support

/// One disaster: what happens to the shop, what `apply` and the daemon must say to it, and how it is undone. Scripts of
/// the shell, in the shop's folder; `{n}` in a text stands for the number of listings, `{2n}` for that of posts.
struct Drill: Sendable {
  /// What the daemon does about it.
  enum DaemonPart: Sendable {
    /// It is not about a daemon that runs.
    case none
    /// It says this, and changes nothing.
    case says(String)
    /// It goes on as if nothing had happened.
    case goesOn
    /// It does not even start; `run` ends as `apply` does.
    case refuses
    /// It is started after it, and has nothing to do.
    case starts
  }

  var name: String
  var venue = DrillShop.Venue.inside
  /// Before anything is measured.
  var before = ""
  /// Then the shop is applied once more.
  var appliesBefore = false
  var strike: String
  /// Without one the files are put back from a copy.
  var undo = "cp -a ../saved/. ."
  /// What `apply` ends with, and what it prints on either stream; nil: it is about the daemon alone.
  var status: Int32?
  var says: [String]
  var daemon: DaemonPart
  /// Happens in a mount namespace of the program's own, so that nothing is left behind whatever happens.
  var mounts: String?
  /// Takes from root what makes permissions meaningless.
  var isWithoutPrivilege = false
  /// A look at the marketplace is no harm.
  var mayRead = false
  /// Puts the program's clock forward, in seconds.
  var clock: Int64?

  static func text(_ template: String, _ count: Int) -> String {
    template.replacing("{2n}", with: String(2 * count)).replacing("{n}", with: String(count))
  }

  /// What this machine can't do for it; nil: nothing.
  func lack() async -> String? {
    if mounts != nil, !(await Machine.canMount.value) { return "mounting needs root" }
    if isWithoutPrivilege, !(await Machine.canDrop.value) { return "setpriv is missing" }
    if clock != nil, Machine.compiler == nil { return "no C compiler to build the clock with" }
    return nil
  }

  /// What stands before the program's name on the command line.
  func launcher(mounted: Bool) -> [String] {
    if isWithoutPrivilege, getuid() == 0 {
      return ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    }
    guard let mounts else { return [] }
    return ["/usr/bin/unshare", "-m", "/bin/sh", "-ec", mounted ? "\(mounts)\nexec \"$@\"" : "exec \"$@\"", "sh"]
  }
}

/// What drills need of the machine; found out once.
enum Machine {
  static let canMount = ends(["/usr/bin/unshare", "-m", "/bin/sh", "-ec", "mount -t tmpfs none /mnt"])
  static let canDrop = ends(["/usr/bin/setpriv", "--version"])
  static let compiler = ["/usr/bin/cc", "/opt/swift/usr/bin/clang", "/usr/bin/clang"]
    .first(where: FileManager.default.isExecutableFile)

  private static func ends(_ command: [String]) -> Task<Bool, Never> {
    Task { (try? await Program.start(command, in: "/").status) == 0 }
  }
}

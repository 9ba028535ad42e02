import CConfinement
import Glibc
import WipingAllocator

/// Takes protections for this process, each for good, and tries what must fail with them. False where this machine does
/// not give one.
public enum ProcessProtections {
  /// - Parameter executable: what this process claims to run from.
  public static func isSealed(_ executable: SealedFile) -> Bool { executable.isOwnExecutable }

  /// Locks memory; a machine without any swap device needs no lock.
  /// - Parameter startsEngine: whether memory of an engine has to stay out of swap, too. It inherits no lock, so that
  ///   then no swap device may be active.
  public static func lockMemory(startsEngine: Bool) -> Bool {
    let isLocked = cloister_lock_memory() == 0 && field("VmLck:", of: "/proc/self/status").map { $0 != "0" } == true
    return staysOutOfSwap(isLocked: isLocked, startsEngine: startsEngine, swaps: SmallFile.lines("/proc/swaps"))
  }

  /// - Parameter swaps: lines of the kernel's table, whose first is its head; nil where it cannot be read.
  package static func staysOutOfSwap(isLocked: Bool, startsEngine: Bool, swaps: [String]?) -> Bool {
    (isLocked && !startsEngine) || swaps?.count == 1
  }

  public static func forbidDumps() -> Bool { cloister_forbid_dumps() == 0 && cloister_forbids_dumps() == 1 }

  /// True in an executable that is linked with the wiping allocator.
  public static var wipesFreedMemory: Bool { cloister_freed_memory_is_wiped() == 1 }

  /// Whether the kernel says of no flaw that the processor is vulnerable to it.
  public static var hasMitigatedProcessor: Bool {
    let folder = "/sys/devices/system/cpu/vulnerabilities/"
    guard let flaws = SmallFile.names(inFolder: folder) else { return false }
    return flaws.allSatisfy { name in
      SmallFile.lines(folder + name).map { !($0.first?.hasPrefix("Vulnerable") ?? true) } ?? false
    }
  }

  private static func field(_ name: String, of path: String) -> String? {
    SmallFile.lines(path)?.first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).dropFirst().first
      .map(String.init)
  }

  // MARK: Files

  /// A file or folder that stays reachable.
  public struct ReachablePath: Sendable {
    public let path: String
    public let isWritable: Bool

    public init(_ path: String, isWritable: Bool = false) {
      self.path = path
      self.isWritable = isWritable
    }
  }

  /// Closes every other file to this thread, its children and what it executes. To be called where there is one thread,
  /// or right before an exec.
  /// - Parameter mayDial: leaves connections to be made, where the kernel could deny them.
  public static func closeFiles(but paths: [ReachablePath], mayDial: Bool = false) -> Bool {
    guard cloister_forbid_privileges() == 0 else { return false }
    let names = paths.map { strdup($0.path) }
    defer { names.forEach { free($0) } }
    let reachable = zip(names, paths).map { cloister_reachable_path(path: UnsafePointer($0), writable: $1.isWritable) }
    return cloister_landlock_restrict(reachable, reachable.count, mayDial) == 0
  }

  /// Whether the root folder cannot be read and nothing can be made in it or beside it.
  public static var hasClosedFiles: Bool {
    isRefused(open("/", O_RDONLY | O_DIRECTORY), EACCES)
      && ["/cloister-probe", "/tmp/cloister-probe", "/dev/shm/cloister-probe"].allSatisfy { path in
        let file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0o600)
        if file >= 0 { unlink(path) }
        return isRefused(file)
      }
  }

  // MARK: System calls

  /// What a node may connect to.
  public enum Dialling: Sendable {
    case nothing
    /// An engine that this node did not start.
    case unixSockets
    /// Other nodes, over TCP.
    case peers

    fileprivate var families: [Int32] {
      switch self {
      case .nothing: []
      case .unixSockets: [AF_UNIX]
      case .peers: [AF_INET, AF_INET6]
      }
    }
  }

  /// Closes network, execution and other processes to every thread, once sockets listen, and tries.
  /// - Parameter mayCallDevices: for evidence that a device gives.
  public static func closeSystemCalls(mayDial: Dialling, mayCallDevices: Bool) -> Bool {
    let allowed = mayDial.families
    guard cloister_forbid_privileges() == 0,
      cloister_close_system_calls(allowed, allowed.count, mayCallDevices) == 0
    else { return false }
    var nothing: [UnsafeMutablePointer<CChar>?] = [nil]
    let families = [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET]
    return families.allSatisfy { isRefused(socket($0, Int32(SOCK_DGRAM.rawValue), 0), EPERM) }
      && families.filter { !allowed.contains($0) }
        .allSatisfy { isRefused(socket($0, Int32(SOCK_STREAM.rawValue), 0), EPERM) }
      && execve("/proc/self/exe", &nothing, &nothing) == -1 && errno == EPERM
      && cloister_try_executable_memory() == -EPERM
      && isRefused(kill(getppid(), 0), EPERM)
  }

  /// Closes what should not have been had.
  private static func isRefused(_ result: Int32, _ expected: Int32? = nil) -> Bool {
    let reason = errno
    guard result < 0 else {
      if result > 2 { close(result) }
      return false
    }
    return expected == nil || reason == expected
  }
}

/// Files of the kernel, a page at most.
enum SmallFile {
  static func lines(_ path: String) -> [String]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { return nil }
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  static func names(inFolder path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }
}

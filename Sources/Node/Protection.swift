/// What a node's process gives up before it serves. Each is tried at start by doing what must fail.
///
/// The raw value is the name of the weakness that a node without it has, in its configuration, its engine manifest and
/// every receipt.
public enum Protection: String, Sendable, CaseIterable {
  /// Runs from a copy in memory that is sealed and was hashed there.
  case sealedExecutable = "no-sealed-binary"
  /// No page reaches a swap device.
  case lockedMemory = "memory-not-locked"
  /// No core dumps; no process of the same user can look into this one.
  case noDumps = "memory-dumpable"
  /// Memory is cleared when it is freed.
  case wipedMemory = "freed-memory-kept"
  /// Landlock: no file but the few that are named.
  case closedFiles = "files-open"
  /// seccomp: no socket made or dialled, nothing executed, no memory made executable.
  case closedSystemCalls = "system-calls-open"
  /// The kernel names no flaw of the processor that it does nothing about.
  case mitigatedProcessor = "processor-vulnerable"
  /// An engine of its own process is in a sandbox.
  case isolatedEngine = "engine-not-isolated"
  /// That engine runs as a user of its own.
  case engineUser = "engine-same-user"

  /// What it is, for people.
  public var summary: String {
    switch self {
    case .sealedExecutable: "runs from sealed memory"
    case .lockedMemory: "memory stays out of swap"
    case .noDumps: "no dumps, nobody looks in"
    case .wipedMemory: "freed memory is cleared"
    case .closedFiles: "files are closed (Landlock)"
    case .closedSystemCalls: "network and execution are closed (seccomp)"
    case .mitigatedProcessor: "processor flaws are mitigated"
    case .isolatedEngine: "the engine is in a sandbox"
    case .engineUser: "the engine is another user"
    }
  }
}

/// Which protections a node's process has, and which it was started without.
public struct ProtectionReport: Sendable {
  /// Each was tried and held.
  public let inForce: [Protection]
  public let lacking: [Protection]

  public init(_ isHeld: [Protection: Bool]) {
    inForce = Protection.allCases.filter { isHeld[$0] == true }
    lacking = Protection.allCases.filter { isHeld[$0] == false }
  }

  /// Before system calls are closed, which is tried once the port listens. Where that fails, a node ends that does not name
  /// the weakness; one that names it goes on, and so claims nothing.
  /// - Parameter isHeld: of every other protection.
  public init(_ isHeld: [Protection: Bool], beforeClosing configuration: NodeConfiguration) {
    var isHeld = isHeld
    isHeld[.closedSystemCalls] = !configuration.weaknesses.contains(Protection.closedSystemCalls.rawValue)
    self.init(isHeld)
  }

  /// Of a node inside another process, which tries nothing.
  public static let none = ProtectionReport([:])

  /// - Throws: `node-unprotected` where something lacks that the configuration does not name.
  public func check(against configuration: NodeConfiguration) throws(NodeError) {
    let unnamed = lacking.map(\.rawValue).filter { !configuration.weaknesses.contains($0) }
    guard unnamed.isEmpty else {
      throw NodeError(
        NodeError.unprotected,
        "this machine gives no protection against \(unnamed.joined(separator: ", ")), and the configuration's weaknesses do not name that"
      )
    }
  }
}

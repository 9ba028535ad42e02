import CConfinement
import Glibc
import Synchronization

/// A small process without keys that starts engines in sandboxes, since the node's own can start nothing once it is
/// closed. It ends with the node.
public final class EngineLauncher: Sendable {
  /// Its command, which the node's executable has (`run` below).
  public static let command = "engine-launcher"
  public static let probeCommand = "engine-probe"

  /// The first of 256 users that engines run as, where the launcher may choose; of nobody else, by Debian's policy.
  static let engineUser: uid_t = 64_000
  /// Descriptors as the launcher finds them.
  private static let (control, probe, engine, firstModel) = (Int32(3), Int32(4), Int32(5), Int32(6))

  private let control: Mutex<Int32>

  /// Takes over the way to a launcher that was started by `spawn`.
  public init(inheriting control: Int32) {
    _ = fcntl(control, F_SETFD, FD_CLOEXEC)
    self.control = Mutex(control)
  }

  deinit { control.withLock { _ = close($0) } }

  /// The path under which an engine finds its model, for its argument vector.
  public static func modelPath(_ index: Int) -> String { "/proc/self/fd/\(firstModel + Int32(index))" }
  /// The path on which it must listen.
  public static let socketPath = CLOISTER_ENGINE_SOCKET

  /// Starts a launcher.
  /// - Parameters:
  ///   - executable: the node's own.
  ///   - engine: statically linked: nothing else is in its root.
  ///   - arguments: the engine's whole vector, its name first.
  ///   - environment: `NAME=VALUE`.
  ///   - memoryByteLimit: the most address space of the engine, 0 for no limit.
  /// - Returns: the descriptor of its control socket, for `init(inheriting:)`.
  /// - Throws: `confinement-no-sandbox`.
  public static func spawn(
    from executable: SealedFile, engine: SealedFile, models: [SealedFile], arguments: [String], environment: [String],
    memoryByteLimit: UInt64
  ) throws(ConfinementError) -> Int32 {
    var pair: [Int32] = [-1, -1]
    guard cloister_message_sockets(&pair) == 0 else {
      throw ConfinementError(ConfinementError.noSandbox, "no socket for the launcher of engines")
    }
    defer { close(pair[1]) }
    let own =
      ["cloister-node", command, "--models", "\(models.count)", "--memory-limit", "\(memoryByteLimit)"]
      + environment.flatMap { ["--environment", $0] } + ["--"] + arguments
    let descriptors = [pair[1], executable.descriptor, engine.descriptor] + models.map(\.descriptor)
    let child = ArgumentVector(own).withPointers {
      cloister_spawn(executable.descriptor, $0, descriptors, descriptors.count)
    }
    guard child > 0 else {
      close(pair[0])
      throw ConfinementError(ConfinementError.noSandbox, "the launcher of engines cannot be started")
    }
    return pair[0]
  }

  /// What the launcher's own process does, for good.
  public static func run(
    modelCount: Int, memoryByteLimit: UInt64, arguments: [String], environment: [String]
  ) -> Never {
    for descriptor in [control, probe, engine] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    let models = (0..<Int32(modelCount)).map { firstModel + $0 }
    ArgumentVector(arguments).withPointers { arguments in
      ArgumentVector(environment).withPointers { environment in
        ArgumentVector(["cloister-node", probeCommand]).withPointers { probeArguments in
          models.withUnsafeBufferPointer { models in
            var process = cloister_engine(
              executable: engine, arguments: arguments, environment: environment, models: models.baseAddress,
              model_count: models.count, user: engineUser, memory_limit: memoryByteLimit)
            var prober = process
            (prober.executable, prober.arguments, prober.memory_limit) = (probe, probeArguments, 0)
            cloister_run_launcher(control, &process, &prober)
          }
        }
      }
    }
    // The launcher ends by itself.
    exit(70)
  }

  /// Tries in a sandbox, from inside, what no engine may do; for the launcher's `probeCommand`.
  /// - Returns: 0, or the number of the first family of things that was possible.
  public static func probeFromInside() -> Int32 { cloister_probe_sandbox() }

  /// Whether a sandbox can be made here, and everything failed in it that must.
  public func verifySandbox() -> Bool {
    guard let sandbox = try? start(CLOISTER_LAUNCH_PROBE) else { return false }
    return sandbox.exitCode() == 0
  }

  /// Whether engines run as another user than the node.
  public static var choosesUser: Bool { geteuid() == 0 }

  /// Starts the engine in a new sandbox.
  /// - Throws: `confinement-no-sandbox`.
  public func start() throws(ConfinementError) -> EngineSandbox { try start(CLOISTER_LAUNCH_ENGINE) }

  private func start(_ command: some BinaryInteger) throws(ConfinementError) -> EngineSandbox {
    let sandbox = control.withLock { control -> Int32 in
      guard cloister_send(control, UInt8(command), -1) == 0 else { return -1 }
      return SandboxMessage.receive(from: control)?.descriptor ?? -1
    }
    guard sandbox >= 0 else { throw ConfinementError(ConfinementError.noSandbox, "the launcher gave no sandbox") }
    return try EngineSandbox(control: sandbox)
  }
}

/// A byte on a control socket, and what came with it.
struct SandboxMessage {
  /// Launchers and sandboxes answer at once, or are gone.
  private static let timeLimitInMilliseconds: Int32 = 10_000

  let byte: UInt8
  let descriptor: Int32?

  static func receive(from control: Int32) -> SandboxMessage? {
    var byte: UInt8 = 0
    var descriptor: Int32 = -1
    guard cloister_receive(control, &byte, &descriptor, timeLimitInMilliseconds) == 1 else { return nil }
    return SandboxMessage(byte: byte, descriptor: descriptor >= 0 ? descriptor : nil)
  }
}

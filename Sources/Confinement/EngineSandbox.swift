import CConfinement
import Glibc
import Synchronization

/// An engine that runs in a sandbox of its own: another user, no file but its model, no network, no other process. It
/// and everything in it ends when this value goes, and when the node ends.
///
/// Calls block for the time of a few system calls.
public final class EngineSandbox: Sendable {
  private let control: Mutex<Int32>

  /// - Throws: `confinement-no-sandbox` where the sandbox does not stand.
  init(control: Int32) throws(ConfinementError) {
    self.control = Mutex(control)
    guard SandboxMessage.receive(from: control)?.byte == UInt8(CLOISTER_SANDBOX_READY) else {
      throw ConfinementError(ConfinementError.noSandbox, "the engine's sandbox could not be made")
    }
  }

  deinit { control.withLock { _ = close($0) } }

  /// A new connection to the engine's socket, whose other end is of this sandbox; the caller closes it.
  /// - Returns: nil where the engine does not listen (yet).
  /// - Throws: `confinement-no-sandbox` once the engine has ended.
  public func connect() throws(ConfinementError) -> Int32? {
    let message = control.withLock { control -> SandboxMessage? in
      guard cloister_send(control, UInt8(CLOISTER_SANDBOX_CONNECT), -1) == 0 else { return nil }
      return SandboxMessage.receive(from: control)
    }
    guard let message, message.byte == UInt8(CLOISTER_SANDBOX_CONNECT) else {
      throw ConfinementError(ConfinementError.noSandbox, "the engine has ended")
    }
    return message.descriptor
  }

  /// Waits for the end of what runs inside.
  func exitCode() -> UInt8? {
    control.withLock { control in
      guard SandboxMessage.receive(from: control)?.byte == UInt8(CLOISTER_SANDBOX_ENDED) else { return nil }
      return SandboxMessage.receive(from: control)?.byte
    }
  }
}

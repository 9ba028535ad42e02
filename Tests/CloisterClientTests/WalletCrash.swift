import CloisterClient
import Synchronization

/// Counts the steps of a change to the wallet, and ends it after one of them as a crash would: nothing is tidied up.
final class WalletCrash: Sendable {
  private let steps = Mutex<[StateWriteStep]>([])
  private let last: Int

  /// - Parameter last: how many steps are done; no crash by default.
  init(after last: Int = .max) { self.last = last }

  var doneSteps: [StateWriteStep] { steps.withLock { $0 } }

  func state(_ path: String) throws -> ClientState {
    try ClientState(path: path) { step throws(ClientError) in
      let count = self.steps.withLock { steps in
        steps.append(step)
        return steps.count
      }
      if count >= self.last { throw ClientError(ClientError.uncodedError, "crash") }
    }
  }
}

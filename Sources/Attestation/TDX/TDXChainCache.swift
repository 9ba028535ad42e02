import Synchronization

extension TDX {
  /// Chains that were verified, by all bytes they were verified in and the policy's anchors; the oldest make place.
  final class ChainCache: Sendable {
    private struct State {
      var chains: [[UInt8]: VerifiedChain] = [:]
      var order: [[UInt8]] = []
    }

    private let state = Mutex(State())

    func chain(_ key: [UInt8]) -> VerifiedChain? { state.withLock { $0.chains[key] } }

    func insert(_ chain: VerifiedChain, key: [UInt8], entryLimit: Int) {
      state.withLock { state in
        guard state.chains.updateValue(chain, forKey: key) == nil else { return }
        state.order.append(key)
        if state.order.count > entryLimit { state.chains[state.order.removeFirst()] = nil }
      }
    }
  }
}

import Crypto
import Synchronization

/// Remembers endorsements and the chains that were verified in them, so that a report under a known chain costs one
/// signature. Times and revocations are checked at each appraisal all the same.
///
/// The key is SHA-256 over all endorsement bytes and the policy's anchors: only exactly the same bytes are found again.
public final class VerifiedChainCache: Sendable {
  /// The oldest entries make place for new ones.
  public let entryLimit: Int

  struct Entry: Sendable {
    let endorsements: Endorsements
    /// By the DER bytes of their leaf.
    var chains: [[UInt8]: SEVSNP.VerifiedChain] = [:]
  }

  private struct State {
    var entries: [[UInt8]: Entry] = [:]
    var order: [[UInt8]] = []
  }

  private let state = Mutex(State())
  let tdx = TDX.ChainCache()

  public init(entryLimit: Int = 256) { self.entryLimit = max(1, entryLimit) }

  static func key(_ pieces: [[UInt8]], anchors: TrustAnchors) -> [UInt8] {
    var hash = SHA256()
    hash.update(data: Array("\(anchors.cacheLabel)\0".utf8))
    for piece in pieces {
      withUnsafeBytes(of: UInt64(piece.count).bigEndian) { hash.update(bufferPointer: $0) }
      hash.update(data: piece)
    }
    return Array(hash.finalize())
  }

  func entry(_ key: [UInt8]) -> Entry? { state.withLock { $0.entries[key] } }

  func insert(_ chain: SEVSNP.VerifiedChain, endorsements: Endorsements, key: [UInt8]) {
    state.withLock { state in
      if state.entries[key] == nil {
        if state.order.count >= entryLimit { state.entries[state.order.removeFirst()] = nil }
        state.order.append(key)
        state.entries[key] = Entry(endorsements: endorsements)
      }
      state.entries[key]?.chains[chain.leaf.derBytes] = chain
    }
  }
}

import Crypto
import HybridPublicKeyEncryption
import ObliviousHTTP

/// A node's keys, one per epoch: made in the node, never serialised, ended by monotonic time and request count.
///
/// Pure: the caller says what time it is. X-Wing private keys of the library are dropped, not wiped (docs/tcb.md).
struct EpochKeys {
  /// After this many requests a key answers no more, so that the replay record stays bounded.
  static let requestLimit = 100_000

  struct Key {
    let gatewayKey: GatewayKey
    let noteDigest: [UInt8]
    /// Monotonic time of erasure.
    var deadline: ContinuousClock.Instant
    /// SHA-256 of the encapsulated key of every request that was opened as a whole: the same one twice is a replay.
    var seen: Set<[UInt8]> = []
  }

  private(set) var keys: [UInt64: Key] = [:]
  private let epochLength: Duration
  private var newestEpochMade: UInt64?
  /// Keys that were made, those that are over among them.
  private(set) var madeKeyCount: UInt64 = 0

  init(epochSeconds: UInt64) { epochLength = .seconds(Int64(clamping: epochSeconds)) }

  /// The inner suite: X-Wing with AES-256-GCM, nothing else.
  static let symmetricAlgorithm = SymmetricAlgorithm(kdf: .hkdfSHA256, aead: .aes256GCM)

  /// One key per epoch and life of the process; the same one for whoever asks again with the same note.
  mutating func key(
    for epoch: UInt64, noteDigest: [UInt8], now: ContinuousClock.Instant
  ) throws -> KeyConfiguration {
    erase(now: now)
    if let key = keys[epoch] {
      guard key.noteDigest == noteDigest else {
        throw NodeError(NodeError.noteRefused, "the epoch's key was made over another note")
      }
      return key.gatewayKey.keyConfiguration
    }
    if let newestEpochMade, epoch <= newestEpochMade {
      throw NodeError(NodeError.noEpoch, "the key of epoch \(epoch) is gone")
    }
    let gatewayKey = try GatewayKey(
      keyIdentifier: UInt8(truncatingIfNeeded: epoch), privateKey: try KEMPrivateKey.generate(.xWing),
      symmetricAlgorithms: [Self.symmetricAlgorithm])
    keys[epoch] = Key(gatewayKey: gatewayKey, noteDigest: noteDigest, deadline: now + epochLength * 3)
    newestEpochMade = epoch
    madeKeyCount += 1
    return gatewayKey.keyConfiguration
  }

  /// SHA-256 of the key configuration of each living key: the names that clients know the node by.
  var identifiers: [[UInt8]] {
    keys.values.map { Array(SHA256.hash(data: $0.gatewayKey.keyConfiguration.encoded)) }
  }

  /// The node was handed the cosigned note of `treeSize`: epochs whose successor it holds end a quarter epoch later, and at
  /// once where it holds that one's successor too. No client uses them then, whatever the host does with time, and keys
  /// that live together are so near each other that no two have one identifier.
  mutating func noteArrived(treeSize: UInt64, now: ContinuousClock.Instant) {
    keys = keys.filter { $0.key &+ 3 > treeSize }
    for (epoch, key) in keys where epoch &+ 2 <= treeSize {
      keys[epoch]?.deadline = min(key.deadline, now + epochLength / 4)
    }
    erase(now: now)
  }

  /// When the next key ends, where nothing ends it before.
  var nextDeadline: ContinuousClock.Instant? { keys.values.map(\.deadline).min() }

  mutating func erase(now: ContinuousClock.Instant) {
    // Asked before each request: most times there is nothing to erase, and nothing is copied.
    guard keys.values.contains(where: { $0.deadline <= now }) else { return }
    keys = keys.filter { $0.value.deadline > now }
  }

  /// The keys that requests may be sealed to.
  /// - Throws: `node-no-epoch` where there is none.
  mutating func living(now: ContinuousClock.Instant) throws(NodeError) -> [GatewayKey] {
    erase(now: now)
    guard !keys.isEmpty else { throw NodeError(NodeError.noEpoch, "the node holds no key") }
    return keys.values.map(\.gatewayKey)
  }

  /// - Throws: `node-replay` for the encapsulated key of a request that was answered.
  func refuseReplay(of encapsulatedKey: [UInt8]) throws(NodeError) {
    let digest = Self.digest(encapsulatedKey)
    guard !keys.values.contains(where: { $0.seen.contains(digest) }) else { throw .replayed }
  }

  /// Takes down a request that opened as a whole, once.
  ///
  /// - Parameter keyConfiguration: of the key that opened it.
  /// - Returns: the epoch of its key.
  /// - Throws: `node-no-epoch`, `node-replay`.
  mutating func record(
    _ encapsulatedKey: [UInt8], openedBy keyConfiguration: KeyConfiguration, now: ContinuousClock.Instant
  ) throws(NodeError) -> UInt64 {
    erase(now: now)
    guard let epoch = keys.first(where: { $0.value.gatewayKey.keyConfiguration == keyConfiguration })?.key else {
      throw NodeError(NodeError.noEpoch, "the key of the request is gone")
    }
    guard let count = keys[epoch]?.seen.count, count < Self.requestLimit else {
      throw NodeError(NodeError.noEpoch, "the key of epoch \(epoch) answered all its requests")
    }
    guard keys[epoch]?.seen.insert(Self.digest(encapsulatedKey)).inserted == true else { throw .replayed }
    return epoch
  }

  private static func digest(_ encapsulatedKey: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: encapsulatedKey)) }
}

extension NodeError {
  fileprivate static let replayed = NodeError(replay, "the encapsulated request came before")
}

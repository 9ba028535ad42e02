public import HybridPublicKeyEncryption

public import struct Foundation.Date

/// A gateway's keys as time passes: new ones are made when the current ones have been offered long enough, and those
/// before open requests for a while longer, since clients still hold their key configurations (RFC 9458, sections 6.4
/// and 6.6). What is dropped is gone: that is what bounds how much a thief of the keys can read.
///
/// Pure over the time it is told. Holds private keys: not printable, encodable or comparable.
public struct GatewayKeyRotation: Sendable {
  /// Keys that were made together, one for each suite.
  public struct Generation: Sendable {
    public let keys: [GatewayKey]
    public let madeAt: Date
    /// When the next generation took its place; nil for the current one.
    public fileprivate(set) var replacedAt: Date?

    public init(keys: [GatewayKey], madeAt: Date, replacedAt: Date? = nil) {
      self.keys = keys
      self.madeAt = madeAt
      self.replacedAt = replacedAt
    }
  }

  /// One kind of key to make.
  public struct Suite: Sendable, Hashable {
    public let kem: KEMIdentifier
    public let symmetricAlgorithms: [SymmetricAlgorithm]

    public init(kem: KEMIdentifier, symmetricAlgorithms: [SymmetricAlgorithm]) {
      self.kem = kem
      self.symmetricAlgorithms = symmetricAlgorithms
    }
  }

  public let suites: [Suite]
  /// How long a generation is offered.
  public let lifetime: Duration
  /// How long a generation opens requests after it was replaced: at least as long as clients and caches keep the list
  /// of key configurations, and no longer than `lifetime`, so that there are never more than two.
  public let overlap: Duration
  /// Newest first.
  public private(set) var generations: [Generation]

  /// - Parameters:
  ///   - suites: in the order of offer; 1 to 100, so that the identifiers of two generations always differ.
  ///   - restoring: generations kept from before, newest first; `advance` drops what is too old.
  public init(
    suites: [Suite], lifetime: Duration, overlap: Duration, restoring generations: [Generation] = []
  ) {
    precondition((1...100).contains(suites.count), "a key rotation has 1 to 100 suites")
    precondition(overlap > .zero && overlap <= lifetime, "the overlap is more than zero and at most the lifetime")
    self.suites = suites
    self.lifetime = lifetime
    self.overlap = overlap
    self.generations = generations
  }

  /// Makes and drops what is due; true when anything changed. A time before the last one changes nothing.
  ///
  /// - Throws: `OHTTPError.malformed` when a key cannot be made; then nothing changed.
  public mutating func advance(to now: Date) throws(OHTTPError) -> Bool {
    var changed = generations
    if changed.first.map({ now.timeIntervalSince($0.madeAt) >= lifetime.seconds }) ?? true {
      changed.insert(try makeGeneration(at: now), at: 0)
      if changed.count > 1 { changed[1].replacedAt = now }
    }
    let kept = changed.enumerated().filter { index, generation in
      index == 0
        || index == 1 && now.timeIntervalSince(generation.replacedAt ?? generation.madeAt) < overlap.seconds
    }.map(\.element)
    let isChanged = kept.count != generations.count || kept.first?.madeAt != generations.first?.madeAt
    generations = kept
    return isChanged
  }

  /// What is offered to clients: the current generation. Encode it with `KeyConfiguration.encodeList`.
  public var keyConfigurations: [KeyConfiguration] { generations.first?.keys.map(\.keyConfiguration) ?? [] }

  /// What opens requests: the current generation and, during the overlap, the one before.
  public var keys: [GatewayKey] { generations.flatMap(\.keys) }

  /// When `advance` has something to do next; the distant past before it was called.
  public var nextDue: Date {
    guard let current = generations.first else { return .distantPast }
    let replacement = current.madeAt.addingTimeInterval(lifetime.seconds)
    let drops = generations.dropFirst().map {
      ($0.replacedAt ?? $0.madeAt).addingTimeInterval(overlap.seconds)
    }
    return drops.reduce(replacement, min)
  }

  /// Identifiers go up by one from key to key, and after 255 begin at 0.
  private func makeGeneration(at now: Date) throws(OHTTPError) -> Generation {
    var identifier = generations.first?.keys.last?.keyConfiguration.keyIdentifier ?? 0
    var keys: [GatewayKey] = []
    for suite in suites {
      identifier &+= 1
      let privateKey: KEMPrivateKey
      do {
        privateKey = try KEMPrivateKey.generate(suite.kem)
      } catch {
        throw OHTTPError(OHTTPError.malformed, "key of the gateway: \(error.message)")
      }
      keys.append(
        try GatewayKey(
          keyIdentifier: identifier, privateKey: privateKey, symmetricAlgorithms: suite.symmetricAlgorithms))
    }
    return Generation(keys: keys, madeAt: now)
  }
}

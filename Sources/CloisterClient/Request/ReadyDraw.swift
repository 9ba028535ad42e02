import Synchronization

/// The draw of one request, and what its first attempt is sealed with. Neither depends on what is asked, so both can be
/// there before the request is; either is for that request alone.
package struct DrawnRequest: ~Copyable, Sendable {
  package let draw: NodeDraw
  private let layers: SealingLayers

  /// - Throws: as `NodeDraw`.
  init(from epoch: VerifiedEpoch, role: String) throws(ClientError) {
    var generator = SystemRandomNumberGenerator()
    let draw = try NodeDraw(from: epoch, role: role, using: &generator)
    let layers = try SealingLayers(to: draw.first, in: epoch)
    self.draw = draw
    self.layers = layers
  }

  /// Read `draw` before.
  consuming func takeLayers() -> SealingLayers { layers }
}

/// The next request's draw, in a client that lives long.
package final class ReadyDraw: Sendable {
  private struct Held: ~Copyable, Sendable {
    let bundleDigest: [UInt8]
    let policyDigest: String
    let role: String
    let request: DrawnRequest

    func isOf(_ epoch: VerifiedEpoch, _ role: String) -> Bool {
      bundleDigest == epoch.bundleDigest && policyDigest == epoch.trusted.digest && self.role == role
    }

    consuming func take() -> DrawnRequest { request }
  }

  private let held = Mutex<Held?>(nil)

  package init() {}

  /// The draw that is there, once, or else a new one. One of another epoch, policy or role is forgotten: nothing was sent
  /// by it.
  /// - Throws: as `NodeDraw`.
  package func take(from epoch: VerifiedEpoch, role: String) throws(ClientError) -> DrawnRequest {
    if let held = held.withLock({ $0.take() }), held.isOf(epoch, role) { return held.take() }
    return try DrawnRequest(from: epoch, role: role)
  }

  /// Draws for the next request, where that is not done yet. What fails here fails that request, by its code.
  package func refill(from epoch: VerifiedEpoch, role: String) {
    held.withLock { held in
      guard held == nil, let request = try? DrawnRequest(from: epoch, role: role) else { return }
      held = Held(
        bundleDigest: epoch.bundleDigest, policyDigest: epoch.trusted.digest, role: role, request: request)
    }
  }
}

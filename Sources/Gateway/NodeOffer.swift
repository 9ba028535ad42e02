import Foundation
import StrictJSON
package import Trust
import WireFormat

/// What a node answers when it is handed a note: its key for the epoch and the evidence that binds it. Conveyed, not
/// appraised: clients do that.
package struct NodeOffer {
  /// Certificates and lists of one node; a chain has three or four.
  static let endorsementLimit = 16

  let epoch: UInt64
  let role: String
  let keyConfiguration: [UInt8]
  let engineManifestDigest: [UInt8]
  let platform: String
  let evidence: [UInt8]
  let supplement: [UInt8]
  let endorsements: [[UInt8]]
  let accelerators: [Accelerator]

  /// Evidence of one accelerator, as the node conveys it.
  struct Accelerator {
    let platform: String
    let evidence: [UInt8]
    let endorsements: [[UInt8]]
  }

  /// - Throws: the codes of StrictJSON, `epoch-incomplete`.
  package init(parsing bytes: [UInt8]) throws {
    var object = try JSONObject(parsing: bytes, name: "node offer")
    epoch = try object.count("epoch")
    role = try object.string("role")
    keyConfiguration = try Self.base64(try object.string("keyConfiguration"))
    engineManifestDigest = try Self.digest(try object.string("engineManifest"))
    platform = try object.string("platform")
    evidence = try Self.base64(try object.string("evidence"))
    supplement = try Self.base64(try object.string("supplement"))
    endorsements = try Self.endorsements(&object)
    accelerators = try object.array("accelerators").map { element in
      var accelerator = try JSONObject(element, name: "accelerator")
      let value = Accelerator(
        platform: try accelerator.string("platform"), evidence: try Self.base64(try accelerator.string("evidence")),
        endorsements: try Self.endorsements(&accelerator))
      try accelerator.finish()
      return value
    }
    try object.finish()
    // What no bundle can hold, or no client could read again, must not spoil the bundle of the others.
    let node = EpochBundle.Node(self, releaseIndex: 0) { $0.map { _ in 0 } }
    let allEndorsements = endorsements + accelerators.flatMap(\.endorsements)
    guard node.isWritable, allEndorsements.allSatisfy({ $0.count <= EpochBundle.endorsementByteLimit }) else {
      throw GatewayError(GatewayError.epochIncomplete, "a node's offer has more than a bundle can hold")
    }
  }

  private static func endorsements(_ object: inout JSONObject) throws -> [[UInt8]] {
    let endorsements = try object.strings("endorsements").map { try base64($0) }
    guard endorsements.count <= endorsementLimit else {
      throw GatewayError(GatewayError.epochIncomplete, "a node's offer has \(endorsements.count) endorsements")
    }
    return endorsements
  }

  private static func base64(_ text: String) throws -> [UInt8] {
    guard let data = Data(base64Encoded: text) else {
      throw GatewayError(GatewayError.epochIncomplete, "a node's offer has a field that is not base64")
    }
    return Array(data)
  }

  private static func digest(_ text: String) throws -> [UInt8] {
    guard let bytes = [UInt8](hexadecimal: text), bytes.count == 32 else {
      throw GatewayError(GatewayError.epochIncomplete, "a node's offer has a digest that is not 32 bytes")
    }
    return bytes
  }
}

extension EpochBundle.Node {
  /// - Parameter indices: where the bundle's list holds some endorsements.
  package init(_ offer: NodeOffer, releaseIndex: UInt8, indices: ([[UInt8]]) -> [UInt16]) {
    self.init(
      role: offer.role, keyConfiguration: offer.keyConfiguration, releaseIndex: releaseIndex, noteIndex: 0,
      engineManifestDigest: offer.engineManifestDigest, platform: offer.platform, evidence: offer.evidence,
      supplement: offer.supplement, endorsementIndices: indices(offer.endorsements),
      accelerators: offer.accelerators.map {
        EpochBundle.Accelerator(
          platform: $0.platform, evidence: $0.evidence, endorsementIndices: indices($0.endorsements))
      })
  }
}

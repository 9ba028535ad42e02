public import Attestation
package import Crypto
public import Foundation
import StrictJSON
import WireFormat

/// One simulated chip: the private half of its VCEK, and what endorses the public half.
public struct SimulatedChip: Sendable {
  let signingKey: P384.Signing.PrivateKey
  let kind: SEVSNP.SigningKey
  let product: SEVSNP.Product
  /// The hardware identifier: 64 bytes, on Turin 8.
  public let chipIdentifier: [UInt8]
  public let tcb: SEVSNP.TCBVersion
  /// VCEK, ASK, ARK and the root's revocation list, in DER.
  public let endorsements: [[UInt8]]

  package init(
    signingKey: P384.Signing.PrivateKey, kind: SEVSNP.SigningKey, product: SEVSNP.Product, chipIdentifier: [UInt8],
    tcb: SEVSNP.TCBVersion, endorsements: [[UInt8]]
  ) {
    self.signingKey = signingKey
    self.kind = kind
    self.product = product
    self.chipIdentifier = chipIdentifier
    self.tcb = tcb
    self.endorsements = endorsements
  }

  /// The versions that simulated chips have.
  package static func tcb(_ product: SEVSNP.Product) -> SEVSNP.TCBVersion {
    SEVSNP.TCBVersion(fmc: product == .turin ? 1 : 0, bootLoader: 10, tee: 0, snp: 25, microcode: 84)
  }

  /// The report's 512 signature bytes: r and s, least significant byte first, 72 bytes each, then zeros.
  func signature(over bytes: [UInt8]) throws(SimulatedTEEError) -> [UInt8] {
    guard let signature = try? signingKey.signature(for: bytes) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "chip key does not sign")
    }
    let raw = Array(signature.rawRepresentation)
    let padding = Array(repeating: UInt8(0), count: 24)
    return raw.prefix(48).reversed() + padding + raw.suffix(48).reversed() + padding
      + Array(repeating: 0, count: 512 - 144)
  }
}

// The chip as a file that only its owner may read.
extension SimulatedChip {
  private static let fileVersion: UInt64 = 1

  /// - Throws: `simulated-state-unwritable`.
  public func save(to url: URL) throws(SimulatedTEEError) {
    let value: JSONValue = [
      "version": .integer(Int64(Self.fileVersion)), "kind": .string(kind.rawValue),
      "product": .string(product.rawValue), "key": .string(Array(signingKey.rawRepresentation).hexadecimal),
      "chipIdentifier": .string(chipIdentifier.hexadecimal),
      "tcb": .string(withUnsafeBytes(of: tcb.rawValue(product: product).bigEndian) { Array($0).hexadecimal }),
      "endorsements": .array(endorsements.map { .string($0.hexadecimal) }),
    ]
    try StateFile.write(value.canonicalBytes, to: url)
  }

  /// - Throws: `simulated-state-unreadable`.
  public static func load(from url: URL) throws(SimulatedTEEError) -> SimulatedChip {
    let unreadable = SimulatedTEEError(SimulatedTEEError.stateUnreadable, "chip file is not of its format")
    let content = try StateFile.read(url)
    do {
      var object = try JSONObject(parsing: content, name: "simulated chip")
      func bytes(_ member: StaticString) throws -> [UInt8] {
        guard let bytes = [UInt8](hexadecimal: try object.string(member)) else { throw unreadable }
        return bytes
      }
      guard try object.count("version") == fileVersion,
        let kind = SEVSNP.SigningKey(rawValue: try object.string("kind")),
        let product = SEVSNP.Product(rawValue: try object.string("product"))
      else { throw unreadable }
      let tcb = try bytes("tcb")
      guard tcb.count == 8 else { throw unreadable }
      let chip = SimulatedChip(
        signingKey: try P384.Signing.PrivateKey(rawRepresentation: try bytes("key")), kind: kind, product: product,
        chipIdentifier: try bytes("chipIdentifier"),
        tcb: SEVSNP.TCBVersion(rawValue: tcb.reduce(0) { $0 << 8 | UInt64($1) }, product: product),
        endorsements: try object.strings("endorsements").map { text in
          guard let bytes = [UInt8](hexadecimal: text) else { throw unreadable }
          return bytes
        })
      try object.finish()
      guard chip.chipIdentifier.count == product.hardwareIdentifierByteCount else { throw unreadable }
      return chip
    } catch {
      throw unreadable
    }
  }
}

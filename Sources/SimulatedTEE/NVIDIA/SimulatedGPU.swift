public import Attestation
package import Crypto
public import Foundation
import StrictJSON
import WireFormat

/// One simulated GPU or switch: the private half of its attestation key, and what endorses the public half.
public struct SimulatedGPU: Sendable {
  let attestationKey: P384.Signing.PrivateKey
  /// Of a GPU or of a switch.
  public let platform: Platform
  /// SHA-256 of the device key: 32 bytes.
  public let chipIdentifier: [UInt8]
  /// Five certificates in DER, leaf first.
  package let chain: [[UInt8]]
  package let revocationLists: [[UInt8]]
  /// Those of this device's chain below the root, from the root on; none where the device was read from a file.
  package let authorities: [SimulatedAuthority]

  package init(
    attestationKey: P384.Signing.PrivateKey, platform: Platform, chipIdentifier: [UInt8], chain: [[UInt8]],
    revocationLists: [[UInt8]], authorities: [SimulatedAuthority]
  ) {
    self.attestationKey = attestationKey
    self.platform = platform
    self.chipIdentifier = chipIdentifier
    self.chain = chain
    self.revocationLists = revocationLists
    self.authorities = authorities
  }

  package var publicKey: P384.Signing.PublicKey { attestationKey.publicKey }

  /// The chain as one piece of PEM, as NVIDIA's library hands it out, and the revocation lists.
  public var endorsements: [[UInt8]] {
    let blocks = chain.map { certificate in
      "-----BEGIN CERTIFICATE-----\n"
        + Data(certificate).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        + "\n-----END CERTIFICATE-----\n"
    }
    return [Array(blocks.joined().utf8)] + revocationLists
  }

  public func evidence(_ report: SimulatedGPUReport) throws(SimulatedTEEError) -> Evidence {
    Evidence(platform: platform, report: try report.signed(by: self), endorsements: endorsements)
  }

  /// r and s, most significant byte first, 48 bytes each.
  func signature(over bytes: [UInt8]) throws(SimulatedTEEError) -> [UInt8] {
    guard let signature = try? attestationKey.signature(for: bytes) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "attestation key does not sign")
    }
    return Array(signature.rawRepresentation)
  }
}

// The device as a file that only its owner may read.
extension SimulatedGPU {
  private static let fileVersion: UInt64 = 1

  /// - Throws: `simulated-state-unwritable`.
  public func save(to url: URL) throws(SimulatedTEEError) {
    func texts(_ values: [[UInt8]]) -> JSONValue { .array(values.map { .string($0.hexadecimal) }) }
    let value: JSONValue = [
      "version": .integer(Int64(Self.fileVersion)), "platform": .string(platform.rawValue),
      "key": .string(Array(attestationKey.rawRepresentation).hexadecimal),
      "chipIdentifier": .string(chipIdentifier.hexadecimal), "chain": texts(chain),
      "revocationLists": texts(revocationLists),
    ]
    try StateFile.write(value.canonicalBytes, to: url)
  }

  /// - Throws: `simulated-state-unreadable`.
  public static func load(from url: URL) throws(SimulatedTEEError) -> SimulatedGPU {
    let unreadable = SimulatedTEEError(SimulatedTEEError.stateUnreadable, "device file is not of its format")
    let content = try StateFile.read(url)
    do {
      var object = try JSONObject(parsing: content, name: "simulated device")
      func bytes(_ text: String) throws -> [UInt8] {
        guard let bytes = [UInt8](hexadecimal: text) else { throw unreadable }
        return bytes
      }
      guard try object.count("version") == fileVersion,
        let platform = Platform(rawValue: try object.string("platform"))
      else { throw unreadable }
      let device = SimulatedGPU(
        attestationKey: try P384.Signing.PrivateKey(rawRepresentation: try bytes(try object.string("key"))),
        platform: platform, chipIdentifier: try bytes(try object.string("chipIdentifier")),
        chain: try object.strings("chain").map(bytes),
        revocationLists: try object.strings("revocationLists").map(bytes), authorities: [])
      try object.finish()
      return device
    } catch {
      throw unreadable
    }
  }
}

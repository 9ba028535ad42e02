public import Attestation
import Crypto
package import CryptoExtras
import Foundation
package import StrictJSON
import WireFormat

/// A guest of Azure's paravisor on a simulated chip: the paravisor's report over runtime data, and the virtual TPM's
/// quote. It protects nobody.
public struct SimulatedAzureGuest: NodeAttester {
  public let chip: SimulatedChip
  /// Signs the quotes of the virtual TPM; slow to make and may be used again.
  package let attestationKey: _RSA.Signing.PrivateKey
  /// What the paravisor's report says but for REPORT_DATA.
  public var report: SimulatedReport
  /// `vm-configuration` of the runtime data.
  package var configuration: [String: JSONValue] = [
    "console-enabled": false, "secure-boot": true, "tpm-enabled": true, "tpm-persisted": true,
    "vmUniqueId": "00000000-0000-0000-0000-000000000000",
  ]
  /// Members of the runtime data beside keys, configuration and user data.
  package var otherRuntimeData: [String: JSONValue] = [:]
  package var quote = SimulatedVTPMQuote()

  /// Makes the attestation key, which takes a moment.
  ///
  /// - Parameter measurement: 48 bytes, of the paravisor.
  /// - Throws: `simulated-key-unusable`.
  public init(chip: SimulatedChip, measurement: [UInt8]) throws(SimulatedTEEError) {
    guard let key = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "an RSA key could not be made")
    }
    self.init(chip: chip, measurement: measurement, attestationKey: key)
  }

  package init(chip: SimulatedChip, measurement: [UInt8], attestationKey: _RSA.Signing.PrivateKey) {
    self.chip = chip
    self.attestationKey = attestationKey
    report = SimulatedReport(reportData: Array(repeating: 0, count: 64), measurement: measurement)
  }

  /// What the virtual TPM has measured, as a reference value.
  public var measurements: AzureSNP.Measurements? { AzureSNP.Measurements(pcrs: quote.selectedValues) }

  /// - Parameter reportData: 64 bytes, the user data of the runtime data. The quote is over no nonce.
  /// - Throws: `simulated-field-length`, `simulated-key-unusable`.
  public func evidence(reportData: [UInt8]) async throws -> Evidence {
    try evidence(userData: reportData, nonce: [])
  }

  package func evidence(userData: [UInt8], nonce: [UInt8]) throws -> Evidence {
    guard userData.count <= 64 else {
      throw SimulatedTEEError(SimulatedTEEError.fieldLength, "user data has \(userData.count) bytes, expected 64")
    }
    return try evidence(runtimeData: runtimeData(userData: userData).canonicalBytes, nonce: nonce)
  }

  /// The paravisor's report over any runtime data, and the quote beside it.
  package func evidence(runtimeData: [UInt8], nonce: [UInt8]) throws -> Evidence {
    var quote = quote
    quote.nonce = nonce
    return Evidence(
      platform: .azureSNP, report: try hclReport(runtimeData: runtimeData).bytes,
      supplement: try supplement(quote).json.canonicalBytes, endorsements: chip.endorsements)
  }

  package func runtimeData(userData: [UInt8]) throws -> JSONValue {
    var members = otherRuntimeData
    members["keys"] = [try Self.jwk("HCLAkPub", attestationKey.publicKey)]
    members["vm-configuration"] = .object(configuration)
    members["user-data"] = .string(userData.hexadecimal.uppercased())
    return .object(members)
  }

  package func hclReport(runtimeData: [UInt8]) throws -> SimulatedHCLReport {
    var report = report
    report.reportData = Array(SHA256.hash(data: runtimeData)) + Array(repeating: 0, count: 32)
    return SimulatedHCLReport(report: try report.signed(by: chip), runtimeData: runtimeData)
  }

  package func supplement(_ quote: SimulatedVTPMQuote) throws -> AzureSNP.QuoteSupplement {
    let message = quote.message
    let signature = try attestationKey.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
    return AzureSNP.QuoteSupplement(
      signature: Array(signature.rawRepresentation), message: message, pcrs: quote.pcrs)
  }

  /// A public key as JSON (RFC 7517).
  package static func jwk(_ name: String, _ key: _RSA.Signing.PublicKey) throws -> JSONValue {
    func base64URL(_ bytes: Data) -> JSONValue {
      .string(
        String(bytes.base64EncodedString().prefix { $0 != "=" })
          .replacing("+", with: "-").replacing("/", with: "_"))
    }
    let primitives = try key.getKeyPrimitives()
    return [
      "kid": .string(name), "kty": "RSA", "key_ops": ["sign"],
      "n": base64URL(primitives.modulus), "e": base64URL(primitives.publicExponent),
    ]
  }
}

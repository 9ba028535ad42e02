package import CryptoExtras
import Foundation
package import StrictJSON
import WireFormat

extension AzureSNP {
  /// The JSON that the paravisor's report binds: the keys of the virtual TPM, how the virtual machine is configured, and
  /// what the guest put in. Members that are not known are claims and nothing else.
  package struct RuntimeData: Sendable {
    static let keyLimit = 16
    static let userDataByteLimit = 64
    static let attestationKeyName = "HCLAkPub"
    static let keyBitCounts = 2048...4096

    /// Signs the quotes of the virtual TPM.
    package let attestationKey: _RSA.Signing.PublicKey
    /// `vm-configuration` as it was received.
    package let configuration: [String: JSONValue]
    /// What the guest wrote into the virtual TPM before it asked; Azure writes 64 bytes.
    package let userData: [UInt8]
    let otherMembers: [String: JSONValue]

    /// - Throws: `runtime-data-malformed`, `vtpm-attestation-key`.
    package init(parsing bytes: [UInt8]) throws(AttestationError) {
      let keys: [JSONValue]
      do throws(JSONError) {
        var object = try JSONObject(parsing: bytes, name: "runtime data", byteLimit: HCLReport.byteLimit)
        keys = try object.array("keys")
        guard case .object(let members) = try object.value("vm-configuration") else {
          throw JSONError(JSONError.wrongType, "vm-configuration is not an object")
        }
        configuration = members
        userData = try Self.userData(object.optional("user-data"))
        var others: [String: JSONValue] = [:]
        for name in object.remainingNames { others[name] = object.takeEntry(name) }
        otherMembers = others
      } catch {
        throw AttestationError(AttestationError.runtimeDataMalformed, error.message)
      }
      attestationKey = try Self.attestationKey(keys)
    }

    /// Hexadecimal of either case; older paravisors leave the member out.
    private static func userData(_ value: JSONValue?) throws(JSONError) -> [UInt8] {
      guard let value else { return [] }
      guard case .string(let text) = value, let bytes = [UInt8](hexadecimal: text), bytes.count <= userDataByteLimit
      else { throw JSONError(JSONError.wrongType, "user-data is not hexadecimal of at most 64 bytes") }
      return bytes
    }

    /// The one RSA key (RFC 7518, section 6.3) of the name.
    private static func attestationKey(_ keys: [JSONValue]) throws(AttestationError) -> _RSA.Signing.PublicKey {
      func refuse(_ what: StaticString) -> AttestationError {
        AttestationError(AttestationError.vtpmAttestationKey, "\(what)")
      }
      guard keys.count <= keyLimit else { throw refuse("runtime data has too many keys") }
      var named: [[String: JSONValue]] = []
      for case .object(let key) in keys where key["kid"] == .string(attestationKeyName) { named.append(key) }
      guard named.count == 1, let key = named.first else {
        throw refuse("runtime data names the attestation key not exactly once")
      }
      guard key["kty"] == "RSA", let modulus = base64URL(key["n"]), let exponent = base64URL(key["e"]),
        exponent == [0x01, 0x00, 0x01], modulus.first != 0,
        let publicKey = try? _RSA.Signing.PublicKey(n: modulus, e: exponent),
        keyBitCounts.contains(publicKey.keySizeInBits)
      else { throw refuse("attestation key is not RSA with 2048 to 4096 bits and exponent 65537") }
      return publicKey
    }

    /// Base64url without padding (RFC 7515, section 2), in its one form.
    private static func base64URL(_ value: JSONValue?) -> [UInt8]? {
      guard case .string(let text)? = value, text.utf8.count <= 1024 else { return nil }
      let plain = text.replacing("-", with: "+").replacing("_", with: "/")
      guard !text.contains(where: { "+/=".contains($0) }),
        let bytes = Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4)),
        bytes.base64EncodedString().prefix(while: { $0 != "=" }) == plain
      else { return nil }
      return Array(bytes)
    }
  }
}

package import Crypto
import WireFormat

extension Nitro {
  /// COSE_Sign1 (RFC 9052, section 4.2) as AWS writes it: the whole of what an enclave conveys. Received bytes.
  ///
  ///     [18] [protected: bytes, unprotected: {}, payload: bytes, signature: bytes .size 96]
  ///
  /// AWS's text shows the tag, its documents come without: both are read. Nothing but the array's members is signed, so
  /// this part is read in one form alone: definite lengths, an empty unprotected header.
  package struct Envelope: Sendable {
    /// Of the payload, as AWS states it.
    package static let payloadByteLimit = 16_384
    package static let protectedByteLimit = 64
    /// r and s of ES384.
    package static let signatureByteCount = 96
    package static let byteLimit = payloadByteLimit + 128
    /// `{1: -35}`: the algorithm is ES384, and there is no other parameter.
    package static let protectedHeader: [UInt8] = [0xA1, 0x01, 0x38, 0x22]

    package let protectedBytes: ArraySlice<UInt8>
    package let payload: ArraySlice<UInt8>
    package let signature: ArraySlice<UInt8>

    /// - Throws: `evidence-length`, `nitro-envelope-malformed`.
    package init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard (1...Self.byteLimit).contains(bytes.count) else {
        throw AttestationError(
          AttestationError.evidenceLength, "document has \(bytes.count) bytes, expected 1 to \(Self.byteLimit)")
      }
      do throws(WireError) {
        var reader = CBORReader(bytes[...])
        _ = reader.skipTag(18)
        var members: [ArraySlice<UInt8>] = []
        try reader.array(countLimit: 4, field: "COSE_Sign1") { reader throws(WireError) in
          switch members.count {
          case 0: members.append(try reader.bytes(limit: Self.protectedByteLimit, field: "protected header"))
          case 1:
            try reader.map(countLimit: 0, field: "unprotected header") { _ in }
            members.append([])
          case 2: members.append(try reader.bytes(limit: Self.payloadByteLimit, field: "payload"))
          default: members.append(try reader.bytes(limit: Self.signatureByteCount, field: "signature"))
          }
        }
        try reader.requireEnd()
        guard members.count == 4, members[3].count == Self.signatureByteCount else {
          throw WireError(WireError.invalidValue, "COSE_Sign1 lacks a member or has a signature of another length")
        }
        (protectedBytes, payload, signature) = (members[0], members[2], members[3])
      } catch {
        throw AttestationError(AttestationError.nitroEnvelope, error.message)
      }
    }

    /// Sig_structure (RFC 9052, section 4.4), without external data.
    var signedBytes: [UInt8] {
      CBORWriter.array([
        CBORWriter.text("Signature1"), CBORWriter.bytes(protectedBytes), CBORWriter.bytes([]),
        CBORWriter.bytes(payload),
      ])
    }

    package func isSigned(by key: P384.Signing.PublicKey) -> Bool {
      guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
      return key.isValidSignature(signature, for: signedBytes)
    }
  }
}

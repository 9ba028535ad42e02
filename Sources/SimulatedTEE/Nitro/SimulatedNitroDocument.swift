import Attestation
package import Crypto
import WireFormat

/// The fields of an attestation document before a simulated enclave's key signs it. The defaults are those of an enclave
/// that the strict rules accept once its measurements and instance are listed; tests change a field to get one that is
/// wrong in one respect.
package struct SimulatedNitroDocument: Sendable {
  package var moduleID: String
  package var digest = "SHA384"
  /// Milliseconds since 1970.
  package var timestamp: UInt64
  /// By index, in this order.
  package var pcrs: [(index: UInt64, value: [UInt8])]
  package var certificate: [UInt8]
  /// Root first.
  package var bundle: [[UInt8]]
  package var publicKey: [UInt8]?
  package var userData: [UInt8]?
  package var nonce: [UInt8]?
  /// Members that are left out.
  package var omittedMembers: Set<String> = []
  /// Members, each one item of CBOR, that are put behind the others.
  package var extraMembers: [(key: [UInt8], value: [UInt8])] = []
  package var protectedHeader: [UInt8] = [0xA1, 0x01, 0x38, 0x22]
  package var isTagged = false

  package init(
    moduleID: String, timestamp: UInt64, pcrs: [(index: UInt64, value: [UInt8])], certificate: [UInt8],
    bundle: [[UInt8]]
  ) {
    self.moduleID = moduleID
    self.timestamp = timestamp
    self.pcrs = pcrs
    self.certificate = certificate
    self.bundle = bundle
  }

  package var payload: [UInt8] {
    func orNull(_ bytes: [UInt8]?) -> [UInt8] { bytes.map { CBORWriter.bytes($0) } ?? CBORWriter.null }
    let members: [(name: String, value: [UInt8])] = [
      ("module_id", CBORWriter.text(moduleID)), ("digest", CBORWriter.text(digest)),
      ("timestamp", CBORWriter.unsigned(timestamp)),
      ("pcrs", CBORWriter.map(pcrs.map { (CBORWriter.unsigned($0.index), CBORWriter.bytes($0.value)) })),
      ("certificate", CBORWriter.bytes(certificate)),
      ("cabundle", CBORWriter.array(bundle.map { CBORWriter.bytes($0) })), ("public_key", orNull(publicKey)),
      ("user_data", orNull(userData)), ("nonce", orNull(nonce)),
    ]
    return CBORWriter.map(
      members.filter { !omittedMembers.contains($0.name) }.map { (CBORWriter.text($0.name), $0.value) }
        + extraMembers)
  }

  /// - Throws: `simulated-key-unusable`.
  package func signed(by key: P384.Signing.PrivateKey) throws(SimulatedTEEError) -> [UInt8] {
    try Self.signed(payload, protectedHeader: protectedHeader, isTagged: isTagged, by: key)
  }

  /// COSE_Sign1 over any payload.
  package static func signed(
    _ payload: [UInt8], protectedHeader: [UInt8] = [0xA1, 0x01, 0x38, 0x22], isTagged: Bool = false,
    by key: P384.Signing.PrivateKey
  ) throws(SimulatedTEEError) -> [UInt8] {
    let protected = CBORWriter.bytes(protectedHeader)
    let toSign = CBORWriter.array([
      CBORWriter.text("Signature1"), protected, CBORWriter.bytes([]), CBORWriter.bytes(payload),
    ])
    guard let signature = try? key.signature(for: toSign) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "enclave key does not sign")
    }
    return (isTagged ? [0xD2] : [])
      + CBORWriter.array([
        protected, CBORWriter.map([]), CBORWriter.bytes(payload), CBORWriter.bytes(Array(signature.rawRepresentation)),
      ])
  }
}

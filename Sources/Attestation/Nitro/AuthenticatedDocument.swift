import Crypto
import StrictJSON
import WireFormat
import X509

extension Nitro {
  /// A document whose signature, chain and instance fit. Only `init`, and so only the verifier, makes one; whether it is
  /// acceptable is for the rules of `AppraisalRules`.
  struct AuthenticatedDocument: Sendable {
    let document: Document
    let path: CertificatePath
    let instance: Instance

    /// The instance identifier in ASCII: no chip is named (docs/evidence/nitro.md).
    var chipIdentifier: [UInt8] { Array(instance.identifier.utf8) }

    /// Checks the document against a chain that is already verified, one check after another.
    ///
    /// - Returns: nil if a check failed; every check is in `recorder`.
    init?(envelope: Envelope, document: Document, path: CertificatePath, recorder: inout CheckRecorder) {
      self.document = document
      self.path = path
      let failuresBefore = recorder.failureCount
      recorder.require(
        "signature-algorithm", envelope.protectedBytes.elementsEqual(Envelope.protectedHeader),
        else: AttestationError.signatureAlgorithm, "protected header is not ES384 alone")
      let key = P384.Signing.PublicKey(path.leaf.certificate.publicKey)
      recorder.require(
        "signature", key.map(envelope.isSigned) ?? false, else: AttestationError.reportSignature,
        "signature of the document is not the leaf's")
      do {
        instance = try Instance(
          moduleID: document.moduleID, leafName: path.leaf.commonName ?? "",
          instanceName: path.certificates.dropFirst().first?.commonName ?? "", pcr4: document.pcrs[4])
        recorder.pass("instance")
      } catch {
        recorder.fail("instance", error)
        return nil
      }
      guard recorder.failureCount == failuresBefore else { return nil }
    }
  }
}

extension Nitro.AuthenticatedDocument {
  /// What the document says, by the member names of docs/evidence/nitro.md. Bytes are hexadecimal.
  var claims: [String: JSONValue] {
    func orNull(_ bytes: [UInt8]?) -> JSONValue { bytes.map { .string($0.hexadecimal) } ?? .null }
    return [
      "platform": "nitro",
      "simulated": .boolean(path.trustedRoot == .simulated),
      "root": .string(path.trustedRoot.name),
      "moduleID": .string(document.moduleID),
      "instanceID": .string(instance.identifier),
      "region": .string(instance.region),
      "digest": "SHA384",
      "timestamp": .integer(Int64(document.timestamp)),
      "pcrs": .object(
        Dictionary(uniqueKeysWithValues: document.pcrs.map { (String($0.key), .string($0.value.hexadecimal)) })),
      "debug": .boolean(document.isDebug),
      "publicKey": orNull(document.publicKey),
      "userData": orNull(document.userData),
      "nonce": orNull(document.nonce),
      "certificateCount": .integer(Int64(path.certificates.count)),
      "leafNotBefore": .integer(path.leaf.notBefore),
      "leafNotAfter": .integer(path.leaf.notAfter),
    ]
  }
}

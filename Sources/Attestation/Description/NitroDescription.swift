import Foundation
import WireFormat

extension Nitro {
  /// The members of the envelope and of the document in it, in the order in which they stand.
  ///
  /// - Throws: the codes of `Envelope` and `Document`.
  static func describe(_ bytes: [UInt8]) throws(AttestationError) -> [FieldDescription] {
    let envelope = try Envelope(parsing: bytes)
    _ = try Document(parsing: envelope.payload)
    var fields = [
      field(
        "protected header", envelope.protectedBytes.indices, FieldTable.hexadecimal(envelope.protectedBytes),
        envelope.protectedBytes.elementsEqual(Envelope.protectedHeader)
          ? "Signed with ES384: ECDSA on P-384 with SHA-384." : "Not the header of ES384 that is expected.")
    ]
    do {
      var reader = CBORReader(envelope.payload)
      try reader.map(countLimit: 9, allowsIndefinite: true, field: "document") { reader throws(WireError) in
        try describeMember(&reader, &fields)
      }
    } catch {
      throw AttestationError(AttestationError.nitroDocument, error.message)
    }
    fields.append(
      field(
        "signature", envelope.signature.indices, FieldTable.hexadecimal(envelope.signature),
        "By the document's own certificate over header and document: r, s."))
    return fields
  }

  private static func field(_ name: String, _ range: Range<Int>, _ value: String, _ meaning: String) -> FieldDescription
  {
    FieldDescription(offset: range.lowerBound, byteCount: range.count, name: name, value: value, meaning: meaning)
  }

  private static func describeMember(
    _ reader: inout CBORReader, _ fields: inout [FieldDescription]
  ) throws(WireError) {
    let start = reader.position
    let name = try reader.text(limit: 16, field: "member name")
    switch name {
    case "pcrs": try describeRegisters(&reader, &fields)
    case "cabundle": try describeBundle(&reader, &fields)
    case "module_id", "digest":
      let text = try reader.text(limit: Document.moduleIDByteLimit, field: "text")
      fields.append(
        field(
          name, start..<reader.position, text,
          name == "digest"
            ? "The digest of the registers." : "The parent instance, and the enclave on it. It names no chip."))
    case "timestamp":
      let milliseconds = try reader.unsigned(field: "timestamp")
      let time = Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(.iso8601)
      fields.append(field(name, start..<reader.position, time, "When the hypervisor made the document, by its clock."))
    default:
      let isNull = reader.skipNull()
      let content = isNull ? [] : try reader.bytes(limit: Envelope.payloadByteLimit, field: "value")
      fields.append(
        field(name, start..<reader.position, isNull ? "absent" : FieldTable.hexadecimal(content), meaning(name)))
    }
  }

  private static func meaning(_ name: String) -> String {
    switch name {
    case "certificate": "The certificate of the key that signed the document, in DER; it lives about three hours."
    case "public_key": "A key that the enclave chose, for others to encrypt to."
    case "user_data": "Chosen by the enclave; a verifier expects the digest of a key or a statement here."
    case "nonce": "Chosen by whoever asked the enclave, so that the document is fresh."
    default: "Not known."
    }
  }

  private static func describeRegisters(
    _ reader: inout CBORReader, _ fields: inout [FieldDescription]
  ) throws(WireError) {
    try reader.map(countLimit: Document.pcrCountLimit, allowsIndefinite: true, field: "pcrs") {
      reader throws(WireError) in
      let start = reader.position
      let index = try reader.unsigned(field: "PCR index")
      let value = try reader.bytes(limit: Document.pcrByteCount, field: "PCR")
      let isZero = value.allSatisfy { $0 == 0 }
      let debug = isZero && index < 3 ? " ZERO MEANS DEBUG MODE: the host can read the enclave's console." : ""
      fields.append(
        field(
          "PCR\(index)", start..<reader.position, FieldTable.hexadecimal(value), registerMeaning(index) + debug))
    }
  }

  private static func registerMeaning(_ index: UInt64) -> String {
    switch index {
    case 0: "Measurement of the enclave's image."
    case 1: "Measurement of its kernel and boot file system."
    case 2: "Measurement of its application, without the boot file system."
    case 3: "Digest of the role that the parent instance has at AWS."
    case 4: "Digest of the parent instance's identifier."
    case 8: "Digest of the certificate that signed the image; zero without one."
    default: "Not given a meaning by AWS; an enclave may extend it."
    }
  }

  private static func describeBundle(
    _ reader: inout CBORReader, _ fields: inout [FieldDescription]
  ) throws(WireError) {
    var index = 0
    try reader.array(countLimit: Document.bundleCountLimit, allowsIndefinite: true, field: "cabundle") {
      reader throws(WireError) in
      let certificate = try reader.bytes(limit: Document.certificateByteLimit, field: "certificate")
      fields.append(
        field(
          "cabundle[\(index)]", certificate.indices, FieldTable.hexadecimal(certificate),
          index == 0
            ? "The root, in DER; it proves nothing by being here." : "An authority below the one before, in DER."
        ))
      index += 1
    }
  }
}

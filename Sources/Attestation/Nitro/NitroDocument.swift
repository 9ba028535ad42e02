import WireFormat

extension Nitro {
  /// The attestation document, which is the payload of the envelope ("Nitro Enclaves Attestation Process", section
  /// 2.2). Parsing says nothing about who wrote it.
  ///
  /// Maps and arrays may be of indefinite length, as real documents' outermost map is since about 2025. Optional members
  /// that are null are absent, as in all real documents.
  package struct Document: Sendable, Equatable {
    package static let pcrCountLimit = 32
    /// SHA-384, the one digest of PCRs.
    package static let pcrByteCount = 48
    package static let certificateByteLimit = 1024
    package static let bundleCountLimit = 8
    package static let moduleIDByteLimit = 128
    /// Of public key, user data and nonce. AWS states 512 for the last two in one place and 1,024 in another.
    package static let userDataByteLimit = 1024

    package let moduleID: String
    /// When the document was made by the hypervisor's clock, in milliseconds since 1970.
    package let timestamp: UInt64
    /// By index, 0 to 31; PCR0, PCR1 and PCR2 are there.
    package let pcrs: [UInt64: [UInt8]]
    /// The leaf, in DER.
    package let certificate: [UInt8]
    /// Root first.
    package let bundle: [[UInt8]]
    package let publicKey: [UInt8]?
    package let userData: [UInt8]?
    package let nonce: [UInt8]?

    /// - Throws: `nitro-document-malformed`.
    package init(parsing payload: ArraySlice<UInt8>) throws(AttestationError) {
      do throws(WireError) {
        var members = Members()
        var reader = CBORReader(payload)
        try reader.map(countLimit: 9, allowsIndefinite: true, field: "document") { reader throws(WireError) in
          try members.read(&reader)
        }
        try reader.requireEnd()
        moduleID = try Self.required(members.moduleID)
        timestamp = try Self.required(members.timestamp)
        pcrs = try Self.required(members.pcrs)
        certificate = try Self.required(members.certificate)
        bundle = try Self.required(members.bundle)
        guard members.names.contains("digest") else { throw Self.missing }
        (publicKey, userData, nonce) = (members.publicKey, members.userData, members.nonce)
      } catch {
        throw AttestationError(AttestationError.nitroDocument, error.message)
      }
    }

    private static let missing = WireError(WireError.invalidValue, "document lacks a member")

    private static func required<Value>(_ value: Value?) throws(WireError) -> Value {
      guard let value else { throw missing }
      return value
    }

    /// PCR0, the measurement of the enclave's image.
    package var imageMeasurement: [UInt8] { pcrs[0] ?? [] }

    /// AWS zeroes the PCRs of the image for an enclave that was started in debug mode.
    package var isDebug: Bool { (0..<3).contains { pcrs[$0]?.allSatisfy { $0 == 0 } ?? true } }
  }
}

extension Nitro.Document {
  /// What has been read so far.
  private struct Members {
    var names: Set<String> = []
    var moduleID: String?
    var timestamp: UInt64?
    var pcrs: [UInt64: [UInt8]]?
    var certificate: [UInt8]?
    var bundle: [[UInt8]]?
    var publicKey: [UInt8]?
    var userData: [UInt8]?
    var nonce: [UInt8]?

    mutating func read(_ reader: inout CBORReader) throws(WireError) {
      let name = try reader.text(limit: 16, field: "member name")
      guard names.insert(name).inserted else {
        throw WireError(WireError.invalidValue, "document has two members of one name")
      }
      typealias Document = Nitro.Document
      switch name {
      case "module_id":
        let text = try reader.text(limit: Document.moduleIDByteLimit, field: "module_id")
        moduleID = try require(text, !text.isEmpty, "module_id is empty")
      case "digest":
        let digest = try reader.text(limit: 16, field: "digest")
        _ = try require(digest, digest == "SHA384", "digest is not SHA384")
      case "timestamp":
        let number = try reader.unsigned(field: "timestamp")
        timestamp = try require(number, (1...UInt64(Int64.max)).contains(number), "timestamp is out of its range")
      case "pcrs": pcrs = try Self.pcrs(&reader)
      case "certificate": certificate = try Self.certificate(&reader)
      case "cabundle":
        var certificates: [[UInt8]] = []
        try reader.array(countLimit: Document.bundleCountLimit, allowsIndefinite: true, field: "cabundle") {
          reader throws(WireError) in certificates.append(try Self.certificate(&reader))
        }
        bundle = try require(certificates, !certificates.isEmpty, "cabundle is empty")
      case "public_key":
        publicKey = try Self.userData(&reader, field: "public_key")
        _ = try require(name, publicKey?.isEmpty != true, "public_key is empty")
      case "user_data": userData = try Self.userData(&reader, field: "user_data")
      case "nonce": nonce = try Self.userData(&reader, field: "nonce")
      default: throw WireError(WireError.invalidValue, "document has a member that is not known")
      }
    }

    private func require<Value>(
      _ value: Value, _ condition: Bool, _ message: @autoclosure () -> String
    ) throws(WireError) -> Value {
      guard condition else { throw WireError(WireError.invalidValue, message()) }
      return value
    }

    private static func certificate(_ reader: inout CBORReader) throws(WireError) -> [UInt8] {
      let certificate = try reader.bytes(limit: Nitro.Document.certificateByteLimit, field: "certificate")
      guard !certificate.isEmpty else { throw WireError(WireError.invalidValue, "certificate is empty") }
      return Array(certificate)
    }

    private static func userData(_ reader: inout CBORReader, field: StaticString) throws(WireError) -> [UInt8]? {
      if reader.skipNull() { return nil }
      return Array(try reader.bytes(limit: Nitro.Document.userDataByteLimit, field: field))
    }

    private static func pcrs(_ reader: inout CBORReader) throws(WireError) -> [UInt64: [UInt8]] {
      var pcrs: [UInt64: [UInt8]] = [:]
      try reader.map(countLimit: Nitro.Document.pcrCountLimit, allowsIndefinite: true, field: "pcrs") {
        reader throws(WireError) in
        let index = try reader.unsigned(field: "PCR index")
        let value = try reader.bytes(limit: Nitro.Document.pcrByteCount, field: "PCR")
        guard index < Nitro.Document.pcrCountLimit, value.count == Nitro.Document.pcrByteCount,
          pcrs.updateValue(Array(value), forKey: index) == nil
        else { throw WireError(WireError.invalidValue, "a PCR is double, or of another index or length") }
      }
      guard (0..<3).allSatisfy({ pcrs[$0] != nil }) else {
        throw WireError(WireError.invalidValue, "pcrs lack PCR0, PCR1 or PCR2")
      }
      return pcrs
    }
  }
}

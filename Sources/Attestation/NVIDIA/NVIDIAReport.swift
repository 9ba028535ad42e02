import WireFormat

extension NVIDIA {
  /// A request for measurements and the signed answer, one behind the other (SPDM 1.1, DSP0274, sections 10.11.1 and
  /// 10.11.2). Parsing says nothing about who wrote it.
  ///
  ///     Request, 37 bytes: Version (8) = 0x11 | Code (8) = 0xE0 | Attributes (8) | Operation (8) | Nonce (256) | Slot (8)
  ///     Response: Version (8) = 0x11 | Code (8) = 0x60 | Param1 (8) | Param2 (8) | Number of Blocks (8)
  ///     | Record Length (24) | Record | Nonce (256) | Opaque Length (16) | Opaque Data | r (384) | s (384)
  ///
  /// Integers are least significant byte first; r and s are most significant byte first.
  package struct Report: Sendable {
    /// NVIDIA's library hands out at most 8,192 bytes.
    package static let byteLimit = 16 << 10
    package static let requestByteCount = 37
    static let responseHeaderByteCount = 8
    static let nonceByteCount = 32
    static let signatureByteCount = 96
    /// A report without a block and without opaque data.
    package static let shortestByteCount =
      requestByteCount + responseHeaderByteCount + nonceByteCount + 2 + signatureByteCount

    let bytes: [UInt8]
    /// Bit 0 asks for a signature.
    package let requestAttributes: UInt8
    /// 0xFF asks for every measurement.
    package let requestedOperation: UInt8
    /// The requester's nonce.
    package let nonce: [UInt8]
    package let slot: UInt8
    package let responseParameters: (first: UInt8, second: UInt8)
    /// The bytes of all blocks.
    package let record: ArraySlice<UInt8>
    /// In ascending order of index.
    package let blocks: [MeasurementBlock]
    package let responderNonce: [UInt8]
    package let opaque: OpaqueData
    /// r and s.
    package let signature: ArraySlice<UInt8>

    /// - Parameter platform: of a GPU or of a switch, which have different opaque fields.
    /// - Throws: `evidence-length`, `evidence-version`, `spdm-message`, `spdm-measurement-record`, `spdm-opaque-data`.
    package init(parsing bytes: [UInt8], platform: Platform) throws(AttestationError) {
      guard (Self.shortestByteCount...Self.byteLimit).contains(bytes.count) else {
        throw Self.wrongLength("report has \(bytes.count) bytes, expected \(Self.shortestByteCount) or more")
      }
      self.bytes = bytes
      var cursor = WireCursor(bytes)
      do {
        try Self.readHead(&cursor, code: 0xE0)
        requestAttributes = try cursor.readInteger(field: "request attributes")
        requestedOperation = try cursor.readInteger(field: "requested operation")
        nonce = Array(try cursor.readBytes(Self.nonceByteCount, field: "nonce"))
        slot = try cursor.readInteger(field: "slot")
        try Self.readHead(&cursor, code: 0x60)
        responseParameters = (
          try cursor.readInteger(field: "first parameter"), try cursor.readInteger(field: "second parameter")
        )
        let blockCount: UInt8 = try cursor.readInteger(field: "number of blocks")
        let recordByteCount = try cursor.readLittleEndian(byteCount: 3, field: "record length")
        record = try cursor.readBytes(recordByteCount, field: "measurement record")
        blocks = try MeasurementBlock.parse(record, count: Int(blockCount))
        responderNonce = Array(try cursor.readBytes(Self.nonceByteCount, field: "responder nonce"))
        let opaqueByteCount = try cursor.readLittleEndian(byteCount: 2, field: "opaque length")
        opaque = try OpaqueData(
          parsing: try cursor.readBytes(opaqueByteCount, field: "opaque data"), platform: platform)
        signature = try cursor.readBytes(Self.signatureByteCount, field: "signature")
        try cursor.requireEnd()
      } catch let error as AttestationError {
        throw error
      } catch {
        throw Self.wrongLength("report is not as long as its fields say")
      }
    }

    private static func wrongLength(_ message: String) -> AttestationError {
      AttestationError(AttestationError.evidenceLength, message)
    }

    private static func readHead(_ cursor: inout WireCursor, code expected: UInt8) throws {
      let version: UInt8 = try cursor.readInteger(field: "version")
      guard version == 0x11 else {
        throw AttestationError(
          AttestationError.evidenceVersion, "SPDM version is \(version >> 4).\(version & 0xF), expected 1.1")
      }
      let code: UInt8 = try cursor.readInteger(field: "code")
      guard code == expected else {
        throw AttestationError(AttestationError.spdmMessage, "SPDM code is \(code), expected \(expected)")
      }
    }

    /// Everything before the signature.
    package var signedBytes: ArraySlice<UInt8> { bytes[..<signature.startIndex] }

    /// The digest at an SPDM index; nil where there is none.
    package func value(index: UInt8) -> [UInt8]? { blocks.first { $0.index == index && !$0.isRaw }?.value }
  }

  /// One DMTF measurement block (DSP0274, section 10.11.1.1).
  ///
  ///     Index (8) | Specification (8) = 1 | Size (16) | Value Type (8) | Value Size (16) | Value
  package struct MeasurementBlock: Sendable {
    package let index: UInt8
    /// Bits 0–6: 0 immutable ROM, 1 mutable firmware, 2 hardware configuration, 3 firmware configuration.
    package let kind: UInt8
    /// True where the value is the measured bytes themselves and no digest.
    package let isRaw: Bool
    package let value: [UInt8]

    static func parse(_ record: ArraySlice<UInt8>, count: Int) throws -> [MeasurementBlock] {
      func malformed(_ message: String) -> AttestationError {
        AttestationError(AttestationError.spdmRecord, message)
      }
      var cursor = WireCursor(record)
      var blocks: [MeasurementBlock] = []
      do {
        for _ in 0..<count {
          let index: UInt8 = try cursor.readInteger(field: "index")
          // Ascending, so that no index occurs twice. 0 and 255 mean something else in requests.
          guard index > blocks.last?.index ?? 0, index < 255 else {
            throw malformed("index \(index) is out of order")
          }
          let specification: UInt8 = try cursor.readInteger(field: "specification")
          let byteCount = try cursor.readLittleEndian(byteCount: 2, field: "size")
          let type: UInt8 = try cursor.readInteger(field: "value type")
          let valueByteCount = try cursor.readLittleEndian(byteCount: 2, field: "value size")
          guard specification == 1, byteCount == valueByteCount + 3 else {
            throw malformed("block \(index) is not of DMTF's form")
          }
          blocks.append(
            MeasurementBlock(
              index: index, kind: type & 0x7F, isRaw: type & 0x80 != 0,
              value: Array(try cursor.readBytes(valueByteCount, field: "value"))))
        }
        try cursor.requireEnd()
      } catch is WireError {
        throw malformed("record does not hold \(count) blocks")
      }
      return blocks
    }
  }
}

extension WireCursor {
  /// An integer of 2 or 3 bytes, least significant byte first.
  fileprivate mutating func readLittleEndian(byteCount: Int, field: StaticString) throws(WireError) -> Int {
    try readBytes(byteCount, field: field).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

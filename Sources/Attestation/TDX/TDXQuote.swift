extension TDX {
  /// A quote as it was received: parsed, and nothing checked (Intel TDX DCAP Quoting Library API, appendix A).
  ///
  ///     Header (48) | version 5: Body Type (2), Body Size (4) | TD Report Body (584 or 648)
  ///     | Signature Data Size (4) | Signature (64) | Attestation Key (64) | Certification Data Type (2) = 6, Size (4)
  ///       { QE Report (384) | Signature (64) | Authentication Data (2 + n) | Type (2) = 5, Size (4), PCK chain in PEM }
  ///     | bytes that nothing signs
  ///
  /// Integers are little-endian. docs/evidence/tdx.md lists the fields.
  public struct Quote: Sendable, Equatable {
    public static let headerByteCount = 48
    public static let knownVersions: ClosedRange<UInt16> = 4...5
    /// Larger quotes are refused before they are parsed.
    public static let byteLimit = 1 << 18
    /// Bounds for the chain and for the authentication data of the quoting enclave.
    public static let certificationDataByteLimit = 1 << 16
    public static let authenticationDataByteLimit = 1 << 12

    /// The value of TEE type that says TDX; SGX is 0.
    static let trustDomainType: UInt32 = 0x81

    public let version: UInt16
    public let header: ArraySlice<UInt8>
    public let body: Body
    /// Header and body, in version 5 with the body's type and size between them.
    public let signedBytes: ArraySlice<UInt8>
    /// r and s, most significant byte first.
    public let signature: ArraySlice<UInt8>
    /// x and y of the key that signed the quote.
    public let attestationKey: ArraySlice<UInt8>
    public let quotingEnclaveReport: EnclaveReport
    public let quotingEnclaveSignature: ArraySlice<UInt8>
    public let authenticationData: ArraySlice<UInt8>
    /// The PCK chain in PEM.
    public let certificationData: ArraySlice<UInt8>
    /// What stands behind the signature data.
    public let trailingBytes: ArraySlice<UInt8>

    /// - Throws: `evidence-length`, `evidence-version`, and for a quote that is no such thing `tee-type-refused`,
    ///   `attestation-key-type`, `td-body-type`, `certification-data-unsupported`.
    public init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard bytes.count <= Self.byteLimit else {
        throw AttestationError(
          AttestationError.evidenceLength, "quote has \(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
      }
      var reader = LittleEndianReader(bytes[...], code: AttestationError.evidenceLength)
      header = try reader.bytes(Self.headerByteCount, "quote header")
      version = header[0..<2].littleEndianInteger()
      try Self.requireKnown(header, version: version)
      body = try Body(parsing: &reader, quoteVersion: version)
      signedBytes = bytes[..<reader.remainder.startIndex]
      let data = try reader.counted(UInt32.self, limit: Self.byteLimit, "signature data")
      trailingBytes = reader.remainder

      var fields = LittleEndianReader(data, code: AttestationError.evidenceLength)
      signature = try fields.bytes(64, "quote signature")
      attestationKey = try fields.bytes(64, "attestation key")
      let outer = try Self.certificationData(&fields, type: 6)
      try fields.finish("signature data")
      var inner = LittleEndianReader(outer, code: AttestationError.evidenceLength)
      quotingEnclaveReport = EnclaveReport(bytes: try inner.bytes(EnclaveReport.byteCount, "QE report"))
      quotingEnclaveSignature = try inner.bytes(64, "QE report signature")
      authenticationData = try inner.counted(
        UInt16.self, limit: Self.authenticationDataByteLimit, "QE authentication data")
      certificationData = try Self.certificationData(&inner, type: 5)
      try inner.finish("QE report certification data")
    }

    private static func requireKnown(_ header: ArraySlice<UInt8>, version: UInt16) throws(AttestationError) {
      guard knownVersions.contains(version) else {
        throw AttestationError(AttestationError.evidenceVersion, "quote version is \(version), expected 4 or 5")
      }
      let type: UInt32 = header[4..<8].littleEndianInteger()
      guard type == trustDomainType else {
        throw AttestationError(AttestationError.teeType, "TEE type is \(type), expected \(trustDomainType)")
      }
      let keyType: UInt16 = header[2..<4].littleEndianInteger()
      guard keyType == 2 else {
        throw AttestationError(
          AttestationError.attestationKeyType, "attestation key type is \(keyType), expected 2")
      }
    }

    private static func certificationData(
      _ reader: inout LittleEndianReader, type expected: UInt16
    ) throws(AttestationError) -> ArraySlice<UInt8> {
      let type: UInt16 = try reader.integer("certification data type")
      guard type == expected else {
        throw AttestationError(
          AttestationError.certificationData, "certification data is of type \(type), expected \(expected)")
      }
      return try reader.counted(UInt32.self, limit: certificationDataByteLimit, "certification data")
    }
  }
}

extension TDX.Quote {
  /// Reserved since version 4.
  public var headerReserved: ArraySlice<UInt8> { header[8..<12] }
  public var quotingEnclaveVendor: ArraySlice<UInt8> { header[12..<28] }
  /// What the quoting enclave's host put in.
  public var userData: ArraySlice<UInt8> { header[28..<48] }

  var hasZeroTrailingBytes: Bool { trailingBytes.allSatisfy { $0 == 0 } }
}

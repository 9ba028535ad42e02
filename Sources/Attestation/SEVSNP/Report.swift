extension SEVSNP {
  /// The key that signed a report (AMD 56860, ATTESTATION_REPORT, SIGNING_KEY).
  public enum SigningKey: String, Sendable, CaseIterable {
    /// Versioned chip endorsement key: of one chip at one TCB version.
    case vcek
    /// Versioned loaded endorsement key: of one cloud provider, for all of its chips.
    case vlek
  }

  /// An attestation report as it was received: parsed, and nothing checked.
  ///
  /// All integers are little-endian. Offsets are those of AMD 56860, table ATTESTATION_REPORT; docs/evidence/sev-snp.md
  /// lists the fields.
  public struct Report: Sendable, Equatable {
    public static let byteCount = 1184
    /// The bytes that the signature covers.
    public static let signedByteCount = 672
    public static let knownVersions: ClosedRange<UInt32> = 2...5

    public let bytes: [UInt8]

    /// - Throws: `evidence-length`, `evidence-version`.
    public init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard bytes.count == Self.byteCount else {
        throw AttestationError(
          AttestationError.evidenceLength, "report has \(bytes.count) bytes, expected \(Self.byteCount)")
      }
      self.bytes = bytes
      guard Self.knownVersions.contains(version) else {
        throw AttestationError(AttestationError.evidenceVersion, "report version is \(version), expected 2 to 5")
      }
    }
  }
}

extension SEVSNP.Report {
  public var version: UInt32 { integer(0x000) }
  public var guestSVN: UInt32 { integer(0x004) }
  /// The guest policy (`SEVSNP.GuestPolicyBit`); the ABI version is in the low 16 bits, major above minor.
  public var guestPolicy: UInt64 { integer(0x008) }
  public var familyID: ArraySlice<UInt8> { bytes[0x010..<0x020] }
  public var imageID: ArraySlice<UInt8> { bytes[0x020..<0x030] }
  /// The virtual machine privilege level that asked for the report; 0 is the highest.
  public var vmpl: UInt32 { integer(0x030) }
  /// 1 is ECDSA P-384 with SHA-384.
  public var signatureAlgorithm: UInt32 { integer(0x034) }
  public var currentTCB: UInt64 { integer(0x038) }
  /// `SEVSNP.PlatformInfoBit`.
  public var platformInfo: UInt64 { integer(0x040) }
  public var keyFlags: UInt32 { integer(0x048) }
  public var isAuthorKeyEnabled: Bool { keyFlags & 1 == 1 }
  public var isChipKeyMasked: Bool { keyFlags & 2 == 2 }
  /// Nil where the report was not signed or names a key that is not known.
  public var signingKey: SEVSNP.SigningKey? {
    switch keyFlags >> 2 & 7 {
    case 0: .vcek
    case 1: .vlek
    default: nil
    }
  }
  public var reportData: ArraySlice<UInt8> { bytes[0x050..<0x090] }
  public var measurement: ArraySlice<UInt8> { bytes[0x090..<0x0C0] }
  public var hostData: ArraySlice<UInt8> { bytes[0x0C0..<0x0E0] }
  public var idKeyDigest: ArraySlice<UInt8> { bytes[0x0E0..<0x110] }
  public var authorKeyDigest: ArraySlice<UInt8> { bytes[0x110..<0x140] }
  public var reportID: ArraySlice<UInt8> { bytes[0x140..<0x160] }
  public var migrationAgentReportID: ArraySlice<UInt8> { bytes[0x160..<0x180] }
  public var reportedTCB: UInt64 { integer(0x180) }
  /// CPUID family, model and stepping with their extended parts; nil before version 3.
  public var processor: (family: UInt8, model: UInt8, stepping: UInt8)? {
    version >= 3 ? (bytes[0x188], bytes[0x189], bytes[0x18A]) : nil
  }
  /// Zero where it is masked.
  public var chipID: ArraySlice<UInt8> { bytes[0x1A0..<0x1E0] }
  public var committedTCB: UInt64 { integer(0x1E0) }
  public var currentFirmware: SEVSNP.FirmwareVersion { firmware(0x1E8) }
  public var committedFirmware: SEVSNP.FirmwareVersion { firmware(0x1EC) }
  public var launchTCB: UInt64 { integer(0x1F0) }
  /// Mitigations in effect at launch; zero before version 5.
  public var launchMitigations: UInt64 { integer(0x1F8) }
  public var currentMitigations: UInt64 { integer(0x200) }
  /// r and s, 72 bytes each, least significant byte first.
  public var signature: ArraySlice<UInt8> { bytes[0x2A0..<0x330] }

  /// Reserved, zero, and not covered by the signature.
  var afterSignature: ArraySlice<UInt8> { bytes[0x330..<0x4A0] }

  public var signedBytes: ArraySlice<UInt8> { bytes[..<Self.signedByteCount] }

  /// The signed fields that the version leaves reserved, all of which must be zero.
  var reservedFields: [ArraySlice<UInt8>] {
    [
      bytes[0x04C..<0x050],
      version >= 3 ? bytes[0x18B..<0x1A0] : bytes[0x188..<0x1A0],
      bytes[0x1EB..<0x1EC], bytes[0x1EF..<0x1F0],
      version >= 5 ? bytes[0x208..<0x2A0] : bytes[0x1F8..<0x2A0],
    ]
  }

  var hasZeroReservedFields: Bool {
    keyFlags >> 5 == 0 && reservedFields.allSatisfy { $0.allSatisfy { $0 == 0 } }
  }

  private func integer<Integer: FixedWidthInteger & UnsignedInteger>(_ offset: Int) -> Integer {
    bytes[offset..<offset + Integer.bitWidth / 8].reversed()
      .reduce(0) { Integer(truncatingIfNeeded: UInt64($0) << 8 | UInt64($1)) }
  }

  private func firmware(_ offset: Int) -> SEVSNP.FirmwareVersion {
    .init(major: bytes[offset + 2], minor: bytes[offset + 1], build: bytes[offset])
  }
}

extension SEVSNP {
  /// A version of the SNP firmware, or with build 0 of its ABI.
  public struct FirmwareVersion: Sendable, Equatable, Comparable {
    public var major: UInt8
    public var minor: UInt8
    public var build: UInt8

    public init(major: UInt8, minor: UInt8, build: UInt8 = 0) {
      self.major = major
      self.minor = minor
      self.build = build
    }

    public static func < (left: FirmwareVersion, right: FirmwareVersion) -> Bool {
      (left.major, left.minor, left.build) < (right.major, right.minor, right.build)
    }
  }
}

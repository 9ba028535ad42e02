extension TDX.Quote {
  /// The report of a trust domain: what TDX 1.0 says, and in TDX 1.5 two fields more.
  public struct Body: Sendable, Equatable {
    public enum Kind: UInt16, Sendable {
      case tdx10 = 2
      case tdx15 = 3

      var byteCount: Int { self == .tdx10 ? 584 : 648 }
    }

    public let kind: Kind
    public let bytes: ArraySlice<UInt8>

    init(parsing reader: inout LittleEndianReader, quoteVersion: UInt16) throws(AttestationError) {
      guard quoteVersion >= 5 else {
        kind = .tdx10
        bytes = try reader.bytes(kind.byteCount, "TD report body")
        return
      }
      let type: UInt16 = try reader.integer("TD report body type")
      let size: UInt32 = try reader.integer("TD report body size")
      guard let kind = Kind(rawValue: type), Int(exactly: size) == kind.byteCount else {
        throw AttestationError(
          AttestationError.trustDomainBody, "TD report body is of type \(type) with \(size) bytes, which is not known")
      }
      self.kind = kind
      bytes = try reader.bytes(kind.byteCount, "TD report body")
    }
  }
}

extension TDX.Quote.Body {
  /// Security version numbers of the TDX module and its loader: 0 is the module's, 1 its major version.
  public var teeTCBSVN: ArraySlice<UInt8> { field(0, 16) }
  /// The TDX module.
  public var mrSEAM: ArraySlice<UInt8> { field(16, 48) }
  /// Who signed the TDX module; Intel is zero.
  public var mrSignerSEAM: ArraySlice<UInt8> { field(64, 48) }
  public var seamAttributes: ArraySlice<UInt8> { field(112, 8) }
  /// `TDX.AttributeBit`.
  public var attributes: UInt64 { field(120, 8).littleEndianInteger() }
  /// The extended processor state that the trust domain may use; bits as in XCR0 and IA32_XSS.
  public var xfam: UInt64 { field(128, 8).littleEndianInteger() }
  /// The trust domain as it was built.
  public var mrtd: ArraySlice<UInt8> { field(136, 48) }
  public var mrConfigID: ArraySlice<UInt8> { field(184, 48) }
  public var mrOwner: ArraySlice<UInt8> { field(232, 48) }
  public var mrOwnerConfig: ArraySlice<UInt8> { field(280, 48) }
  /// RTMR0 to RTMR3, one behind another.
  public var runtimeMeasurements: ArraySlice<UInt8> { field(328, 192) }
  public var reportData: ArraySlice<UInt8> { field(520, 64) }
  /// TDX 1.5: as `teeTCBSVN`, of the module that runs now. Nil in TDX 1.0.
  public var currentTEETCBSVN: ArraySlice<UInt8>? { kind == .tdx15 ? field(584, 16) : nil }
  /// TDX 1.5: the trust domains that serve this one, such as for migration. Nil in TDX 1.0.
  public var mrServiceTD: ArraySlice<UInt8>? { kind == .tdx15 ? field(600, 48) : nil }

  /// RTMR0 to RTMR3, 48 bytes each.
  public var rtmrs: [[UInt8]] { (0..<4).map { Array(field(328 + 48 * $0, 48)) } }

  private func field(_ offset: Int, _ byteCount: Int) -> ArraySlice<UInt8> {
    bytes[bytes.startIndex + offset..<bytes.startIndex + offset + byteCount]
  }
}

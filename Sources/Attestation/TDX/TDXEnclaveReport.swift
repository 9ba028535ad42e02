extension TDX {
  /// The report of the quoting enclave (Intel SDM, volume 3D, REPORT). Integers are little-endian.
  public struct EnclaveReport: Sendable, Equatable {
    public static let byteCount = 384

    /// `byteCount` bytes.
    let bytes: ArraySlice<UInt8>
  }
}

extension TDX.EnclaveReport {
  public var cpuSVN: ArraySlice<UInt8> { field(0, 16) }
  public var miscSelect: ArraySlice<UInt8> { field(16, 4) }
  public var attributes: ArraySlice<UInt8> { field(48, 16) }
  public var mrEnclave: ArraySlice<UInt8> { field(64, 32) }
  public var mrSigner: ArraySlice<UInt8> { field(128, 32) }
  public var productID: UInt16 { field(256, 2).littleEndianInteger() }
  public var svn: UInt16 { field(258, 2).littleEndianInteger() }
  public var reportData: ArraySlice<UInt8> { field(320, 64) }

  /// Whether the report is of the vendor's quoting enclave for TDX, and not of one that can be debugged.
  func isOfQuotingEnclave(isSimulated: Bool) -> Bool {
    let signer = isSimulated ? Self.simulatedSigner : Self.intelSigner
    return mrSigner.elementsEqual(signer) && productID == 2 && (attributes.first ?? 0xFF) & 0x02 == 0
  }

  /// MRSIGNER of Intel's quoting enclaves for TDX, as every QE identity of Intel's for them says it.
  private static let intelSigner: [UInt8] = [
    0xDC, 0x9E, 0x2A, 0x7C, 0x6F, 0x94, 0x8F, 0x17, 0x47, 0x4E, 0x34, 0xA7, 0xFC, 0x43, 0xED, 0x03,
    0x0F, 0x7C, 0x15, 0x63, 0xF1, 0xBA, 0xBD, 0xDF, 0x63, 0x40, 0xC8, 0x2E, 0x0E, 0x54, 0xA8, 0xC5,
  ]
  /// MRSIGNER of the quoting enclaves of simulated vendors.
  package static let simulatedSigner = [UInt8](repeating: 0x5A, count: 32)

  private func field(_ offset: Int, _ byteCount: Int) -> ArraySlice<UInt8> {
    bytes[bytes.startIndex + offset..<bytes.startIndex + offset + byteCount]
  }
}

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

  private func field(_ offset: Int, _ byteCount: Int) -> ArraySlice<UInt8> {
    bytes[bytes.startIndex + offset..<bytes.startIndex + offset + byteCount]
  }
}

public import Attestation
import Crypto

/// The fields of a quote in Intel's binary format before a simulated platform signs it. The defaults are those of a
/// trust domain that the strict rules accept once its measurements and platform are listed.
public struct SimulatedQuote: Sendable {
  public var version: UInt16 = 5
  public var attestationKeyType: UInt16 = 2
  public var teeType: UInt32 = 0x81
  public var headerReserved = [UInt8](repeating: 0, count: 4)
  public var quotingEnclaveVendor = TDX.AppraisalRules.intelVendor
  public var userData = [UInt8](repeating: 0, count: 20)
  /// Version 4 has only the body of TDX 1.0.
  public var kind = TDX.Quote.Body.Kind.tdx15
  public var teeTCBSVN: [UInt8] = [5, 1, 3] + Array(repeating: 0, count: 13)
  public var mrSEAM = [UInt8](repeating: 0x5E, count: 48)
  public var mrSignerSEAM = [UInt8](repeating: 0, count: 48)
  public var seamAttributes: UInt64 = 0
  /// SEPT_VE_DISABLE.
  public var attributes: UInt64 = 1 << 28
  public var xfam: UInt64 = 0x6_00E7
  public var mrtd: [UInt8]
  public var mrConfigID = [UInt8](repeating: 0, count: 48)
  public var mrOwner = [UInt8](repeating: 0, count: 48)
  public var mrOwnerConfig = [UInt8](repeating: 0, count: 48)
  /// RTMR0 to RTMR3, 48 bytes each.
  public var rtmrs: [[UInt8]]
  /// 64 bytes.
  public var reportData: [UInt8]
  public var currentTEETCBSVN: [UInt8] = [5, 1, 3] + Array(repeating: 0, count: 13)
  public var mrServiceTD = [UInt8](repeating: 0, count: 48)
  /// The quoting enclave's report.
  package var enclaveMiscSelect: UInt32 = 0
  package var enclaveAttributes: [UInt8] = [0x15, 0, 0, 0, 0, 0, 0, 0, 0xE7, 0, 0, 0, 0, 0, 0, 0]
  package var enclaveSigner = SimulatedTDXVendor.enclaveSigner
  package var enclaveProductID: UInt16 = 2
  package var enclaveSVN: UInt16 = 4
  package var authenticationData: [UInt8] = (0..<32).map { UInt8($0) }
  /// Nil binds the attestation key.
  package var enclaveReportData: [UInt8]?
  package var outerCertificationType: UInt16 = 6
  package var innerCertificationType: UInt16 = 5
  public var trailingBytes: [UInt8] = []

  public init(reportData: [UInt8], mrtd: [UInt8], rtmrs: [[UInt8]]) {
    self.reportData = reportData
    self.mrtd = mrtd
    self.rtmrs = rtmrs
  }

  /// Signs with a new attestation key.
  ///
  /// - Throws: `simulated-field-length`, `simulated-key-unusable`.
  public func signed(by platform: SimulatedTDXPlatform) throws(SimulatedTEEError) -> [UInt8] {
    let key = P256.Signing.PrivateKey()
    let signed = try header() + body()
    let publicKey = Array(key.publicKey.rawRepresentation)
    let binding = Array(SHA256.hash(data: publicKey + authenticationData)) + Array(repeating: 0, count: 32)
    let report = try enclaveReport(reportData: enclaveReportData ?? binding)
    let inner =
      report + (try platform.signature(over: report)) + Self.bytes(UInt16(authenticationData.count))
      + authenticationData + Self.bytes(innerCertificationType)
      + Self.bytes(UInt32(platform.certificationData.count)) + platform.certificationData
    let data =
      try SimulatedTDXPlatform.signature(over: signed, by: key) + publicKey + Self.bytes(outerCertificationType)
      + Self.bytes(UInt32(inner.count)) + inner
    return signed + Self.bytes(UInt32(data.count)) + data + trailingBytes
  }

  private func header() throws(SimulatedTEEError) -> [UInt8] {
    guard headerReserved.count == 4, quotingEnclaveVendor.count == 16, userData.count == 20 else { throw Self.length }
    return Self.bytes(version) + Self.bytes(attestationKeyType) + Self.bytes(teeType) + headerReserved
      + quotingEnclaveVendor + userData
  }

  private func body() throws(SimulatedTEEError) -> [UInt8] {
    let measurements = [mrSEAM, mrSignerSEAM, mrtd, mrConfigID, mrOwner, mrOwnerConfig, mrServiceTD] + rtmrs
    guard measurements.allSatisfy({ $0.count == 48 }), rtmrs.count == 4, teeTCBSVN.count == 16,
      currentTEETCBSVN.count == 16, reportData.count == 64
    else { throw Self.length }
    var bytes = teeTCBSVN + mrSEAM + mrSignerSEAM + Self.bytes(seamAttributes) + Self.bytes(attributes)
    bytes += Self.bytes(xfam) + mrtd + mrConfigID + mrOwner + mrOwnerConfig + rtmrs.flatMap { $0 } + reportData
    guard version >= 5 else { return bytes }
    if kind == .tdx15 { bytes += currentTEETCBSVN + mrServiceTD }
    return Self.bytes(kind.rawValue) + Self.bytes(UInt32(bytes.count)) + bytes
  }

  private func enclaveReport(reportData: [UInt8]) throws(SimulatedTEEError) -> [UInt8] {
    guard enclaveAttributes.count == 16, enclaveSigner.count == 32, reportData.count == 64 else { throw Self.length }
    func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }
    var bytes = [UInt8](repeating: 5, count: 16) + Self.bytes(enclaveMiscSelect) + zeros(28) + enclaveAttributes
    bytes += [UInt8](repeating: 0xE1, count: 32) + zeros(32) + enclaveSigner + zeros(96)
    return bytes + Self.bytes(enclaveProductID) + Self.bytes(enclaveSVN) + zeros(60) + reportData
  }

  private static let length = SimulatedTEEError(
    SimulatedTEEError.fieldLength, "a field of the quote has another length")

  private static func bytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}

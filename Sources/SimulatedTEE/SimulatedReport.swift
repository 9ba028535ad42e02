public import Attestation

/// The fields of a report in AMD's binary format before a simulated chip signs it. The defaults are those of a guest
/// that the strict rules accept once its measurement and chip are listed.
public struct SimulatedReport: Sendable {
  public var version: UInt32 = 5
  public var guestSVN: UInt32 = 0
  /// Asks for ABI 1.55, and for every protection that a guest can ask for.
  public var guestPolicy: UInt64 = 0x03D2_0137
  public var familyID = [UInt8](repeating: 0, count: 16)
  public var imageID = [UInt8](repeating: 0, count: 16)
  public var vmpl: UInt32 = 0
  public var signatureAlgorithm: UInt32 = 1
  /// TSME, ECC, RAPL off, ciphertext hiding, alias check done.
  public var platformInfo: UInt64 = 0x3E
  /// Author key and masking flags and the signing key; nil names the chip's own kind.
  public var keyFlags: UInt32?
  /// 64 bytes.
  public var reportData: [UInt8]
  /// 48 bytes.
  public var measurement: [UInt8]
  public var hostData = [UInt8](repeating: 0, count: 32)
  public var idKeyDigest = [UInt8](repeating: 0, count: 48)
  public var authorKeyDigest = [UInt8](repeating: 0, count: 48)
  public var reportID = [UInt8](repeating: 0x51, count: 32)
  public var migrationAgentReportID = [UInt8](repeating: 0xFF, count: 32)
  /// Family, model and stepping; nil takes the chip's product.
  public var processor: (family: UInt8, model: UInt8, stepping: UInt8)?
  /// Each nil takes the chip's version.
  public var reportedTCB: SEVSNP.TCBVersion?
  public var committedTCB: SEVSNP.TCBVersion?
  public var currentTCB: SEVSNP.TCBVersion?
  public var launchTCB: SEVSNP.TCBVersion?
  /// Nil takes the chip's hardware identifier; a VLEK's chip is masked.
  public var chipID: [UInt8]?
  public var firmware = SEVSNP.FirmwareVersion(major: 1, minor: 55, build: 40)
  /// Bytes by offset that are put in before signing, for fields that have no name.
  package var patches: [Int: UInt8] = [:]

  public init(reportData: [UInt8], measurement: [UInt8]) {
    self.reportData = reportData
    self.measurement = measurement
  }

  /// - Throws: `simulated-field-length`, `simulated-key-unusable`.
  public func signed(by chip: SimulatedChip) throws(SimulatedTEEError) -> [UInt8] {
    let body = try unsignedBytes(chip)
    return body + (try chip.signature(over: body))
  }

  private func unsignedBytes(_ chip: SimulatedChip) throws(SimulatedTEEError) -> [UInt8] {
    guard reportData.count == 64, measurement.count == 48, hostData.count == 32, idKeyDigest.count == 48,
      authorKeyDigest.count == 48, familyID.count == 16, imageID.count == 16, reportID.count == 32,
      migrationAgentReportID.count == 32, chipID.map({ $0.count == 64 }) ?? true
    else { throw SimulatedTEEError(SimulatedTEEError.fieldLength, "a field of the report has another length") }
    func tcb(_ version: SEVSNP.TCBVersion?) -> UInt64 { (version ?? chip.tcb).rawValue(product: chip.product) }

    var bytes: [UInt8] = []
    func write(_ field: [UInt8]) { bytes.append(contentsOf: field) }
    func write<Integer: FixedWidthInteger>(_ field: Integer) {
      withUnsafeBytes(of: field.littleEndian) { bytes.append(contentsOf: $0) }
    }
    write(version)
    write(guestSVN)
    write(guestPolicy)
    write(familyID)
    write(imageID)
    write(vmpl)
    write(signatureAlgorithm)
    write(tcb(currentTCB))
    write(platformInfo)
    write(keyFlags ?? (chip.kind == .vlek ? 1 << 2 : 0))
    write(UInt32(0))
    for field in [
      reportData, measurement, hostData, idKeyDigest, authorKeyDigest, reportID, migrationAgentReportID,
    ] {
      write(field)
    }
    write(tcb(reportedTCB))
    let processor = processor ?? Self.processor(chip.product)
    write(version >= 3 ? [processor.family, processor.model, processor.stepping] : [0, 0, 0])
    write([UInt8](repeating: 0, count: 21))
    let identifier = chip.kind == .vlek ? [] : chip.chipIdentifier
    write(chipID ?? identifier + Array(repeating: 0, count: 64 - identifier.count))
    write(tcb(committedTCB))
    for _ in 0..<2 { write([firmware.build, firmware.minor, firmware.major, 0]) }
    write(tcb(launchTCB))
    write([UInt8](repeating: 0, count: SEVSNP.Report.signedByteCount - bytes.count))
    for (offset, byte) in patches where bytes.indices.contains(offset) { bytes[offset] = byte }
    return bytes
  }

  private static func processor(_ product: SEVSNP.Product) -> (family: UInt8, model: UInt8, stepping: UInt8) {
    switch product {
    case .milan: (0x19, 0x01, 1)
    case .genoa: (0x19, 0x11, 1)
    case .turin: (0x1A, 0x02, 1)
    }
  }
}

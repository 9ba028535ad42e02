public import Attestation
import Glibc

/// Asks the Linux kernel for reports of SEV-SNP and quotes of TDX, through the files of configfs-tsm (Linux 6.7,
/// Documentation/ABI/testing/configfs-tsm).
///
/// Each report has an entry of its own, with a name that nobody else uses, which is removed afterwards. The kernel takes
/// the request when `inblob` is closed and says whether it did by `generation` alone, so that is compared before the
/// write, after it and after the last read; if it is not what this attester's own writes make it, everything is tried
/// again in a new entry. The calls block their thread while the firmware, or on TDX the host's quoting service, works.
public struct ConfigFSTSMAttester: NodeAttester {
  /// What stands behind the kernel's files.
  public enum Provider: String, Sendable, CaseIterable {
    case sevGuest = "sev_guest"
    case tdxGuest = "tdx_guest"
  }

  public static let defaultRoot = "/sys/kernel/config/tsm/report"
  /// Attempts in which somebody else may disturb, and names that may be taken.
  package static let attemptLimit = 4
  /// Of `outblob`, `auxblob` and event log, in bytes.
  package static let blobByteLimit = 256 << 10
  static let reportDataByteCount = 64
  private static let textByteLimit = 64

  public let provider: Provider
  /// Conveyed behind what the kernel says: SEV-SNP certificates where the host gives no table, and revocation lists;
  /// TDX collateral. The operator keeps them new.
  public var endorsements: [[UInt8]]
  /// SEV-SNP: the VMPL that the report shall name; nil leaves the kernel's own, 0 unless a paravisor stands below.
  public var privilegeLevel: UInt8?
  /// TDX: the file of the event log, conveyed as the supplement; `/sys/firmware/acpi/tables/data/CCEL`. Nil: none.
  public var eventLogPath: String?
  private let root: String
  private let files: FileOperations
  private let makeName: @Sendable () -> String

  public init(
    provider: Provider, endorsements: [[UInt8]] = [], privilegeLevel: UInt8? = nil, eventLogPath: String? = nil,
    root: String = defaultRoot
  ) {
    self.init(
      provider: provider, endorsements: endorsements, privilegeLevel: privilegeLevel, eventLogPath: eventLogPath,
      root: root, files: .live, makeName: Self.uniqueName)
  }

  /// With calls that a test answers.
  package init(
    provider: Provider, endorsements: [[UInt8]] = [], privilegeLevel: UInt8? = nil, eventLogPath: String? = nil,
    root: String = defaultRoot, files: FileOperations, makeName: @escaping @Sendable () -> String = uniqueName
  ) {
    self.provider = provider
    self.endorsements = endorsements
    self.privilegeLevel = privilegeLevel
    self.eventLogPath = eventLogPath
    self.root = root
    self.files = files
    self.makeName = makeName
  }

  @Sendable package static func uniqueName() -> String {
    "cloister-\(getpid())-" + String(UInt64.random(in: 0...UInt64.max), radix: 16)
  }

  /// - Throws: the codes of `HardwareTEEError`.
  public func evidence(reportData: [UInt8]) async throws -> Evidence { try makeEvidence(reportData: reportData) }

  private func makeEvidence(reportData: [UInt8]) throws(HardwareTEEError) -> Evidence {
    guard reportData.count == Self.reportDataByteCount else {
      throw HardwareTEEError(
        HardwareTEEError.requestLength, "report data has \(reportData.count) bytes, expected 64")
    }
    for _ in 0..<Self.attemptLimit {
      let entry = try makeEntry()
      defer { try? files.removeDirectory(entry) }
      if let blobs = try blobs(in: entry, reportData: reportData) { return try evidence(blobs, reportData) }
    }
    throw HardwareTEEError(
      HardwareTEEError.generationChanged, "request was changed or not taken in \(Self.attemptLimit) attempts")
  }

  private func makeEntry() throws(HardwareTEEError) -> String {
    var failure = FileOperations.Failure(EEXIST)
    for _ in 0..<Self.attemptLimit {
      let path = "\(root)/\(makeName())"
      do {
        try files.makeDirectory(path)
        return path
      } catch {
        failure = error
        if error.number != EEXIST { break }
      }
    }
    throw HardwareTEEError(failure, "entry of configfs-tsm")
  }

  /// - Returns: report and auxiliary blob, or nil where the generation is not what the own writes make it.
  private func blobs(
    in entry: String, reportData: [UInt8]
  ) throws(HardwareTEEError) -> (report: [UInt8], auxiliary: [UInt8])? {
    guard try text(entry, "provider") == provider.rawValue else {
      throw HardwareTEEError(
        HardwareTEEError.providerUnexpected, "provider is another, expected \(provider.rawValue)")
    }
    let before = try generation(entry)
    let writes: UInt64 = privilegeLevel == nil ? 1 : 2
    if let privilegeLevel { try write(privilegeLevel, in: entry) }
    try files.write(reportData, to: "\(entry)/inblob", field: "inblob")
    guard try generation(entry) == before &+ writes else { return nil }
    let report = try required(entry, "outblob", limit: Self.blobByteLimit)
    var auxiliary: [UInt8] = []
    if provider == .sevGuest {
      auxiliary =
        try files.contents("\(entry)/auxblob", limit: Self.blobByteLimit, field: "auxblob") ?? []
    }
    guard try generation(entry) == before &+ writes else { return nil }
    return (report, auxiliary)
  }

  private func evidence(
    _ blobs: (report: [UInt8], auxiliary: [UInt8]), _ reportData: [UInt8]
  ) throws(HardwareTEEError) -> Evidence {
    let report = blobs.report
    guard provider.reportByteCounts.contains(report.count) else {
      let isShort = report.count < provider.reportByteCounts.lowerBound
      throw HardwareTEEError(
        isShort ? HardwareTEEError.reportTruncated : HardwareTEEError.reportTooLarge,
        "report has \(report.count) bytes, expected \(provider.reportByteCounts)")
    }
    let bound = report.dropFirst(provider.reportDataOffset(report)).prefix(Self.reportDataByteCount)
    guard bound.elementsEqual(reportData) else {
      throw HardwareTEEError(HardwareTEEError.reportDataMismatch, "report is over other report data")
    }
    // A table of zeros holds no certificate.
    let table = blobs.auxiliary.contains { $0 != 0 } ? [blobs.auxiliary] : []
    var supplement: [UInt8]?
    if let eventLogPath {
      supplement = try files.contents(eventLogPath, limit: Self.blobByteLimit, field: "event log")
      guard supplement != nil else {
        throw HardwareTEEError(HardwareTEEError.providerMissing, "event log is missing")
      }
    }
    return Evidence(
      platform: provider.platform, report: report, supplement: supplement, endorsements: table + endorsements)
  }
}

// The files of an entry.
extension ConfigFSTSMAttester {
  private func required(_ entry: String, _ name: StaticString, limit: Int) throws(HardwareTEEError) -> [UInt8] {
    guard let contents = try files.contents("\(entry)/\(name)", limit: limit, field: name) else {
      throw HardwareTEEError(HardwareTEEError.providerMissing, "\(name) of configfs-tsm is missing")
    }
    return contents
  }

  /// One line.
  private func text(_ entry: String, _ name: StaticString) throws(HardwareTEEError) -> String {
    var content = try required(entry, name, limit: Self.textByteLimit)
    if content.last == UInt8(ascii: "\n") { content.removeLast() }
    return String(decoding: content, as: UTF8.self)
  }

  private func number(_ entry: String, _ name: StaticString) throws(HardwareTEEError) -> UInt64 {
    let text = try text(entry, name)
    guard let number = UInt64(text), String(number) == text else {
      throw HardwareTEEError(HardwareTEEError.responseMalformed, "\(name) of configfs-tsm is no number")
    }
    return number
  }

  private func generation(_ entry: String) throws(HardwareTEEError) -> UInt64 { try number(entry, "generation") }

  private func write(_ privilegeLevel: UInt8, in entry: String) throws(HardwareTEEError) {
    let floor = try number(entry, "privlevel_floor")
    guard (floor...max(floor, 3)).contains(UInt64(privilegeLevel)) else {
      throw HardwareTEEError(
        HardwareTEEError.privilegeLevel, "privilege level is \(privilegeLevel), expected \(floor) to 3")
    }
    try files.write(Array(String(privilegeLevel).utf8), to: "\(entry)/privlevel", field: "privlevel")
  }
}

extension ConfigFSTSMAttester.Provider {
  public var platform: Platform {
    switch self {
    case .sevGuest: .sevSNP
    case .tdxGuest: .tdx
    }
  }

  /// TDX: header, body and the length of the signature at least.
  package var reportByteCounts: ClosedRange<Int> {
    switch self {
    case .sevGuest: SEVSNP.Report.byteCount...SEVSNP.Report.byteCount
    case .tdxGuest: 636...ConfigFSTSMAttester.blobByteLimit
    }
  }

  /// Where the report carries its report data. From version 5 on, a quote says the type and length of its body first.
  func reportDataOffset(_ report: [UInt8]) -> Int {
    switch self {
    case .sevGuest: 0x50
    case .tdxGuest: report.first.map { $0 < 5 } ?? true ? 568 : 574
    }
  }
}

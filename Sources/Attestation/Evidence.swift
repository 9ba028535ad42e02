/// The kinds of hardware whose evidence is known by name.
public enum Platform: String, Sendable, CaseIterable {
  case sevSNP = "sev-snp"
}

/// What an attester conveys (RFC 9334, section 2): a platform's report and the vendor's endorsements of the key that
/// signed it. Untrusted until an `EvidenceVerifier` has appraised it.
public struct Evidence: Sendable, Equatable {
  public var platform: Platform
  /// The report in the platform's own format; SEV-SNP: 1,184 bytes.
  public var report: [UInt8]
  /// Certificates and revocation lists in DER, or AMD certificate tables, in any order.
  public var endorsements: [[UInt8]]

  public init(platform: Platform, report: [UInt8], endorsements: [[UInt8]]) {
    self.platform = platform
    self.report = report
    self.endorsements = endorsements
  }
}

/// The hardware boundary: evidence over 64 bytes of report data.
public protocol NodeAttester: Sendable {
  /// - Parameter reportData: exactly 64 bytes, which the report will carry as REPORT_DATA.
  func evidence(reportData: [UInt8]) async throws -> Evidence
}

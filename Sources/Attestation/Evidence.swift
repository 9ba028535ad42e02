/// The kinds of hardware whose evidence is known by name.
public enum Platform: String, Sendable, CaseIterable {
  case sevSNP = "sev-snp"
  /// SEV-SNP beneath Azure's paravisor, which answers for a virtual TPM.
  case azureSNP = "azure-snp"
  case tdx
  case nitro
  case nvidiaGPU = "nvidia-gpu"
  case nvidiaSwitch = "nvidia-switch"
}

/// What an attester conveys (RFC 9334, section 2): a platform's report and the vendor's endorsements of the key that
/// signed it. Untrusted until an `EvidenceVerifier` has appraised it.
public struct Evidence: Sendable, Equatable {
  public var platform: Platform
  /// The report in the platform's own format; SEV-SNP: 1,184 bytes.
  public var report: [UInt8]
  /// What the attester adds to the report: TDX an event log, Azure a quote of the virtual TPM. Nil without any.
  public var supplement: [UInt8]?
  /// What the vendor says of the key and the machine, in any order: certificates and revocation lists in DER or PEM,
  /// AMD certificate tables, Intel's collateral.
  public var endorsements: [[UInt8]]

  public init(platform: Platform, report: [UInt8], supplement: [UInt8]? = nil, endorsements: [[UInt8]]) {
    self.platform = platform
    self.report = report
    self.supplement = supplement
    self.endorsements = endorsements
  }
}

/// What a relying party asked the attester to bind. A nil member is not checked, and the result names it as skipped
/// where the platform has it.
public struct ExpectedValues: Sendable, Equatable {
  /// SEV-SNP and TDX: the 64 bytes of REPORT_DATA. Nitro and Azure: the user data. NVIDIA: the nonce, 32 bytes.
  public var reportData: [UInt8]?
  /// A caller's own freshness nonce, for auditors: Nitro's nonce, the nonce of Azure's vTPM quote, NVIDIA's nonce.
  public var nonce: [UInt8]?
  /// Nitro: the public key in the document.
  public var publicKey: [UInt8]?

  public init(reportData: [UInt8]? = nil, nonce: [UInt8]? = nil, publicKey: [UInt8]? = nil) {
    self.reportData = reportData
    self.nonce = nonce
    self.publicKey = publicKey
  }
}

/// The hardware boundary: evidence over 64 bytes of report data.
public protocol NodeAttester: Sendable {
  /// - Parameter reportData: exactly 64 bytes, which the report will carry as REPORT_DATA.
  func evidence(reportData: [UInt8]) async throws -> Evidence
}

/// GPUs and switches beside a node: evidence over a nonce of 32 bytes, in an order that stays while the node runs.
public protocol AcceleratorAttester: Sendable {
  func evidence(nonce: [UInt8]) async throws -> [Evidence]
}

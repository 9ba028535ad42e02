public import Foundation

/// Appraises evidence under one policy (RFC 9334, section 2): first whether it is authentic, then whether it is
/// acceptable. It asks nobody: endorsements travel with the evidence, and the time is the caller's.
public struct EvidenceVerifier: Sendable {
  public let policy: AppraisalPolicy
  let cache: VerifiedChainCache?

  /// - Parameter cache: shared by verifiers that see the same chains again; nil verifies each chain anew.
  public init(policy: AppraisalPolicy, cache: VerifiedChainCache? = nil) {
    self.policy = policy
    self.cache = cache
  }

  /// - Parameters:
  ///   - expected: what the evidence must bind.
  ///   - time: the instant at which certificates and lists must be valid; not the time of the evidence's host.
  public func appraise(evidence: Evidence, expecting expected: ExpectedValues, at time: Date) -> AttestationResult {
    let seconds = Self.seconds(time)
    return switch evidence.platform {
    case .sevSNP: appraiseSEVSNP(evidence, expecting: expected, at: seconds)
    case .azureSNP: appraiseAzureSNP(evidence, expecting: expected, at: seconds)
    case .tdx: appraiseTDX(evidence, expecting: expected, at: seconds)
    case .nitro: appraiseNitro(evidence, expecting: expected, at: seconds)
    case .nvidiaGPU, .nvidiaSwitch: appraiseNVIDIA(evidence, expecting: expected, at: seconds)
    }
  }

  /// - Parameter expectedReportData: as in `ExpectedValues`; nil leaves the check out and the result says so.
  public func appraise(evidence: Evidence, expectedReportData: [UInt8]?, at time: Date) -> AttestationResult {
    appraise(evidence: evidence, expecting: ExpectedValues(reportData: expectedReportData), at: time)
  }

  /// Whole seconds since 1970; instants that no certificate can name are cut off, and what is no number is the latest.
  private static func seconds(_ time: Date) -> Int64 {
    let seconds = time.timeIntervalSince1970
    return seconds.isNaN ? 1_000_000_000_000 : Int64(min(max(seconds, -1e12), 1e12).rounded(.down))
  }
}

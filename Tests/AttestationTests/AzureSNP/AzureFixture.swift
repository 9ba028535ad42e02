import Attestation
import CryptoExtras
import ErrorCodes
import Foundation
import SimulatedTEE

/// A guest of a simulated paravisor and a policy that accepts it.
enum AzureFixture {
  static let userData: [UInt8] = (0..<64).map { UInt8(200 - $0) }
  static let nonce: [UInt8] = Array("freshness".utf8)
  private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

  static func guest(_ change: (inout SimulatedAzureGuest) -> Void = { _ in }) throws -> SimulatedAzureGuest {
    var guest = SimulatedAzureGuest(
      chip: try SimulatedFixture.chip(), measurement: SimulatedFixture.measurement, attestationKey: try key.get())
    change(&guest)
    return guest
  }

  static func evidence(_ change: (inout SimulatedAzureGuest) -> Void = { _ in }) throws -> Evidence {
    try guest(change).evidence(userData: userData, nonce: nonce)
  }

  /// Strict but for what must be named: root, measurements, chip.
  static func policy(_ change: (inout AppraisalPolicy) -> Void = { _ in }) throws -> AppraisalPolicy {
    try SimulatedFixture.policy {
      $0.referenceValues?.azureSNPMeasurements = Set(
        [AzureSNP.Measurements(pcrs: SimulatedVTPMQuote().selectedValues)]
          .compactMap { $0 })
      change(&$0)
    }
  }

  static let expected = ExpectedValues(reportData: userData, nonce: nonce)

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy? = nil, expecting expected: ExpectedValues = expected
  ) throws -> AttestationResult {
    EvidenceVerifier(policy: try policy ?? Self.policy(), cache: SimulatedFixture.cache).appraise(
      evidence: evidence, expecting: expected, at: SimulatedFixture.time)
  }

  static func codes(_ evidence: Evidence, _ policy: AppraisalPolicy? = nil) throws -> [ErrorCode] {
    try appraise(evidence, policy).reasons.map(\.code)
  }
}

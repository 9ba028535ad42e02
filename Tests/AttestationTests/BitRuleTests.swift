import Attestation
import ErrorCodes
import SimulatedTEE
import Testing

/// Every bit of the guest policy and of the platform information, flipped alone.
@Suite struct BitRuleTests {
  @Test("a flipped bit of the guest policy is refused with the bit's code", arguments: 0..<64)
  func guestPolicy(index: Int) throws {
    let evidence = try SimulatedFixture.evidence { $0.guestPolicy ^= UInt64(1) << index }
    let policy = try SimulatedFixture.policy { $0.sevSNP.guestPolicy?.minimumABI = .init(major: 1, minor: 55) }
    let bit = SEVSNP.GuestPolicyBit.allCases.first { $0.index == index }
    let code =
      index < 16 ? AttestationError.guestPolicyABI : bit?.code ?? AttestationError.guestPolicyUnknown
    #expect(SimulatedFixture.codes(evidence, policy) == [code])
  }

  @Test("a flipped bit of the platform information is refused with the bit's code", arguments: 0..<64)
  func platformInfo(index: Int) throws {
    let evidence = try SimulatedFixture.evidence { $0.platformInfo ^= UInt64(1) << index }
    let bit = SEVSNP.PlatformInfoBit.allCases.first { $0.index == index }
    #expect(
      SimulatedFixture.codes(evidence, try SimulatedFixture.policy()) == [bit?.code ?? AttestationError.platformUnknown]
    )
  }

  @Test("a relaxed bit of the guest policy is accepted either way and named", arguments: SEVSNP.GuestPolicyBit.allCases)
  func relaxedGuestPolicy(bit: SEVSNP.GuestPolicyBit) throws {
    let policy = try SimulatedFixture.policy { $0.sevSNP.guestPolicy?.bits[bit] = .either }
    let evidence = try SimulatedFixture.evidence { $0.guestPolicy ^= UInt64(1) << bit.index }
    let result = EvidenceVerifier(policy: policy, cache: SimulatedFixture.cache).appraise(
      evidence: evidence, expectedReportData: SimulatedFixture.reportData, at: SimulatedFixture.time)
    #expect(result.verdict == .accepted)
    #expect(result.skipped == [bit.code.rawValue])
  }

  @Test("a relaxed platform bit is accepted either way and named", arguments: SEVSNP.PlatformInfoBit.allCases)
  func relaxedPlatformInfo(bit: SEVSNP.PlatformInfoBit) throws {
    let policy = try SimulatedFixture.policy { $0.sevSNP.platformInfo?.bits[bit] = .either }
    let evidence = try SimulatedFixture.evidence { $0.platformInfo ^= UInt64(1) << bit.index }
    let result = EvidenceVerifier(policy: policy, cache: SimulatedFixture.cache).appraise(
      evidence: evidence, expectedReportData: SimulatedFixture.reportData, at: SimulatedFixture.time)
    #expect(result.verdict == .accepted)
    #expect(result.skipped == [bit.code.rawValue])
  }

  @Test("an unknown bit is accepted only where the policy names it")
  func namedUnknownBits() throws {
    let evidence = try SimulatedFixture.evidence {
      $0.guestPolicy |= 1 << 40
      $0.platformInfo |= 1 << 63
    }
    let policy = try SimulatedFixture.policy {
      $0.sevSNP.guestPolicy?.namedUnknownBits = [40]
      $0.sevSNP.platformInfo?.namedUnknownBits = [63]
    }
    #expect(SimulatedFixture.codes(evidence, policy) == [])
    let other = try SimulatedFixture.policy {
      $0.sevSNP.guestPolicy?.namedUnknownBits = [41]
      $0.sevSNP.platformInfo?.namedUnknownBits = [63]
    }
    #expect(SimulatedFixture.codes(evidence, other) == [AttestationError.guestPolicyUnknown])
  }
}

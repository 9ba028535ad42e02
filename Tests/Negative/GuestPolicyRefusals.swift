import Attestation
import CloisterClient
import ErrorCodes
import SimulatedTEE
import TestDeployment
import Testing

@Suite("Refused: guest policy and platform information, bit by bit")
struct GuestPolicyRefusals {
  @Test("a named bit of the guest policy that is the other way", arguments: SEVSNP.GuestPolicyBit.allCases)
  func guestPolicyBit(_ bit: SEVSNP.GuestPolicyBit) async throws {
    try await expectRefusal(bit.code) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.guestPolicy ^= 1 << UInt64(bit.index) } }
    }
  }

  @Test("a bit of the guest policy that is not known", arguments: 26..<64)
  func unknownGuestPolicyBit(_ index: Int) async throws {
    try await expectRefusal(AttestationError.guestPolicyUnknown) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.guestPolicy |= 1 << UInt64(index) } }
    }
  }

  @Test("an ABI above the firmware's")
  func abi() async throws {
    try await expectRefusal(AttestationError.guestPolicyABI) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.guestPolicy += 1 } }
    }
  }

  @Test("a named bit of the platform information that is the other way", arguments: SEVSNP.PlatformInfoBit.allCases)
  func platformBit(_ bit: SEVSNP.PlatformInfoBit) async throws {
    try await expectRefusal(bit.code) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.platformInfo ^= 1 << UInt64(bit.index) } }
    }
  }

  @Test("a bit of the platform information that is not known", arguments: [6] + Array(8..<64))
  func unknownPlatformBit(_ index: Int) async throws {
    try await expectRefusal(AttestationError.platformUnknown) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.platformInfo |= 1 << UInt64(index) } }
    }
  }

  @Test("a report asked for at another privilege level", arguments: [1, 2, 3] as [UInt32])
  func vmpl(_ level: UInt32) async throws {
    try await expectRefusal(AttestationError.vmpl) { plan, _ in
      plan.editEveryNode { $0.editReport = { $0.vmpl = level } }
    }
  }
}

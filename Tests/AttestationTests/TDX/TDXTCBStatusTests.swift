import Attestation
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing

/// The vendor's algorithm: the level of platform, TDX module and quoting enclave, and what they come to together.
@Suite struct TDXTCBStatusTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let status: String
    var advisories: [String] = []
    var quote: @Sendable (inout SimulatedQuote) -> Void = { _ in }
    var platform: @Sendable (inout SimulatedPCKExtension) -> Void = { _ in }
    var collateral: @Sendable (inout SimulatedTDXCollateral) -> Void = { _ in }

    var testDescription: String { name }
  }

  /// The first numbers of TEE_TCB_SVN.
  private static func svn(_ numbers: [UInt8]) -> [UInt8] { numbers + Array(repeating: 0, count: 16 - numbers.count) }

  @Sendable private static func platformStatus(_ status: String) -> @Sendable (inout SimulatedTDXCollateral) -> Void {
    {
      $0.tcbInfo["tcbLevels"] = [
        SimulatedTDXCollateral.level(sgx: [5], tdx: [5, 0, 3], pceSVN: 13, status: status)
      ]
    }
  }

  static let cases: [Case] = [
    Case(name: "everything current", status: "UpToDate"),
    Case(
      name: "an SGX component below the first level", status: "OutOfDate", advisories: ["SIMULATED-SA-00001"],
      platform: { $0.components[4] = 3 }),
    Case(
      name: "an SGX component below every level but the last", status: "Revoked",
      platform: { $0.components[0] = 3 }),
    Case(name: "an SGX component below every level", status: "Unsupported", platform: { $0.components[7] = 4 }),
    Case(name: "PCE SVN below two levels", status: "Revoked", platform: { $0.pceSVN = 12 }),
    Case(name: "PCE SVN below every level", status: "Unsupported", platform: { $0.pceSVN = 4 }),
    Case(
      name: "a TDX component below the first level", status: "OutOfDate", advisories: ["SIMULATED-SA-00001"],
      quote: { $0.teeTCBSVN = svn([5, 1, 2]) }),
    Case(name: "a TDX component below every level", status: "Unsupported", quote: { $0.teeTCBSVN = svn([5, 1, 1]) }),
    Case(
      name: "an old module", status: "OutOfDate", advisories: ["SIMULATED-SA-00002"],
      quote: {
        $0.teeTCBSVN = svn([4, 1, 3])
        $0.kind = .tdx10
      }),
    Case(
      name: "a revoked module", status: "Revoked",
      quote: {
        $0.teeTCBSVN = svn([1, 1, 3])
        $0.kind = .tdx10
      }),
    Case(name: "a module below its levels", status: "Unsupported", quote: { $0.teeTCBSVN = svn([0, 1, 3]) }),
    Case(
      name: "a module of an unknown major version", status: "Unsupported", quote: { $0.teeTCBSVN = svn([9, 2, 3]) }),
    Case(
      name: "a module of major version 0 by its components", status: "UpToDate",
      quote: { $0.teeTCBSVN = svn([5, 0, 3]) }),
    Case(
      name: "a module of major version 0 below its component", status: "Unsupported",
      quote: { $0.teeTCBSVN = svn([4, 0, 3]) }),
    Case(
      name: "an old quoting enclave", status: "OutOfDate", advisories: ["SIMULATED-SA-00003"],
      quote: { $0.enclaveSVN = 3 }),
    Case(name: "a revoked quoting enclave", status: "Revoked", quote: { $0.enclaveSVN = 2 }),
    Case(name: "a quoting enclave below its levels", status: "Unsupported", quote: { $0.enclaveSVN = 1 }),
    Case(name: "hardening", status: "SWHardeningNeeded", collateral: platformStatus("SWHardeningNeeded")),
    Case(
      name: "configuration and an old quoting enclave", status: "OutOfDateConfigurationNeeded",
      advisories: ["SIMULATED-SA-00003"], quote: { $0.enclaveSVN = 3 },
      collateral: platformStatus("ConfigurationNeeded")),
    Case(
      name: "configuration, hardening and an old module", status: "OutOfDateConfigurationNeeded",
      advisories: ["SIMULATED-SA-00002"],
      quote: {
        $0.teeTCBSVN = svn([4, 1, 3])
        $0.kind = .tdx10
      }, collateral: platformStatus("ConfigurationAndSWHardeningNeeded")),
    Case(
      name: "hardening and an old quoting enclave", status: "OutOfDate", advisories: ["SIMULATED-SA-00003"],
      quote: { $0.enclaveSVN = 3 }, collateral: platformStatus("SWHardeningNeeded")),
    Case(
      name: "a revoked platform with an old quoting enclave", status: "Revoked", advisories: ["SIMULATED-SA-00003"],
      quote: { $0.enclaveSVN = 3 }, collateral: platformStatus("Revoked")),
    Case(
      name: "an old module at launch and a current one now", status: "TDRelaunchAdvised",
      advisories: ["SIMULATED-SA-00002"], quote: { $0.teeTCBSVN = svn([4, 1, 3]) }),
    Case(
      name: "the same where configuration is needed", status: "TDRelaunchAdvisedConfigurationNeeded",
      advisories: ["SIMULATED-SA-00002"], quote: { $0.teeTCBSVN = svn([4, 1, 3]) },
      collateral: platformStatus("ConfigurationNeeded")),
    Case(
      name: "an old module at launch and still", status: "OutOfDate", advisories: ["SIMULATED-SA-00002"],
      quote: {
        $0.teeTCBSVN = svn([4, 1, 3])
        $0.currentTEETCBSVN = svn([4, 1, 3])
      }),
    Case(
      name: "an old module at launch and an unknown one now", status: "OutOfDate",
      advisories: ["SIMULATED-SA-00002"],
      quote: {
        $0.teeTCBSVN = svn([4, 1, 3])
        $0.currentTEETCBSVN = svn([9, 2, 3])
      }),
    Case(
      name: "an old module at launch and an old quoting enclave", status: "OutOfDate",
      advisories: ["SIMULATED-SA-00002", "SIMULATED-SA-00003"],
      quote: {
        $0.teeTCBSVN = svn([4, 1, 3])
        $0.enclaveSVN = 3
      }),
    Case(
      name: "an old module at launch on an old platform", status: "OutOfDate",
      advisories: ["SIMULATED-SA-00001", "SIMULATED-SA-00002"], quote: { $0.teeTCBSVN = svn([4, 1, 3]) },
      platform: { $0.components[0] = 4 }),
  ]

  @Test("a platform has the status and the advisories that the vendor's algorithm gives", arguments: cases)
  func status(_ testCase: Case) throws {
    let platform = try TDXFixture.platform(content: testCase.platform)
    var evidence = try TDXFixture.evidence(on: platform, testCase.quote)
    var collateral = try SimulatedTDXCollateral(vendor: try TDXFixture.vendor(), at: TDXFixture.time)
    testCase.collateral(&collateral)
    evidence.endorsements = [try collateral.bytes()]
    let result = try TDXFixture.result(evidence, try TDXFixture.authenticityOnly())
    #expect(result.verdict == .accepted)
    #expect(result.claims["tcbStatus"] == .string(testCase.status))
    #expect(result.claims["advisories"] == .array(testCase.advisories.map { .string($0) }))
    // The strict policy accepts only what is up to date; another policy only what it names.
    let strict = try TDXFixture.codes(evidence)
    guard let status = TDX.TCBStatus(rawValue: testCase.status) else {
      #expect(strict.contains(AttestationError.tcbLevelUnsupported))
      return
    }
    #expect(strict.contains(AttestationError.tcbStatus) == (status != .upToDate))
    let policy = try TDXFixture.policy {
      $0.tdx.tcbStatuses = [status]
      $0.tdx.advisories = Set(testCase.advisories)
    }
    #expect(try TDXFixture.codes(evidence, policy) == [])
  }
}

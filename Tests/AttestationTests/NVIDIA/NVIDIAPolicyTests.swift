import Attestation
import ErrorCodes
import StrictJSON
import Testing
import WireFormat

/// Rules and golden values as JSON.
@Suite struct NVIDIAPolicyTests {
  @Test("a policy written and read again is the same")
  func roundTrip() throws {
    let policy = try NVIDIAFixture.policy { policy in
      policy.nvidia.largestRevocationListAge = nil
      policy.nvidia.namedUnknownFields = [40, 65535]
      policy.nvidia.uncoveredMeasurements = [1, 200]
      policy.nvidia.driverVersions = ["1", "2"]
      policy.nvidia.protectedPCIe = .either
      policy.nvidia.completeRequest = false
      policy.nvidia.architectureFloor = nil
    }
    for policy in [policy, .strict, .authenticityOnly()] {
      let copy = try AppraisalPolicy(parsing: policy.json.canonicalBytes)
      #expect(copy.nvidia == policy.nvidia)
      #expect(copy.referenceValues == policy.referenceValues)
    }
  }

  @Test(
    "a text that is not of the schema does not load",
    arguments: [
      #"{"chip": []}"#, #"{"architectureFloor": "kepler"}"#, #"{"hosts": {"chipIdentifiers": ["00"]}}"#,
      #"{"switches": ["00"]}"#, #"{"gpus": {}}"#, #"{"namedUnknownFields": [65536]}"#,
      #"{"uncoveredMeasurements": [256]}"#, #"{"protectedPCIe": null}"#, #"{"completeRequest": null}"#,
      #"{"driverVersions": [1]}"#, #"{"largestRevocationListAge": -1}"#,
    ])
  func malformed(text: String) {
    #expect(AppraisalPolicyTests.code(#"{"nvidia": \#(text)}"#) == AttestationError.policyMalformed)
  }

  static let value = String(repeating: "ab", count: 48)

  @Test(
    "golden values that no report can have do not load",
    arguments: [
      #"{"vbiosVersion": "1", "driverVersion": "1", "measurements": {"1": ["@"]}}"#,
      #"{"platform": "sev-snp", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"1": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "measurements": {"1": ["@"]}}"#,
      #"{"platform": "nvidia-switch", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"1": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "", "driverVersion": "1", "measurements": {"1": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1\n", "driverVersion": "1", "measurements": {"1": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"0": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"255": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"01": ["@"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"1": []}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"1": ["00"]}}"#,
      #"{"platform": "nvidia-gpu", "vbiosVersion": "1", "driverVersion": "1", "measurements": {"1": ["@"]}, "x": 1}"#,
    ])
  func malformedMeasurements(text: String) throws {
    let json = try JSONValue(parsing: Array(text.replacing("@", with: Self.value).utf8))
    #expect(throws: AttestationError(AttestationError.policyMalformed, "")) {
      try NVIDIA.Measurements(json: json)
    }
  }

  @Test("golden values have one text and one digest")
  func digest() throws {
    let golden = try NVIDIAFixture.report().goldenValues
    let copy = try NVIDIA.Measurements(json: golden.json)
    #expect(copy == golden)
    #expect(copy.digest == golden.digest)
    #expect(golden.digest.count == 32)
    #expect(try NVIDIAFixture.report(.nvidiaSwitch).goldenValues.digest != golden.digest)
  }
}

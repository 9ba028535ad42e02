import Attestation
import Crypto
import ErrorCodes
import Foundation
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// Reports of real GPUs, from the vector folder; their README states each verdict.
@Suite(.enabled(if: VectorFolder.isPresent))
struct NVIDIARealEvidenceTests {
  // The names are those of the vector files.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  struct Expected: Decodable {
    struct Message: Decodable {
      struct Field: Decodable {
        var type: UInt16
        var length: Int
      }
      var nonce: String
      var slot: Int64
      var number_of_blocks: Int
      var responder_nonce: String
      var opaque_length: Int
      var opaque: [Field]
      var signature_offset: Int
      var total: Int
    }
    struct Measurement: Decodable {
      var index: UInt8
      var dmtf_type: UInt8
      var value: String
    }
    var signature: String
    var leaf_subject: String
    var spdm: Message
    var measurements: [Measurement]
  }

  static let accepted = ["blackwell-a", "hopper-a", "hopper-b"]
  static let time = Date(timeIntervalSince1970: 1_756_684_800)

  static func expected(_ name: String) throws -> Expected { try VectorFolder.json("nvidia/\(name)/expected.json") }

  static func evidence(_ name: String) throws -> Evidence {
    Evidence(
      platform: .nvidiaGPU, report: try VectorFolder.bytes("nvidia/\(name)/report.bin"),
      endorsements: [try VectorFolder.bytes("nvidia/\(name)/chain.pem")])
  }

  static func appraise(
    _ evidence: Evidence, _ policy: AppraisalPolicy = .authenticityOnly(), nonce: [UInt8]? = nil, at time: Date = time
  ) -> AttestationResult {
    EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expecting: ExpectedValues(nonce: nonce), at: time)
  }

  @Test("the folder holds exactly the reports that these tests run")
  func count() throws {
    let folder = VectorFolder.url.path + "/nvidia"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)/report.bin")
    }
    #expect(names.sorted() == Self.accepted + ["hopper-bad-signature"])
  }

  @Test("a real report is authentic, and its claims are the expected ones", arguments: accepted)
  func authentic(name: String) throws {
    let expected = try Self.expected(name)
    let nonce = try #require([UInt8](hexadecimal: expected.spdm.nonce))
    let result = Self.appraise(try Self.evidence(name), nonce: nonce)
    #expect(expected.signature == "valid")
    #expect(result.reasons == [])
    #expect(!result.isSimulated)
    #expect(result.chipIdentifier?.count == 32)
    let claims = result.claims
    #expect(claims["nonce"] == .string(expected.spdm.nonce))
    #expect(claims["responderNonce"] == .string(expected.spdm.responder_nonce))
    #expect(claims["slot"] == .integer(expected.spdm.slot))
    #expect(claims["requestAttributes"] == 1)
    #expect(claims["requestedOperation"] == 255)
    #expect(
      claims["measurements"]
        == .object(
          Dictionary(uniqueKeysWithValues: expected.measurements.map { (String($0.index), .string($0.value)) })))
    #expect(expected.measurements.count == expected.spdm.number_of_blocks)
    let isHopper = expected.leaf_subject.hasPrefix("GH100")
    #expect(claims["architecture"] == .string(isHopper ? "hopper" : "blackwell"))
    #expect(claims["chip"] == .string(isHopper ? "GH100" : "GB100"))
    let report = try NVIDIA.Report(parsing: try Self.evidence(name).report, platform: .nvidiaGPU)
    #expect(report.opaque.fields.map(\.type) == expected.spdm.opaque.map(\.type))
    #expect(report.opaque.fields.map(\.value.count) == expected.spdm.opaque.map(\.length))
    #expect(report.signedBytes.count == expected.spdm.signature_offset)
    #expect(report.signedBytes.count + 96 == expected.spdm.total)
    #expect(report.blocks.map(\.kind) == expected.measurements.map(\.dmtf_type))
  }

  @Test("versions, board and firmware of the real reports are as NVIDIA's manifests call them")
  func versions() throws {
    let known = [
      "blackwell-a": ("575.32", "97.00.88.00.0F", "G525-0220-886"),
      "hopper-a": ("550.90.07", "96.00.9F.00.01", "1010-0200-882"),
      "hopper-b": ("535.86.09", "96.00.5E.00.01", "1010-0200-882"),
    ]
    for (name, (driver, vbios, board)) in known {
      let claims = Self.appraise(try Self.evidence(name)).claims
      #expect(claims["driverVersion"] == .string(driver))
      #expect(claims["vbiosVersion"] == .string(vbios))
      #expect(claims["board"] == .string(board))
      #expect(claims["nvdec0"] == false)
    }
  }

  @Test("the report with a damaged signature is refused for it, with the nonce or without")
  func badSignature() throws {
    let result = Self.appraise(try Self.evidence("hopper-bad-signature"))
    #expect(result.verdict == .refused)
    #expect(result.reasons.map(\.code) == [AttestationError.reportSignature])
    #expect(result.claims.isEmpty)
  }

  @Test("another nonce than the one asked for is refused with a code of its own", arguments: accepted)
  func nonce(name: String) throws {
    let evidence = try Self.evidence(name)
    let wrong = [UInt8](repeating: 7, count: 32)
    #expect(Self.appraise(evidence, nonce: wrong).reasons.map(\.code) == [AttestationError.spdmNonce])
    let nonce = try #require([UInt8](hexadecimal: try Self.expected(name).spdm.nonce))
    let verifier = EvidenceVerifier(policy: .authenticityOnly())
    #expect(verifier.appraise(evidence: evidence, expectedReportData: nonce, at: Self.time).verdict == .accepted)
    #expect(
      verifier.appraise(evidence: evidence, expectedReportData: nonce + nonce, at: Self.time).code
        == AttestationError.spdmNonce)
  }

  @Test("the strict default accepts no report, for want of reference values first", arguments: accepted)
  func strict(name: String) throws {
    let result = Self.appraise(try Self.evidence(name), .strict)
    #expect(result.verdict == .refused)
    #expect(result.code == AttestationError.noReferenceValues)
    #expect(result.skipped == ["nonce"])
    let codes = result.reasons.map(\.code)
    #expect(codes.contains(AttestationError.chipUnlisted))
    #expect(codes.contains(AttestationError.revocationMissing))
  }

  @Test("a policy made for one real GPU accepts it, with each relaxation named", arguments: accepted)
  func ownPolicy(name: String) throws {
    let evidence = try Self.evidence(name)
    let seen = Self.appraise(evidence)
    let claims = seen.claims
    guard case .string(let driver)? = claims["driverVersion"], case .string(let vbios)? = claims["vbiosVersion"],
      case .object(let values)? = claims["measurements"]
    else {
      Issue.record("claims lack versions or measurements")
      return
    }
    let golden: JSONValue = [
      "platform": "nvidia-gpu", "driverVersion": .string(driver), "vbiosVersion": .string(vbios),
      "measurements": .object(values.mapValues { .array([$0]) }),
    ]
    var policy = AppraisalPolicy(
      referenceValues: ReferenceValues(nvidiaMeasurements: [try NVIDIA.Measurements(json: golden)]))
    policy.nvidia.hosts = HostList(chipIdentifiers: [try #require(seen.chipIdentifier)])
    policy.nvidia.largestRevocationListAge = nil
    let result = Self.appraise(evidence, policy)
    #expect(result.reasons == [])
    #expect(result.skipped == ["revocation-freshness", "nonce"])
  }

  @Test("every damaged report is refused")
  func damaged() throws {
    struct File: Decodable { var cases: [DamagedEvidenceTests.Damage] }
    let cases = try VectorFolder.json("nvidia/tampered-hopper-b.json", as: File.self).cases
    var refused = 0
    for damage in cases {
      var evidence = try Self.evidence("hopper-b")
      #expect(damage.base == "hopper-b/report.bin")
      for patch in damage.patch ?? [] {
        let bytes = try #require([UInt8](hexadecimal: patch.hex))
        evidence.report.replaceSubrange(patch.offset..<patch.offset + bytes.count, with: bytes)
      }
      if let count = damage.truncate { evidence.report = Array(evidence.report.prefix(count)) }
      evidence.report += damage.append.flatMap { [UInt8](hexadecimal: $0) } ?? []
      let result = Self.appraise(evidence)
      #expect(damage.expected == "reject")
      #expect(result.verdict != .accepted, "\(damage.why)")
      #expect(result.claims.isEmpty)
      refused += 1
    }
    #expect(refused == cases.count && refused >= 5)
  }

  @Test("evidence as NVIDIA's SDK writes it is read and authentic, with the nonce that it states")
  func evidenceFile() throws {
    let file = try NVIDIA.EvidenceFile(parsing: try VectorFolder.bytes("nvidia/evidence-hopper.json"))
    #expect(file.devices.count == 1)
    for device in file.devices {
      #expect(device.evidence.platform == .nvidiaGPU)
      #expect(Self.appraise(device.evidence, nonce: device.nonce).reasons == [])
    }
  }
}

import Attestation
import ErrorCodes
import Foundation
import ReferenceManifests
import StrictJSON
import TestSupport
import Testing
import WireFormat

/// NVIDIA's own manifests, from the vector folder; their README states each verdict.
@Suite(.enabled(if: VectorFolder.isPresent))
struct RealManifestTests {
  /// Inside the validity of the driver's manifest.
  static let driverTime = Date(timeIntervalSince1970: 1_756_684_800)
  /// Inside the validity of both VBIOS manifests.
  static let vbiosTime = Date(timeIntervalSince1970: 1_735_689_600)

  static let driver = "driver_GH100_550.144.03.xml"
  static let vbios = "vbios_1010_0200_882_96005E0001.xml"
  static let mismatch = "vbios_1010_0200_882_96005E0001_measurement_mismatch.xml"

  static func manifest(
    _ name: String, anchors: TrustAnchors = .allProduction, at time: Date
  ) throws(ReferenceManifestError) -> ReferenceManifest {
    let bytes: [UInt8]
    do { bytes = try VectorFolder.bytes("nvidia/rims/\(name)") } catch {
      throw ReferenceManifestError(ReferenceManifestError.malformed, "file is missing")
    }
    return try ReferenceManifest.verify(bytes, anchors: anchors, at: time)
  }

  static func code(_ name: String, anchors: TrustAnchors = .allProduction, at time: Date) -> ErrorCode? {
    do {
      _ = try manifest(name, anchors: anchors, at: time)
      return nil
    } catch {
      return error.code
    }
  }

  @Test("the folder holds exactly the manifests that these tests run")
  func count() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: VectorFolder.url.path + "/nvidia/rims")
    #expect(names.sorted() == [Self.driver, "driver_incorrect_signature.xml", Self.vbios, Self.mismatch])
  }

  @Test("the driver's manifest is NVIDIA's while its signer is valid")
  func driverManifest() throws {
    let manifest = try Self.manifest(Self.driver, at: Self.driverTime)
    #expect(manifest.version == "550.144.03")
    #expect(manifest.product == "GH100")
    #expect(!manifest.isSimulated)
    #expect(manifest.measurements.keys.sorted() == [8] + (22...41).map { $0 })
    #expect(manifest.measurements[36]?.count == 4)
    #expect(
      Self.code(Self.driver, at: Date(timeIntervalSince1970: 1_798_700_000)) == AttestationError.certificateExpired)
    #expect(
      Self.code(Self.driver, at: Date(timeIntervalSince1970: 1_735_500_000))
        == AttestationError.certificateNotYetValid)
    #expect(
      Self.code(Self.driver, anchors: .production([.nvidiaDeviceIdentity]), at: Self.driverTime)
        == AttestationError.rootNotPinned)
  }

  @Test("the manifest with a damaged signature is refused")
  func damaged() {
    #expect(Self.code("driver_incorrect_signature.xml", at: Self.driverTime) == ReferenceManifestError.signature)
  }

  /// The indices at which a real report has none of a manifest's values.
  static func differing(_ manifest: ReferenceManifest) throws -> [UInt8] {
    let evidence = Evidence(
      platform: .nvidiaGPU, report: try VectorFolder.bytes("nvidia/hopper-b/report.bin"),
      endorsements: [try VectorFolder.bytes("nvidia/hopper-b/chain.pem")])
    let claims = EvidenceVerifier(policy: .authenticityOnly()).appraise(
      evidence: evidence, expectedReportData: nil, at: driverTime
    ).claims
    guard case .object(let values)? = claims["measurements"] else { return [] }
    return manifest.measurements.filter { index, golden in
      guard case .string(let text)? = values[String(index)], let value = [UInt8](hexadecimal: text) else { return true }
      return !golden.contains(value)
    }.keys.sorted()
  }

  @Test("a real report has all twelve active measurements of its VBIOS' manifest")
  func vbiosManifest() throws {
    let manifest = try Self.manifest(Self.vbios, at: Self.vbiosTime)
    #expect(manifest.version == "96.00.5E.00.01")
    #expect(manifest.measurements.count == 12)
    #expect(try Self.differing(manifest) == [])
    #expect(Self.code(Self.vbios, at: Self.driverTime) == AttestationError.certificateExpired)
  }

  @Test("the manifest of which one golden value differs does not match the real report there, and there alone")
  func mismatchingManifest() throws {
    let manifest = try Self.manifest(Self.mismatch, at: Self.vbiosTime)
    #expect(manifest.measurements.count == 12)
    #expect(try Self.differing(manifest) == [10])
  }

  @Test("driver and VBIOS together are golden values, under which the report of another driver is refused")
  func combined() throws {
    let golden = try NVIDIA.Measurements(
      driver: try Self.manifest(Self.driver, at: Self.driverTime),
      vbios: try Self.manifest(Self.vbios, at: Self.vbiosTime))
    #expect(golden.measurements.count == 33)
    #expect(golden.driverVersion == "550.144.03")
    #expect(golden.vbiosVersion == "96.00.5E.00.01")
    var policy = AppraisalPolicy.authenticityOnly()
    policy.referenceValues = ReferenceValues(nvidiaMeasurements: [golden])
    let evidence = Evidence(
      platform: .nvidiaGPU, report: try VectorFolder.bytes("nvidia/hopper-b/report.bin"),
      endorsements: [try VectorFolder.bytes("nvidia/hopper-b/chain.pem")])
    let result = EvidenceVerifier(policy: policy).appraise(
      evidence: evidence, expectedReportData: nil, at: Self.driverTime)
    #expect(result.reasons.map(\.code) == [AttestationError.measurement])
  }

  @Test("one flipped bit in the signed part of a real manifest is refused")
  func everyBit() throws {
    let bytes = try VectorFolder.bytes("nvidia/rims/\(Self.driver)")
    let signed = try #require(bytes.firstRange(of: Array("<ds:KeyInfo".utf8))).lowerBound
    let original = try Self.manifest(Self.driver, at: Self.driverTime)
    var refused = 0
    let offsets = stride(from: 0, to: signed, by: 41)
    for offset in offsets {
      var damaged = bytes
      damaged[offset] ^= 1 << (offset % 8)
      do {
        // Between the elements of a signature white space is not signed.
        #expect(try ReferenceManifest.verify(damaged, at: Self.driverTime) == original)
      } catch {
        refused += 1
      }
    }
    #expect(refused == Array(offsets).count)
  }
}

import Attestation
import Foundation
import ReferenceManifests
import SimulatedTEE
import StrictJSON

extension FuzzTarget {
  static let nvidia = [
    FuzzTarget("spdm-report", maximumByteCount: 5000, seeds: { [try gpu().report, try nvidiaSwitch().report] }) {
      bytes in
      for platform in [Platform.nvidiaGPU, .nvidiaSwitch] {
        guard let report = try? NVIDIA.Report(parsing: bytes, platform: platform) else { continue }
        claim(report.signedBytes.count + 96 == bytes.count, "a signature of 96 bytes ends a report")
        claim(report.signedBytes == bytes.prefix(report.signedBytes.count), "a report keeps its bytes")
        let indices = report.blocks.map(\.index)
        claim(indices == Set(indices).sorted(), "indices ascend")
        claim(
          report.opaque.fields.count == Set(report.opaque.fields.map(\.type)).count, "an opaque field occurs once")
        _ = (report.opaque.vbiosVersion, report.opaque.board, report.opaque.featureFlag)
        claim(report.opaque.switchIdentifiers.allSatisfy { $0.count == 8 }, "an identifier has 8 bytes")
        claim(report.opaque.gpuIdentifiers.count <= 8, "a switch has places for 8 GPUs")
      }
    },
    FuzzTarget("nvidia-evidence", maximumByteCount: 1 << 14, seeds: { [try evidenceBytes()] }) { bytes in
      // The report's end is where its certificates begin.
      let start = bytes.firstRange(of: Array("-----BEGIN".utf8))?.lowerBound ?? bytes.count
      let evidence = Evidence(
        platform: .nvidiaGPU, report: Array(bytes[..<start]), endorsements: [Array(bytes[start...])])
      for policy in [AppraisalPolicy.strict, .authenticityOnly()] {
        let result = EvidenceVerifier(policy: policy).appraise(
          evidence: evidence, expectedReportData: nil, at: NVIDIAFixture.time)
        claim(!result.checks.isEmpty, "an appraisal names its checks")
      }
    },
    FuzzTarget("nvidia-evidence-file", maximumByteCount: 1 << 14, seeds: { [try evidenceFile()] }) { bytes in
      guard let file = try? NVIDIA.EvidenceFile(parsing: bytes) else { return }
      claim((1...NVIDIA.EvidenceFile.deviceLimit).contains(file.devices.count), "a file has devices")
      claim(file.devices.allSatisfy { ($0.nonce?.count ?? 32) == 32 }, "a nonce has 32 bytes where there is one")
    },
    FuzzTarget("golden-values", seeds: { [try goldenValues()] }) { bytes in
      guard let json = try? JSONValue(parsing: bytes), let golden = try? NVIDIA.Measurements(json: json) else { return }
      claim(try NVIDIA.Measurements(json: golden.json) == golden, "written golden values read the same")
    },
    FuzzTarget("reference-manifest", maximumByteCount: 1 << 14, seeds: { [Array(NVIDIAFixture.manifest.utf8)] }) {
      bytes in
      // No input that a fuzzer finds is signed, so that what lies behind the signature is entered apart.
      claim(
        (try? ReferenceManifest.verify(bytes, at: NVIDIAFixture.time)) == nil,
        "a manifest that nobody signed is refused")
    },
  ]

  private static func gpu() throws -> Evidence { try NVIDIAFixture.evidence(.nvidiaGPU) }

  private static func nvidiaSwitch() throws -> Evidence { try NVIDIAFixture.evidence(.nvidiaSwitch) }

  private static func evidenceBytes() throws -> [UInt8] { try gpu().report + gpu().endorsements[0] }

  private static func evidenceFile() throws -> [UInt8] {
    let evidence = try gpu()
    let file: JSONValue = [
      [
        "arch": "HOPPER", "certificate": .string(Data(evidence.endorsements[0]).base64EncodedString()),
        "evidence": .string(Data(evidence.report).base64EncodedString()),
        "nonce": .string(String(repeating: "0", count: 64)),
      ]
    ]
    return file.canonicalBytes
  }

  private static func goldenValues() throws -> [UInt8] {
    try SimulatedGPUReport(platform: .nvidiaGPU, nonce: Array(repeating: 0, count: 32)).goldenValues.json.canonicalBytes
  }
}

/// What a simulated GPU and a simulated switch report.
enum NVIDIAFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)

  private static let vendor = Result { try SimulatedGPUVendor.make(at: time) }

  static func evidence(_ platform: Platform) throws -> Evidence {
    let device = try vendor.get().makeDevice(platform, at: time)
    return try device.evidence(SimulatedGPUReport(platform: platform, nonce: Array(repeating: 7, count: 32)))
  }

  /// Every element of a manifest; neither digest nor certificate is one.
  static let manifest = """
    <SoftwareIdentity xmlns="http://standards.iso.org/iso/19770/-2/2015/schema.xsd" \
    xmlns:h="http://www.w3.org/2001/04/xmlenc#sha384" tagId="tag"><Meta colloquialVersion="96.00.10.00.01" \
    product="GH100"/><Payload><Resource type="Measurement" index="0" active="True" alternatives="1" size="48" \
    h:Hash0="\(String(repeating: "00", count: 48))"/></Payload><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>\
    <ds:CanonicalizationMethod Algorithm="http://www.w3.org/2006/12/xml-c14n11"/><ds:SignatureMethod \
    Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"/><ds:Reference URI=""><ds:Transforms>\
    <ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform \
    Algorithm="http://www.w3.org/2006/12/xml-c14n11"/></ds:Transforms><ds:DigestMethod \
    Algorithm="http://www.w3.org/2001/04/xmldsig-more#sha384"/><ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>\
    </ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>MAA=\
    </ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature></SoftwareIdentity>
    """
}

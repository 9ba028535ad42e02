import Attestation
import Crypto
import Foundation
import HardwareTEE
import SimulatedTEE

extension FuzzTarget {
  static let nitro = [
    FuzzTarget("nitro-evidence", maximumByteCount: 1 << 14, seeds: { [try NitroFixture.evidence()] }) { bytes in
      NitroFixture.appraise(bytes)
      guard let envelope = try? Nitro.Envelope(parsing: bytes) else { return }
      let untagged = CBORWriter.array([
        CBORWriter.bytes(envelope.protectedBytes), CBORWriter.map([]), CBORWriter.bytes(envelope.payload),
        CBORWriter.bytes(envelope.signature),
      ])
      claim(bytes == untagged || bytes == [0xD2] + untagged, "an envelope has one form, with or without its tag")
    },
    // Behind the signature, under the genuine leaf's key.
    FuzzTarget("nitro-document", maximumByteCount: 1 << 13, seeds: { [try NitroFixture.payload()] }) { bytes in
      if let document = try? Nitro.Document(parsing: bytes[...]) {
        claim((3...Nitro.Document.pcrCountLimit).contains(document.pcrs.count), "a document has its first PCRs")
        claim(document.pcrs.values.allSatisfy { $0.count == Nitro.Document.pcrByteCount }, "a PCR has 48 bytes")
        claim(
          (document.bundle + [document.certificate]).allSatisfy {
            (1...Nitro.Document.certificateByteLimit).contains($0.count)
          }, "certificates are within their limit")
        claim(document.measurements != nil, "a document has measurements")
      }
      NitroFixture.appraise(
        try SimulatedNitroDocument.signed(Array(bytes.prefix(1 << 13)), by: try NitroFixture.key()))
    },
    FuzzTarget("nitro-device-answer", maximumByteCount: 1 << 13, seeds: { [try NitroFixture.answer()] }) { bytes in
      guard let document = try? NitroDeviceAttester.document(in: bytes) else { return }
      claim(document.count < bytes.count, "a document is part of its answer")
    },
  ]
}

/// What a simulated enclave makes.
enum NitroFixture {
  static let time = Date(timeIntervalSince1970: 1_790_000_000)

  /// The same keys in every run, so that the seeds that are kept stay genuine.
  private static func key(_ number: UInt8) throws -> P384.Signing.PrivateKey {
    try P384.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: number, count: 48))
  }

  private static let vendor = Result {
    let instanceID = "i-0123456789abcdef0"
    let keys = try (1...4).map { SimulatedAuthority.Key.p384(try key($0)) }
    return try SimulatedNitroVendor.make(
      instanceID: instanceID, names: SimulatedNitroVendor.names(instanceID: instanceID), at: time, key: { keys[$0] })
  }

  private static let attester = Result {
    let pcr = [UInt8](repeating: 1, count: 48)
    guard let measurements = Nitro.Measurements(pcr0: pcr, pcr1: pcr, pcr2: pcr) else {
      throw SimulatedTEEError(SimulatedTEEError.fieldLength, "a PCR has another length")
    }
    let (region, leafKey) = (try vendor.get(), try key(5))
    let leaf = try region.leafTemplate(
      moduleID: "\(region.instanceID)-enc0123456789abcdef", publicKey: leafKey.publicKey, at: time)
    return try SimulatedNitroAttester(
      vendor: region, measurements: measurements, leaf: leaf, key: leafKey, clock: { time })
  }

  static func key() throws -> P384.Signing.PrivateKey { try attester.get().key }

  static func evidence() throws -> [UInt8] { try issue().report }

  static func payload() throws -> [UInt8] { Array(try Nitro.Envelope(parsing: try evidence()).payload) }

  static func answer() throws -> [UInt8] {
    let attestation = CBORWriter.map([(CBORWriter.text("document"), CBORWriter.bytes(try evidence()))])
    return CBORWriter.map([(CBORWriter.text("Attestation"), attestation)])
  }

  private static func issue() throws -> Evidence {
    try attester.get().issue { $0.userData = [UInt8](repeating: 7, count: 64) }
  }

  static func appraise(_ report: [UInt8]) {
    var policies: [AppraisalPolicy] = [.strict]
    if let root = try? vendor.get().root {
      policies += [.authenticityOnly(anchors: .simulated([root])), AppraisalPolicy(anchors: .simulated([root]))]
    }
    for policy in policies {
      let result = EvidenceVerifier(policy: policy).appraise(
        evidence: Evidence(platform: .nitro, report: report, endorsements: []), expecting: ExpectedValues(), at: time)
      claim(!result.checks.isEmpty, "an appraisal names its checks")
    }
  }
}

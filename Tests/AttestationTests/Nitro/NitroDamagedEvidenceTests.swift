import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import TestSupport
import Testing
import WireFormat

/// Damaged documents, from the vector folder.
@Suite(.enabled(if: VectorFolder.isPresent))
struct NitroDamagedEvidenceTests {
  struct File: Decodable {
    var cases: [Damage]
  }

  struct Damage: Decodable {
    struct Patch: Decodable {
      var offset: Int
      var hex: String
    }
    var base: String
    var patch: [Patch]?
    var truncate: Int?
    var append: String?
    var prefix: String?
    var time: String?
    var expected: String
    var why: String
  }

  @Test("every damaged document is refused; the tagged one alone is read")
  func damaged() throws {
    let cases = try VectorFolder.json("nitro/tampered-a.json", as: File.self).cases
    var verdicts: [AttestationResult.Verdict: Int] = [:]
    for damage in cases {
      let name = String(damage.base.dropLast(".cbor".count))
      var evidence = try NitroRealEvidenceTests.evidence(name)
      for patch in damage.patch ?? [] {
        let bytes = try #require([UInt8](hexadecimal: patch.hex))
        evidence.report.replaceSubrange(patch.offset..<patch.offset + bytes.count, with: bytes)
      }
      if let count = damage.truncate { evidence.report = Array(evidence.report.prefix(count)) }
      evidence.report += damage.append.flatMap { [UInt8](hexadecimal: $0) } ?? []
      evidence.report = (damage.prefix.flatMap { [UInt8](hexadecimal: $0) } ?? []) + evidence.report
      let time = try damage.time.map(NitroRealEvidenceTests.time(text:)) ?? NitroRealEvidenceTests.time(name)
      let result = NitroRealEvidenceTests.appraise(evidence, at: time)
      verdicts[result.verdict, default: 0] += 1
      // Whether the tag may stand was for us to decide: it may.
      #expect((result.verdict == .accepted) == (damage.expected != "reject"), "\(damage.why)")
      #expect(result.verdict == .accepted || result.claims.isEmpty)
    }
    #expect(try cases.count == VectorFolder.caseCount("nitro/tampered-a.json", published: 21, held: cases.count))
    if try VectorFolder.isPublished("nitro/tampered-a.json") {
      #expect(verdicts == [.malformed: 8, .refused: 12, .accepted: 1])
    }
  }

  @Test("one flipped bit in any seventh byte of a real document is refused, with the code of the check that saw it")
  func realDocument() throws {
    let evidence = try NitroRealEvidenceTests.evidence("doc-b")
    let time = try NitroRealEvidenceTests.time("doc-b")
    var codes: Set<ErrorCode> = []
    var flips = 0
    for index in stride(from: 0, to: evidence.report.count, by: 7) {
      var damaged = evidence
      damaged.report[index] ^= 1 << (index / 7 % 8)
      let result = NitroRealEvidenceTests.appraise(damaged, at: time)
      #expect(result.verdict != .accepted && result.claims.isEmpty)
      codes.formUnion(result.reasons.map(\.code))
      flips += 1
    }
    #expect(flips == (evidence.report.count + 6) / 7)
    #expect(
      codes.isSubset(of: [
        AttestationError.nitroEnvelope, AttestationError.nitroDocument, AttestationError.signatureAlgorithm,
        AttestationError.reportSignature, AttestationError.nitroInstance, AttestationError.chainSignature,
        AttestationError.endorsementUnreadable, AttestationError.issuerMissing, AttestationError.certificateUsage,
        AttestationError.certificateKey, AttestationError.rootNotPinned, AttestationError.nitroBundle,
      ]))
  }
}

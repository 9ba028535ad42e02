import Attestation
import ErrorCodes
import Foundation
import TestSupport
import Testing
import WireFormat

/// Damaged reports and wrong certificates, from the vector folder.
@Suite(.enabled(if: VectorFolder.isPresent))
struct DamagedEvidenceTests {
  struct File<Case: Decodable>: Decodable {
    var cases: [Case]
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
    var expected: String
    var why: String
  }

  struct Mixture: Decodable {
    var report: String
    var leaf: String
    var chain: String?
    var time: String?
    var expected: String
    var why: String
  }

  @Test("every damaged report is refused")
  func damaged() throws {
    let cases = try VectorFolder.json("snp/tampered-a.json", as: File<Damage>.self).cases
    var verdicts: [AttestationResult.Verdict: Int] = [:]
    for damage in cases {
      var evidence = try RealEvidenceTests.evidence(damage.base)
      for patch in damage.patch ?? [] {
        let bytes = try #require([UInt8](hexadecimal: patch.hex))
        evidence.report.replaceSubrange(patch.offset..<patch.offset + bytes.count, with: bytes)
      }
      if let count = damage.truncate { evidence.report = Array(evidence.report.prefix(count)) }
      evidence.report += damage.append.flatMap { [UInt8](hexadecimal: $0) } ?? []
      let result = RealEvidenceTests.appraise(evidence)
      #expect(damage.expected == "reject")
      #expect(result.verdict != .accepted, "\(damage.why)")
      #expect(result.claims.isEmpty)
      verdicts[result.verdict, default: 0] += 1
    }
    #expect(try cases.count == VectorFolder.caseCount("snp/tampered-a.json", published: 21, held: cases.count))
    if try VectorFolder.isPublished("snp/tampered-a.json") { #expect(verdicts == [.malformed: 5, .refused: 16]) }
  }

  @Test("every right report with a wrong certificate is refused")
  func mixtures() throws {
    let cases = try VectorFolder.json("snp/mixed-up.json", as: File<Mixture>.self).cases
    for mixture in cases {
      let name = String(mixture.report.prefix { $0 != "/" })
      let chain = try mixture.chain ?? RealEvidenceTests.expected(name).chain_file
      let time = try mixture.time.map { try Date.ISO8601FormatStyle().parse($0) } ?? RealEvidenceTests.time
      let evidence = Evidence(
        platform: .sevSNP, report: try VectorFolder.bytes("snp/\(mixture.report)"),
        endorsements: [try VectorFolder.bytes("snp/\(mixture.leaf)"), try VectorFolder.bytes("snp/\(chain)")])
      #expect(mixture.expected == "reject")
      #expect(RealEvidenceTests.appraise(evidence, at: time).verdict == .refused, "\(mixture.why)")
    }
    #expect(try cases.count == VectorFolder.caseCount("snp/mixed-up.json", published: 6, held: cases.count))
  }
}

import Attestation
import CryptoExtras
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing

/// Evidence of the paravisor that is wrong in one respect of its form, and every bit of it flipped alone.
@Suite struct AzureMalformedTests {
  static func layoutCode(_ change: (inout SimulatedHCLReport) -> Void) throws -> ErrorCode? {
    let guest = try AzureFixture.guest()
    var layout = try guest.hclReport(runtimeData: guest.runtimeData(userData: AzureFixture.userData).canonicalBytes)
    change(&layout)
    let result = try AzureFixture.appraise(
      Evidence(platform: .azureSNP, report: layout.bytes, endorsements: guest.chip.endorsements))
    #expect(result.verdict == .malformed)
    return result.code
  }

  @Test("a header that is not the paravisor's is malformed")
  func layout() throws {
    let cases: [(ErrorCode, (inout SimulatedHCLReport) -> Void)] = [
      (AttestationError.hclMalformed, { $0.magic = 0x4843_4C41 }),
      (AttestationError.evidenceVersion, { $0.version = 0 }),
      (AttestationError.evidenceVersion, { $0.version = 3 }),
      (AttestationError.hclMalformed, { $0.requestType = 1 }),
      (AttestationError.hclMalformed, { $0.status = 1 }),
      (AttestationError.hclMalformed, { $0.dataVersion = 3 }),
      (AttestationError.hclMalformed, { $0.digestType = 2 }),
      (AttestationError.hclReportType, { $0.reportType = 4 }),
      (AttestationError.hclReportType, { $0.reportType = 1 }),
      (AttestationError.hclMalformed, { $0.totalByteCountError = 1 }),
      (AttestationError.hclMalformed, { $0.headedByteCountError = UInt32.max }),
      (AttestationError.hclMalformed, { $0.dataByteCountError = UInt32.max }),
      (AttestationError.hclMalformed, { $0.padding[15] = 1 }),
      (AttestationError.evidenceLength, { $0.dataByteCountError = 1 << 31 }),
      (AttestationError.evidenceLength, { $0.padding = Array(repeating: 0, count: 16 << 10) }),
      (AttestationError.evidenceVersion, { $0.report[0] = 9 }),
    ]
    for (code, change) in cases { #expect(try Self.layoutCode(change) == code) }
  }

  @Test("version 2 of the runtime data has capabilities before it, and no other version has")
  func capabilities() throws {
    let guest = try AzureFixture.guest()
    var hcl = try guest.hclReport(runtimeData: guest.runtimeData(userData: AzureFixture.userData).canonicalBytes)
    hcl.dataVersion = 2
    #expect(try AzureSNP.HCLReport(parsing: hcl.bytes).runtimeData == hcl.runtimeData)
    var bytes = hcl.bytes
    bytes[0x4C4] = 1
    #expect(throws: AttestationError(AttestationError.hclMalformed, "")) { try AzureSNP.HCLReport(parsing: bytes) }
  }

  @Test("a report is read without padding and up to its limit, and every truncation is malformed")
  func lengths() throws {
    let guest = try AzureFixture.guest()
    var layout = try guest.hclReport(runtimeData: guest.runtimeData(userData: AzureFixture.userData).canonicalBytes)
    layout.padding = []
    let bytes = layout.bytes
    #expect(try AzureSNP.HCLReport(parsing: bytes).runtimeData == layout.runtimeData)
    for count in 0..<bytes.count {
      #expect(throws: AttestationError.self) { try AzureSNP.HCLReport(parsing: Array(bytes.prefix(count))) }
    }
    layout.padding = Array(repeating: 0, count: AzureSNP.HCLReport.byteLimit - bytes.count)
    #expect(try AzureSNP.HCLReport(parsing: layout.bytes).runtimeData == layout.runtimeData)
    layout.padding.append(0)
    #expect(throws: AttestationError.self) { try AzureSNP.HCLReport(parsing: layout.bytes) }
  }

  @Test("a report whose data is bound otherwise than by its digest is refused")
  func binding() throws {
    let guest = try AzureFixture.guest()
    let data = try guest.runtimeData(userData: AzureFixture.userData).canonicalBytes
    let digest = SimulatedFixture.sha256(data)
    for reportData in [digest + digest, digest + Array(repeating: 0, count: 31) + [1], Array(repeating: 0, count: 64)] {
      var report = guest.report
      report.reportData = reportData
      let layout = SimulatedHCLReport(report: try report.signed(by: guest.chip), runtimeData: data)
      var evidence = try AzureFixture.evidence()
      evidence.report = layout.bytes
      #expect(try AzureFixture.codes(evidence) == [AttestationError.runtimeData])
    }
  }

  static func runtimeCodes(_ change: (inout [String: JSONValue]) throws -> Void) throws -> [ErrorCode] {
    let guest = try AzureFixture.guest()
    guard case .object(var members) = try guest.runtimeData(userData: AzureFixture.userData) else { return [] }
    try change(&members)
    return try AzureFixture.codes(
      try guest.evidence(runtimeData: JSONValue.object(members).canonicalBytes, nonce: AzureFixture.nonce))
  }

  @Test("runtime data that are bound but not of their form are refused")
  func runtimeData() throws {
    let malformed = [AttestationError.runtimeDataMalformed]
    #expect(try Self.runtimeCodes { $0["keys"] = nil } == malformed)
    #expect(try Self.runtimeCodes { $0["keys"] = [:] } == malformed)
    #expect(try Self.runtimeCodes { $0["vm-configuration"] = nil } == malformed)
    #expect(try Self.runtimeCodes { $0["vm-configuration"] = [] } == malformed)
    #expect(try Self.runtimeCodes { $0["user-data"] = 1 } == malformed)
    #expect(try Self.runtimeCodes { $0["user-data"] = "0" } == malformed)
    #expect(try Self.runtimeCodes { $0["user-data"] = .string(String(repeating: "00", count: 65)) } == malformed)
    #expect(try Self.runtimeCodes { $0["user-data"] = nil } == [AttestationError.reportData])
    let guest = try AzureFixture.guest()
    for text in ["", "[]", "{", "{\"keys\":[],\"keys\":[]}", "\u{FEFF}{}"] {
      let evidence = try guest.evidence(runtimeData: Array(text.utf8), nonce: [])
      #expect(try AzureFixture.codes(evidence) == malformed)
    }
  }

  @Test("a member of the runtime data that is not known is a claim and nothing else")
  func unknownMembers() throws {
    let evidence = try AzureFixture.evidence {
      $0.otherRuntimeData = ["vmgs": ["id": "x"]]
      $0.configuration["hardware-sealing-policy"] = "none"
    }
    let result = try AzureFixture.appraise(evidence)
    #expect(result.reasons == [])
    #expect(result.claims["otherRuntimeData"] == ["vmgs": ["id": "x"]])
  }

  @Test("an attestation key that is missing, named twice or not RSA of its size is refused")
  func attestationKey() throws {
    let refused = [AttestationError.vtpmAttestationKey]
    let guest = try AzureFixture.guest()
    guard case .object(let good) = try SimulatedAzureGuest.jwk("HCLAkPub", guest.attestationKey.publicKey) else {
      return
    }
    func codes(_ changes: [String: JSONValue]) throws -> [ErrorCode] {
      try Self.runtimeCodes { $0["keys"] = [.object(good.merging(changes) { $1 })] }
    }
    #expect(try codes([:]) == [])
    #expect(try Self.runtimeCodes { $0["keys"] = [] } == refused)
    #expect(try Self.runtimeCodes { $0["keys"] = [.object(good), .object(good)] } == refused)
    #expect(
      try Self.runtimeCodes { $0["keys"] = .array(Array(repeating: [:], count: 16) + [.object(good)]) } == refused)
    guard case .string(let modulus)? = good["n"] else { return }
    let changes: [[String: JSONValue]] = [
      ["kid": "HCLEkPub"], ["kty": "EC"], ["e": "AQ"], ["e": "AAEAAQ"], ["e": 65537], ["n": ""], ["n": "AQAB"],
      ["n": .string(modulus + "=")], ["n": .string("AA" + modulus)], ["n": .string(String(modulus.dropLast(4)))],
      ["n": .string(String(repeating: "A", count: 1025))], ["n": .null],
    ]
    for change in changes { #expect(try codes(change) == refused) }
  }

  static func quoteCodes(_ change: (inout SimulatedVTPMQuote) -> Void) throws -> [ErrorCode] {
    let guest = try AzureFixture.guest()
    var quote = guest.quote
    quote.nonce = AzureFixture.nonce
    change(&quote)
    var evidence = try AzureFixture.evidence()
    evidence.supplement = try guest.supplement(quote).json.canonicalBytes
    return try AzureFixture.codes(evidence)
  }

  @Test("a signed message that is not a quote of one bank of SHA-256 is refused")
  func quoteForms() throws {
    let cases: [(inout SimulatedVTPMQuote) -> Void] = [
      { $0.magic = 0xFF54_4348 }, { $0.type = 0x8017 }, { $0.safe = 2 }, { $0.bankCount = 0 }, { $0.bankCount = 2 },
      { $0.digestAlgorithm = 0x0004 }, { $0.trailingBytes = [0] }, { $0.pcrDigest = [] },
      { $0.pcrDigest = Array(repeating: 0, count: 33) }, { $0.nonce = Array(repeating: 1, count: 67) },
      { $0.qualifiedSigner = Array(repeating: 1, count: 67) },
    ]
    for change in cases { #expect(try Self.quoteCodes(change) == [AttestationError.quoteMalformed]) }
    #expect(
      try Self.quoteCodes { $0.pcrDigest = Array(repeating: 0, count: 32) } == [AttestationError.quotePCRDigest])
    #expect(try Self.quoteCodes { $0.qualifiedSigner = [] } == [])
    // No PCR at all is a quote, of nothing that would be good.
    #expect(try Self.quoteCodes { $0.selectedPCRs = [] } == [AttestationError.pcrsUnknown])
  }

  @Test("a quote that another key signed, or that is not of its JSON form, is refused")
  func supplements() throws {
    var evidence = try AzureFixture.evidence()
    let other = SimulatedAzureGuest(
      chip: try SimulatedFixture.chip(), measurement: SimulatedFixture.measurement,
      attestationKey: try _RSA.Signing.PrivateKey(keySize: .bits2048))
    evidence.supplement = try other.supplement(other.quote).json.canonicalBytes
    #expect(try AzureFixture.codes(evidence) == [AttestationError.quoteSignature])
    let guest = try AzureFixture.guest()
    guard case .object(let good) = try guest.supplement(guest.quote).json else { return }
    let changes: [[String: JSONValue]] = [
      ["signature": "0"], ["signature": .null], ["message": 1], ["pcrs": []], ["pcrs": .array(["00"])], ["more": 1],
      ["message": .string(String(repeating: "00", count: 513))],
      ["signature": .string(String(repeating: "00", count: 513))],
      ["pcrs": .array(Array(repeating: .string(String(repeating: "00", count: 32)), count: 25))],
    ]
    for change in changes {
      evidence.supplement = JSONValue.object(good.merging(change) { $1 }).canonicalBytes
      #expect(try AzureFixture.codes(evidence) == [AttestationError.quoteMalformed])
    }
    for text in ["", "{}", "[]"] {
      evidence.supplement = Array(text.utf8)
      #expect(try AzureFixture.codes(evidence) == [AttestationError.quoteMalformed])
    }
    evidence.supplement = Array(repeating: 0x20, count: AzureSNP.QuoteSupplement.byteLimit + 1)
    #expect(try AzureFixture.codes(evidence) == [AttestationError.quoteMalformed])
  }

  @Test("every truncation of a quote's message is malformed")
  func truncatedQuote() throws {
    let message = SimulatedVTPMQuote().message
    #expect(try AzureSNP.VTPMQuote(parsing: message).selectedPCRs == Array(0..<24))
    for count in 0..<message.count {
      #expect(throws: AttestationError.self) { try AzureSNP.VTPMQuote(parsing: Array(message.prefix(count))) }
    }
  }

  @Test("each flipped bit around the hardware report is refused by the check that sees it")
  func flippedLayout() throws {
    let evidence = try AzureFixture.evidence()
    let end = try AzureFixture.guest().runtimeData(userData: AzureFixture.userData).canonicalBytes.count + 1236
    let header = Set([
      AttestationError.hclMalformed, AttestationError.evidenceVersion, AttestationError.evidenceLength,
      AttestationError.hclReportType,
    ])
    var counts: [String: Int] = [:]
    for bit in Array(0..<32 * 8) + Array(1216 * 8..<evidence.report.count * 8) {
      var damaged = evidence
      damaged.report[bit / 8] ^= 1 << (bit % 8)
      let result = try AzureFixture.appraise(damaged)
      let codes = result.reasons.map(\.code)
      switch bit / 8 {
      case 1236..<end where codes == [AttestationError.runtimeData]: counts["data", default: 0] += 1
      case end... where codes == [AttestationError.hclMalformed]: counts["padding", default: 0] += 1
      case ..<1236 where result.verdict == .malformed && header.isSuperset(of: codes): counts["header", default: 0] += 1
      default: counts["other", default: 0] += 1
      }
    }
    #expect(counts == ["header": 52 * 8, "data": (end - 1236) * 8, "padding": 16 * 8])
  }

  @Test("each flipped bit of the hardware report is refused as it is without the paravisor")
  func flippedReport() throws {
    let evidence = try AzureFixture.evidence()
    let report = Array(evidence.report[32..<1216])
    let policy = try AzureFixture.policy()
    var refused = 0
    // One bit in each byte: all of them are flipped without the paravisor around.
    for index in 0..<1184 {
      var damaged = evidence
      damaged.report[32 + index] ^= 1 << (index % 8)
      var alone = report
      alone[index] ^= 1 << (index % 8)
      let expected = EvidenceVerifier(policy: policy, cache: SimulatedFixture.cache).appraise(
        evidence: Evidence(platform: .sevSNP, report: alone, endorsements: evidence.endorsements),
        expectedReportData: nil, at: SimulatedFixture.time)
      if try AzureFixture.codes(damaged, policy) == expected.reasons.map(\.code), !expected.reasons.isEmpty {
        refused += 1
      }
    }
    #expect(refused == 1184)
  }

  @Test("each flipped bit of quote, signature and PCR values is refused by the check that sees it")
  func flippedQuote() throws {
    let guest = try AzureFixture.guest()
    let good = try guest.supplement(guest.quote)
    var evidence = try AzureFixture.evidence()
    func codes(_ supplement: AzureSNP.QuoteSupplement) throws -> [ErrorCode] {
      evidence.supplement = supplement.json.canonicalBytes
      return try AzureFixture.codes(evidence)
    }
    var counts: [ErrorCode: Int] = [:]
    for bit in 0..<good.message.count * 8 {
      var damaged = good
      damaged.message[bit / 8] ^= 1 << (bit % 8)
      for code in try codes(damaged) { counts[code, default: 0] += 1 }
    }
    #expect(counts.keys.allSatisfy { [AttestationError.quoteSignature, AttestationError.quoteMalformed].contains($0) })
    #expect(counts.values.reduce(0, +) == good.message.count * 8)
    counts = [:]
    for bit in 0..<good.signature.count * 8 {
      var damaged = good
      damaged.signature[bit / 8] ^= 1 << (bit % 8)
      for code in try codes(damaged) { counts[code, default: 0] += 1 }
    }
    #expect(counts == [AttestationError.quoteSignature: 2048])
    counts = [:]
    for index in 0..<24 {
      var damaged = good
      damaged.pcrs[index][index] ^= 1 << (index % 8)
      for code in try codes(damaged) { counts[code, default: 0] += 1 }
    }
    #expect(counts == [AttestationError.quotePCRDigest: 24])
  }

  @Test("random bytes are refused and trap nowhere")
  func random() throws {
    var generator = SystemRandomNumberGenerator()
    for count in [0, 1, 31, 1235, 1236, 1237, 2600, 16 << 10] {
      for _ in 0..<20 {
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(throws: AttestationError.self) { try AzureSNP.HCLReport(parsing: bytes) }
        #expect(throws: AttestationError.self) { try AzureSNP.VTPMQuote(parsing: bytes) }
        #expect(throws: AttestationError.self) { try AzureSNP.RuntimeData(parsing: bytes) }
        #expect(throws: AttestationError.self) { try AzureSNP.QuoteSupplement(parsing: bytes) }
      }
    }
  }
}

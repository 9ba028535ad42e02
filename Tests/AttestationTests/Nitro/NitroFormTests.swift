import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import TestSupport
import Testing

/// The bytes of envelope and document.
@Suite struct NitroFormTests {
  /// The smallest document that is accepted: two authorities, three PCRs, nothing bound.
  static func smallEvidence() throws -> (evidence: Evidence, vendor: SimulatedNitroVendor, key: P384.Signing.PrivateKey)
  {
    let vendor = try NitroChainTests.vendor(names: [NitroChainTests.names[0], NitroChainTests.names[3]])
    let attester = try NitroFixture.attester(vendor: vendor)
    let evidence = try attester.issue {
      $0.pcrs = Array($0.pcrs.prefix(3))
      $0.omittedMembers = ["public_key", "user_data", "nonce"]
    }
    return (evidence, vendor, attester.key)
  }

  private static let small = Result { try smallEvidence() }

  @Test("every flipped bit of a document is seen, each part's by its own check", arguments: 0..<8)
  func everyBit(bit: Int) throws {
    let (report, key) = (try Self.small.get().evidence.report, try Self.small.get().key.publicKey)
    let payloadByteCount = try Nitro.Envelope(parsing: report).payload.count
    var codes: [ErrorCode: Int] = [:]
    for index in report.indices {
      var damaged = report
      damaged[index] ^= 1 << bit
      let code = Self.code(damaged, key)
      codes[code, default: 0] += 1
      if index >= report.count - 96 { #expect(code == AttestationError.reportSignature) }
    }
    // Four bytes of protected header; array, three heads (1, 3 and 2 bytes) and the empty header; the rest is signed.
    #expect(codes[AttestationError.signatureAlgorithm] == 4)
    #expect(codes[AttestationError.nitroEnvelope] == 8)
    let signed = (codes[AttestationError.nitroDocument] ?? 0) + (codes[AttestationError.reportSignature] ?? 0)
    #expect(signed == payloadByteCount + 96)
    #expect(codes.values.reduce(0, +) == report.count)
    #expect(codes.count == 4)
  }

  /// What the checks of form, algorithm and signature say, under the genuine key.
  private static func code(_ report: [UInt8], _ key: P384.Signing.PublicKey) -> ErrorCode {
    do {
      let envelope = try Nitro.Envelope(parsing: report)
      _ = try Nitro.Document(parsing: envelope.payload)
      guard envelope.protectedBytes.elementsEqual(Nitro.Envelope.protectedHeader) else {
        return AttestationError.signatureAlgorithm
      }
      return envelope.isSigned(by: key) ? ErrorCode("accepted") : AttestationError.reportSignature
    } catch {
      return error.code
    }
  }

  @Test("every truncation and every byte too many is malformed")
  func truncations() throws {
    let report = try NitroFixture.evidence().report
    for count in 0..<report.count {
      let evidence = Evidence(platform: .nitro, report: Array(report.prefix(count)), endorsements: [])
      let result = try NitroFixture.appraise(evidence)
      #expect(result.verdict == .malformed)
      #expect(result.code == (count == 0 ? AttestationError.evidenceLength : AttestationError.nitroEnvelope))
    }
    let longer = Evidence(platform: .nitro, report: report + [0], endorsements: [])
    #expect(try NitroFixture.codes(longer) == [AttestationError.nitroEnvelope])
    let payload = Array(try Nitro.Envelope(parsing: report).payload)
    for count in 0..<payload.count {
      #expect(throws: AttestationError(AttestationError.nitroDocument, "")) {
        try Nitro.Document(parsing: payload.prefix(count))
      }
    }
    #expect(throws: AttestationError(AttestationError.nitroDocument, "")) {
      try Nitro.Document(parsing: payload + [0])
    }
  }

  @Test("an envelope of another shape is malformed")
  func envelopes() throws {
    let header = CBORWriter.bytes(Nitro.Envelope.protectedHeader)
    let payload = CBORWriter.bytes([1])
    let signature = CBORWriter.bytes([UInt8](repeating: 1, count: 96))
    let empty = CBORWriter.map([])
    let good = CBORWriter.array([header, empty, payload, signature])
    #expect(try Nitro.Envelope(parsing: good).payload.elementsEqual([1]))
    #expect(try Nitro.Envelope(parsing: [0xD2] + good).payload.elementsEqual([1]))
    let members = [header, empty, payload, signature].flatMap { $0 }
    for bytes in [
      CBORWriter.array([header, empty, payload]), CBORWriter.array([header, empty, payload, signature, payload]),
      CBORWriter.array([header, CBORWriter.map([(payload, payload)]), payload, signature]),
      CBORWriter.array([header, CBORWriter.null, payload, signature]),
      CBORWriter.array([header, [0xBF, 0xFF], payload, signature]),
      CBORWriter.array([empty, empty, payload, signature]),
      CBORWriter.array([header, empty, CBORWriter.null, signature]),
      CBORWriter.array([header, empty, CBORWriter.text("a"), signature]),
      CBORWriter.array([header, empty, payload, CBORWriter.bytes([UInt8](repeating: 1, count: 95))]),
      CBORWriter.array([header, empty, payload, CBORWriter.bytes([UInt8](repeating: 1, count: 97))]),
      CBORWriter.array([CBORWriter.bytes([UInt8](repeating: 0, count: 65)), empty, payload, signature]),
      [0x9F] + members + [0xFF], [0xD1] + good, [0xD2, 0xD2] + good, [0xD8, 0x12] + good, [0x98, 0x04] + members,
    ] {
      #expect(throws: AttestationError(AttestationError.nitroEnvelope, "")) { try Nitro.Envelope(parsing: bytes) }
    }
  }

  @Test("payload and evidence have their limits")
  func limits() throws {
    func envelope(_ byteCount: Int) -> [UInt8] {
      CBORWriter.array([
        CBORWriter.bytes(Nitro.Envelope.protectedHeader), CBORWriter.map([]),
        CBORWriter.bytes([UInt8](repeating: 0, count: byteCount)), CBORWriter.bytes([UInt8](repeating: 1, count: 96)),
      ])
    }
    #expect(try Nitro.Envelope(parsing: envelope(16_384)).payload.count == 16_384)
    #expect(throws: AttestationError(AttestationError.nitroEnvelope, "")) {
      try Nitro.Envelope(parsing: envelope(16_385))
    }
    #expect(throws: AttestationError(AttestationError.evidenceLength, "")) {
      try Nitro.Envelope(parsing: envelope(16_385) + Array(repeating: 0, count: 128))
    }
  }

  /// The codes for a document that is signed after the change.
  private static func codes(_ change: (inout SimulatedNitroDocument) -> Void) throws -> [ErrorCode] {
    try NitroFixture.codes(try NitroFixture.evidence(change))
  }

  @Test(
    "a document without one of its members is malformed",
    arguments: ["module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle"])
  func missing(member: String) throws {
    #expect(try Self.codes { $0.omittedMembers = [member] } == [AttestationError.nitroDocument])
    #expect(
      try Self.codes {
        $0.omittedMembers = [member]
        $0.extraMembers = [(CBORWriter.text(member), CBORWriter.null)]
      } == [AttestationError.nitroDocument])
  }

  @Test("a member that is double, unknown, of another type or of another length is malformed")
  func members() throws {
    func pcrs(_ count: UInt64, from first: UInt64 = 0) -> [(index: UInt64, value: [UInt8])] {
      (first..<first + count).map { ($0, NitroFixture.pcr(9)) }
    }
    let changes: [(inout SimulatedNitroDocument) -> Void] = [
      { $0.extraMembers = [(CBORWriter.text("nonce"), CBORWriter.null)] },
      {
        $0.omittedMembers = ["nonce"]; $0.extraMembers = [(CBORWriter.text("x"), CBORWriter.null)]
      },
      {
        $0.omittedMembers = ["nonce"]; $0.extraMembers = [(CBORWriter.unsigned(1), CBORWriter.null)]
      },
      {
        $0.omittedMembers = ["nonce"]; $0.extraMembers = [(CBORWriter.text("nonce"), CBORWriter.text("x"))]
      },
      {
        $0.omittedMembers = ["nonce"]; $0.extraMembers = [(CBORWriter.text("nonce"), [0xF7])]
      },
      {
        $0.omittedMembers = ["nonce"]; $0.extraMembers = [(CBORWriter.text("nonce"), [0x5F, 0x41, 0x01, 0xFF])]
      },
      { $0.moduleID = "" }, { $0.moduleID = String(repeating: "i", count: 129) }, { $0.digest = "SHA256" },
      { $0.digest = "" }, { $0.timestamp = 0 }, { $0.timestamp = UInt64(Int64.max) + 1 }, { $0.pcrs = [] },
      { $0.pcrs = pcrs(33) }, { $0.pcrs = pcrs(31) + pcrs(1, from: 32) }, { $0.pcrs = pcrs(3) + pcrs(1) },
      { $0.pcrs = pcrs(2) }, { $0.pcrs = pcrs(31, from: 1) }, { $0.pcrs[7].value.removeLast() },
      { $0.pcrs[7].value.append(0) }, { $0.pcrs[7].value = Array(repeating: 0, count: 32) }, { $0.bundle = [] },
      { $0.bundle = Array(repeating: $0.bundle[0], count: 9) }, { $0.bundle[0] = [] },
      { $0.bundle[0] = Array(repeating: 0, count: 1025) }, { $0.certificate = [] },
      { $0.certificate = Array(repeating: 0, count: 1025) }, { $0.publicKey = [] },
      { $0.publicKey = Array(repeating: 0, count: 1025) }, { $0.userData = Array(repeating: 0, count: 1025) },
      { $0.nonce = Array(repeating: 0, count: 1025) },
    ]
    for (index, change) in changes.enumerated() {
      #expect(try Self.codes(change) == [AttestationError.nitroDocument], "change \(index)")
    }
    #expect(changes.count == 31)
  }

  @Test("members at their limits are read, and what the relying party does not ask for may be absent or empty")
  func atLimits() throws {
    let largest = [UInt8](repeating: 7, count: 1024)
    let evidence = try NitroFixture.evidence {
      ($0.publicKey, $0.userData, $0.nonce) = (largest, [], largest)
      $0.pcrs = $0.pcrs + (16..<32).map { ($0, NitroFixture.pcr(0)) }
    }
    let expected = ExpectedValues(reportData: [], nonce: largest, publicKey: largest)
    #expect(try NitroFixture.codes(evidence, expecting: expected) == [])
    let bare = try NitroFixture.evidence { $0.omittedMembers = ["nonce", "public_key", "user_data"] }
    #expect(try NitroFixture.codes(bare, expecting: ExpectedValues()) == [])
    #expect(
      try NitroFixture.codes(bare, expecting: ExpectedValues(reportData: [])) == [AttestationError.reportData])
  }

  @Test("maps and arrays of a document may be of indefinite length, as real ones are")
  func indefinite() throws {
    let attester = try NitroFixture.attester()
    let document = try Nitro.Document(parsing: attester.document.payload[...].withTimestamp())
    func payload(_ change: (inout [String: [UInt8]]) -> Void) -> [UInt8] {
      var pcrs: [UInt8] = [0xBF]
      for (index, value) in document.pcrs { pcrs += CBORWriter.unsigned(index) + CBORWriter.bytes(value) }
      var members: [String: [UInt8]] = [
        "module_id": CBORWriter.text(document.moduleID), "digest": CBORWriter.text("SHA384"),
        "timestamp": CBORWriter.unsigned(document.timestamp), "pcrs": pcrs + [0xFF],
        "certificate": CBORWriter.bytes(document.certificate),
        "cabundle": [0x9F] + document.bundle.map { CBORWriter.bytes($0) }.joined() + [0xFF],
      ]
      change(&members)
      return [0xBF] + members.map { CBORWriter.text($0.key) + $0.value }.joined() + [0xFF]
    }
    #expect(try Nitro.Document(parsing: payload { _ in }[...]) == document)
    let wrong: [(inout [String: [UInt8]]) -> Void] = [
      { $0["module_id"] = [0x7F, 0x61, 0x69, 0xFF] }, { $0["certificate"] = [0x5F, 0x41, 0x30, 0xFF] },
      { $0["cabundle"]?.removeLast() }, { $0["pcrs"]?.removeLast() }, { $0["cabundle"] = [0x9F, 0xFF] },
      { $0["cabundle"] = [0x9F] + Array(repeating: [0x41, 0x30], count: 9).joined() + [0xFF] },
      { $0["timestamp"] = [0x1B, 0, 0, 0, 0, 0, 0, 0, 1] }, { $0["timestamp"] = [0xFB, 0, 0, 0, 0, 0, 0, 0, 1] },
      { $0["timestamp"] = [0xC1, 0x01] }, { $0["timestamp"] = [0x20] }, { $0["digest"] = [0x61, 0xFF] },
    ]
    for change in wrong {
      #expect(throws: AttestationError(AttestationError.nitroDocument, "")) {
        try Nitro.Document(parsing: payload(change)[...])
      }
    }
    for bytes in [Array(payload { _ in }.dropLast()), payload { _ in } + [0xFF]] {
      #expect(throws: AttestationError(AttestationError.nitroDocument, "")) { try Nitro.Document(parsing: bytes[...]) }
    }
  }

  @Test("random bytes, and documents with random bytes in them, are refused and trap nowhere")
  func random() throws {
    var generator = SeededGenerator(seed: 3)
    let report = try NitroFixture.evidence().report
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try NitroFixture.vendor().root]))
    for round in 0..<3000 {
      var bytes = (0..<Int.random(in: 0..<300, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      if round % 2 == 0 {
        // A head that is right, before the rest.
        bytes = [0x84, 0x44, 0xA1, 0x01, 0x38, 0x22, 0xA0, 0x58] + bytes
      }
      if round % 100 == 0 {
        bytes = report
        for _ in 0..<5 {
          bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
        }
        if bytes == report { continue }
      }
      let evidence = Evidence(platform: .nitro, report: bytes, endorsements: [])
      #expect(try NitroFixture.appraise(evidence, policy).verdict != .accepted)
    }
  }
}

extension ArraySlice<UInt8> {
  /// The default document's payload carries timestamp 0, which is the attester's to fill in.
  fileprivate func withTimestamp() -> ArraySlice<UInt8> {
    let name = CBORWriter.text("timestamp")
    guard let range = firstRange(of: name + [0x00]) else { return self }
    return self[..<range.lowerBound] + name + [0x01] + self[range.upperBound...]
  }
}

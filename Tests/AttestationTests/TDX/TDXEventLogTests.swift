import Attestation
import Crypto
import ErrorCodes
import SimulatedTEE
import Testing
import WireFormat

/// Event logs in both forms.
@Suite struct TDXEventLogTests {
  private static func number(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

  /// The first event; SHA-384 alone unless algorithms are given.
  private static func header(algorithms: [(UInt16, UInt16)] = [(0x0C, 48)], type: UInt32 = 3) -> [UInt8] {
    var content = Array("Spec ID Event03\0".utf8) + [0, 0, 0, 0, 0, 2, 0, 2] + number(UInt32(algorithms.count))
    for (algorithm, count) in algorithms {
      content += [UInt8(algorithm & 0xFF), UInt8(algorithm >> 8), UInt8(count & 0xFF), UInt8(count >> 8)]
    }
    content.append(0)
    return number(1) + number(type) + Array(repeating: 0, count: 20) + number(UInt32(content.count)) + content
  }

  private static func digest(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 48) }

  private static func event(
    _ index: UInt32, _ byte: UInt8, type: UInt32 = 0x8000_0001, data: [UInt8] = [1, 2]
  ) -> [UInt8] {
    number(index) + number(type) + number(1) + [0x0C, 0] + digest(byte) + number(UInt32(data.count)) + data
  }

  private static func extended(_ register: [UInt8], _ byte: UInt8) -> [UInt8] {
    Array(SHA384.hash(data: register + digest(byte)))
  }

  private static let zeros = [UInt8](repeating: 0, count: 48)

  @Test("a table replays in order, each index into its register, and what is no measurement is passed over")
  func table() throws {
    let bytes =
      Self.header() + Self.event(1, 1) + Self.event(2, 2) + Self.event(1, 3) + Self.event(4, 4)
      + Self.event(3, 5, type: 3) + Self.event(0, 6)
    let log = try TDX.EventLog(parsing: bytes)
    #expect(log.events.map(\.register) == [0, 1, 0, 3])
    #expect(log.events.first?.data == [1, 2])
    let expected = [
      Self.extended(Self.extended(Self.zeros, 1), 3), Self.extended(Self.zeros, 2), Self.zeros,
      Self.extended(Self.zeros, 4),
    ]
    #expect(log.replayed() == expected)
    for filling in [
      [UInt8](repeating: 0xFF, count: 40), [UInt8](repeating: 0, count: 40), Self.number(0xFFFF_FFFF) + [1],
    ] {
      #expect(try TDX.EventLog(parsing: bytes + filling) == log)
    }
    let two = Self.header(algorithms: [(0x0B, 32), (0x0C, 48)])
    let both =
      Self.number(1) + Self.number(1) + Self.number(2) + [0x0B, 0] + Array(repeating: 9, count: 32) + [0x0C, 0]
      + Self.digest(1) + Self.number(0)
    #expect(try TDX.EventLog(parsing: two + both).replayed()[0] == Self.extended(Self.zeros, 1))
  }

  @Test("a JSON list replays as the table does")
  func list() throws {
    let text =
      #"[{"imr": 0, "digest": "\#(Self.digest(1).hexadecimal)", "event_type": 1, "event_payload": "0102"},"#
      + #" {"imr": 3, "digest": "\#(Self.digest(2).hexadecimal)", "event": "x"}]"#
    let log = try TDX.EventLog(parsing: Array(text.utf8))
    #expect(
      log.replayed() == [Self.extended(Self.zeros, 1), Self.zeros, Self.zeros, Self.extended(Self.zeros, 2)])
    #expect(log.events.first?.data == [1, 2])
    #expect(try TDX.EventLog(parsing: Array("[]".utf8)).replayed() == Array(repeating: Self.zeros, count: 4))
  }

  @Test("what is no event log is malformed")
  func malformed() throws {
    let whole = Self.header() + Self.event(1, 1)
    var cases: [[UInt8]] = (1..<whole.count).filter { $0 != Self.header().count }.map { Array(whole.prefix($0)) }
    cases += [
      [], Self.header(type: 4) + Self.event(1, 1), Self.header(algorithms: [(0x0B, 32)]),
      Self.header(algorithms: [(0x0C, 32)]), Self.header(algorithms: []),
      Self.header(algorithms: [(0x0C, 48), (0x0C, 48)]),
      Self.header(algorithms: Array(repeating: (0x0C, 48), count: 9)), Self.header() + Self.event(5, 1),
      Self.header() + Self.number(1) + Self.number(1) + Self.number(0) + Self.number(0),
      Self.header() + Self.number(1) + Self.number(1) + Self.number(9),
      Self.header() + Self.number(1) + Self.number(1) + Self.number(1) + [0x0B, 0] + Self.zeros,
      whole + [1],
    ]
    let digest = Self.zeros.hexadecimal
    cases += [
      "[", "[1]", #"[{"imr": 4, "digest": "\#(digest)"}]"#, #"[{"imr": -1, "digest": "\#(digest)"}]"#,
      #"[{"digest": "\#(digest)"}]"#, #"[{"imr": 0, "digest": "00"}]"#, #"[{"imr": 0}]"#,
    ].map { Array($0.utf8) }
    for bytes in cases {
      #expect(throws: AttestationError(AttestationError.eventLogMalformed, "")) { try TDX.EventLog(parsing: bytes) }
    }
  }

  @Test("as many events as the limit are read, and one more is not")
  func limits() throws {
    func log(_ count: Int) -> [UInt8] {
      let entry = #"{"imr":0,"digest":"\#(Self.zeros.hexadecimal)"}"#
      return Array(("[" + Array(repeating: entry, count: count).joined(separator: ",") + "]").utf8)
    }
    #expect(try TDX.EventLog(parsing: log(TDX.EventLog.eventLimit)).events.count == TDX.EventLog.eventLimit)
    #expect(throws: AttestationError(AttestationError.eventLogMalformed, "")) {
      try TDX.EventLog(parsing: log(TDX.EventLog.eventLimit + 1))
    }
    // Events that extend nothing count too: four mebibytes of them must not be looked through.
    let silent = Self.header() + [UInt8](repeating: 0, count: 16 * (TDX.EventLog.eventLimit + 1)) + [1]
    #expect(throws: AttestationError(AttestationError.eventLogMalformed, "")) {
      try TDX.EventLog(parsing: silent)
    }
  }

  @Test("a log that replays to the quote's registers is accepted, another is refused under every policy")
  func appraised() throws {
    let table = Self.header() + Self.event(1, 1) + Self.event(3, 2)
    let registers = try TDX.EventLog(parsing: table).replayed()
    var evidence = try TDXFixture.evidence { $0.rtmrs = registers }
    evidence.supplement = table
    let policy = try TDXFixture.policy {
      $0.tdx.requiresEventLog = true
      $0.referenceValues?.tdxMeasurements = TDX.Measurements(mrtd: TDXFixture.mrtd, rtmrs: registers).map { [$0] } ?? []
    }
    let result = try TDXFixture.result(evidence, policy)
    #expect(result.reasons == [])
    #expect(result.skipped == [])
    evidence.supplement = table + Self.event(1, 9)
    for policy in [policy, try TDXFixture.authenticityOnly()] {
      #expect(try TDXFixture.codes(evidence, policy) == [AttestationError.eventLogMismatch])
    }
    evidence.supplement = [1, 2, 3]
    #expect(
      try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly()) == [AttestationError.eventLogMalformed])
  }

  @Test("the attester's evidence is accepted with its log")
  func attester() async throws {
    let table = Self.header() + Self.event(2, 7)
    let registers = try TDX.EventLog(parsing: table).replayed()
    var attester = SimulatedTDXAttester(platform: try TDXFixture.platform(), mrtd: TDXFixture.mrtd, rtmrs: registers)
    attester.eventLog = table
    let evidence = try await attester.evidence(reportData: TDXFixture.reportData)
    let policy = try TDXFixture.policy {
      $0.referenceValues?.tdxMeasurements = TDX.Measurements(mrtd: TDXFixture.mrtd, rtmrs: registers).map { [$0] } ?? []
    }
    #expect(try TDXFixture.codes(evidence, policy) == [])
    await #expect(throws: SimulatedTEEError(SimulatedTEEError.fieldLength, "")) {
      try await attester.evidence(reportData: [1])
    }
  }
}

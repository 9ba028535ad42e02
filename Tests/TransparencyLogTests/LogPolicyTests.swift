import Testing
import TransparencyLog

@Suite("log policy files")
struct LogPolicyTests {
  private let log: NoteVerifierKey
  private let witnesses: [NoteVerifierKey]

  init() throws {
    log = try NoteSigningKey(name: "log.example/epochs", type: .ed25519).verifierKey
    witnesses = try (1...6).map { try NoteSigningKey(name: "w\($0).example/w", type: .cosignature).verifierKey }
  }

  /// `{log}` and `{1}` to `{6}` stand for keys.
  private func text(_ template: String) -> [UInt8] {
    var text = template.replacing("{log}", with: log.encoded)
    for (index, key) in witnesses.enumerated() { text = text.replacing("{\(index + 1)}", with: key.encoded) }
    return Array(text.utf8)
  }

  private let four = """
    # who watches
    log {log} https://log.example/
    witness w1 {1} https://w1.example/submit
    \t witness\tw2  {2}
    witness w3 {3}

    witness ẃ4 {4} https://w4.example/
    group all-of-them 3 w1 w2 w3 ẃ4
    quorum all-of-them

    """

  @Test("a flat group of four with three of them becomes a witness policy")
  func flat() throws {
    let policy = try LogPolicy(parsing: text(four))
    #expect(policy.logs == [LogPolicy.Log(key: log, server: "https://log.example/")])
    #expect(policy.witnesses.map(\.server) == ["https://w1.example/submit", nil, nil, "https://w4.example/"])
    #expect(policy.witnesses[3].name == Array("ẃ4".utf8))
    let witnessPolicy = try policy.witnessPolicy(declaredFaults: 1)
    #expect(witnessPolicy.threshold == 3)
    #expect(witnessPolicy.witnesses == Array(witnesses.prefix(4)))
  }

  @Test("a policy that two histories could meet is refused", arguments: [(1, "2"), (1, "any"), (2, "3"), (0, "all")])
  func unsafe(faults: Int, threshold: String) throws {
    let policy = try LogPolicy(parsing: text(four.replacing("them 3 ", with: "them \(threshold) ")))
    #expect(throws: TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "")) {
      try policy.witnessPolicy(declaredFaults: faults)
    }
  }

  @Test("nested groups, single witnesses and no quorum are read, and refused where a flat group is asked for")
  func nested() throws {
    let policy = try LogPolicy(
      parsing: text(
        """
        witness X1 {1}
        witness X2 {2}
        witness X3 {3}
        group X 2 X1 X2 X3
        witness Y1 {4}
        witness Y2 {5}
        group Y any Y1 Y2
        witness other {6}
        group both all X Y
        quorum both

        """))
    guard case .group(2, let members) = policy.quorum, case .group(2, let x) = members[0],
      case .group(1, let y) = members[1]
    else {
      Issue.record("another quorum")
      return
    }
    #expect(x.count == 3 && y.count == 2 && policy.witnesses.count == 6)
    for text in [text("quorum none\n"), text("witness a {1}\nquorum a\n")] {
      #expect(throws: TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "")) {
        try LogPolicy(parsing: text).witnessPolicy(declaredFaults: 1)
      }
    }
    #expect(throws: TransparencyLogError(TransparencyLogError.witnessPolicyUnsafe, "")) {
      try policy.witnessPolicy(declaredFaults: 1)
    }
  }

  @Test(
    "anything else is refused",
    arguments: [
      "", "witness a {1}\n", "quorum a\n", "quorum none\nquorum none\n", "quorum none", "quorum\n",
      "quorum none more\n", "qourum none\n", "log\nquorum none\n", "log {1}\nquorum none\n",
      "log {log} u u\nquorum none\n", "log {log}\nlog {log}\nquorum none\n", "witness a {log}\nquorum a\n",
      "witness a {1}\nwitness b {1}\nquorum a\n", "witness a {1}\nwitness a {2}\nquorum a\n",
      "witness none {1}\nquorum none\n", "witness a {1} u u\nquorum a\n", "witness a\nquorum none\n",
      "group g 1 a\nwitness a {1}\nquorum g\n", "witness a {1}\ngroup g 2 a\nquorum g\n",
      "witness a {1}\ngroup g 0 a\nquorum g\n", "witness a {1}\ngroup g 01 a\nquorum g\n",
      "witness a {1}\ngroup g +1 a\nquorum g\n", "witness a {1}\ngroup g any a a\nquorum g\n",
      "witness a {1}\ngroup g any none\nquorum g\n", "witness a {1}\ngroup g any g\nquorum g\n",
      "witness a {1}\ngroup g any\nquorum a\n", "witness a {1}\ngroup a any a\nquorum a\n",
      "witness a {1}\ngroup g any a\ngroup h any a\nquorum h\n", "witness a {1}\r\nquorum a\n",
      "witness a\u{0}b {1}\nquorum none\n", "quorum none\u{7F}\n", "quorum\u{A0}none\n",
      "witness K {1}\nquorum \u{212A}\n",
    ])
  func refused(template: String) {
    #expect(throws: TransparencyLogError(TransparencyLogError.logPolicyMalformed, "")) {
      try LogPolicy(parsing: text(template))
    }
  }

  @Test("names and URLs may hold any octet above ASCII, and truncated files are refused or another policy")
  func octets() throws {
    let named = Array("witness ".utf8) + [0xFF, 0x80] + text(" {1}\nquorum ") + [0xFF, 0x80, 0x0A]
    #expect(try LogPolicy(parsing: named).witnesses.map(\.name) == [[0xFF, 0x80]])
    let whole = text(four)
    for end in 0..<whole.count {
      #expect(throws: TransparencyLogError(TransparencyLogError.logPolicyMalformed, "")) {
        try LogPolicy(parsing: Array(whole[..<end]))
      }
    }
    #expect(throws: TransparencyLogError(TransparencyLogError.logPolicyMalformed, "")) {
      try LogPolicy(parsing: text("quorum none\n") + [UInt8](repeating: 0x0A, count: LogPolicy.byteLimit))
    }
  }
}

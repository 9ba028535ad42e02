import Attestation
import Crypto
import ErrorCodes
import Foundation
import SimulatedTEE
import StrictJSON
import Testing
import WireFormat
import X509

/// What the vendor says of a platform: signatures, windows, and the level that a platform has reached.
@Suite struct TDXCollateralTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let code: ErrorCode
    let change: @Sendable (inout SimulatedTDXCollateral) throws -> Void

    var testDescription: String { name }
  }

  /// Refused under every policy.
  static let refusedAlways: [Case] = [
    Case(name: "TCB info of SGX", code: AttestationError.collateralMismatch) { $0.tcbInfo["id"] = "SGX" },
    Case(name: "TCB info version 2", code: AttestationError.collateralMismatch) { $0.tcbInfo["version"] = 2 },
    Case(name: "FMSPC", code: AttestationError.collateralMismatch) { $0.tcbInfo["fmspc"] = "00806f050000" },
    Case(name: "PCE-ID", code: AttestationError.collateralMismatch) { $0.tcbInfo["pceId"] = "0001" },
    Case(name: "TCB type", code: AttestationError.collateralMalformed) { $0.tcbInfo["tcbType"] = 1 },
    Case(name: "QE identity of SGX", code: AttestationError.collateralMismatch) { $0.enclaveIdentity["id"] = "QE" },
    Case(name: "QE identity version 1", code: AttestationError.collateralMismatch) {
      $0.enclaveIdentity["version"] = 1
    },
    Case(name: "no levels", code: AttestationError.collateralMalformed) { $0.tcbInfo["tcbLevels"] = nil },
    Case(name: "a level of unknown status", code: AttestationError.collateralMalformed) {
      $0.tcbInfo["tcbLevels"] = [SimulatedTDXCollateral.level(sgx: [], tdx: [], pceSVN: 0, status: "Fine")]
    },
    Case(name: "an enclave's level of a platform's status", code: AttestationError.collateralMalformed) {
      $0.enclaveIdentity["tcbLevels"] = [SimulatedTDXCollateral.partLevel(0, status: "SWHardeningNeeded")]
    },
    Case(name: "too few components", code: AttestationError.collateralMalformed) {
      $0.tcbInfo["tcbLevels"] = [
        ["tcb": ["sgxtcbcomponents": [["svn": 1]], "tdxtcbcomponents": [], "pcesvn": 1], "tcbStatus": "UpToDate"]
      ]
    },
    Case(name: "a date that does not exist", code: AttestationError.collateralMalformed) {
      $0.tcbInfo["issueDate"] = "2026-02-29T00:00:00Z"
    },
    Case(name: "a date with an offset", code: AttestationError.collateralMalformed) {
      $0.enclaveIdentity["nextUpdate"] = "2026-03-01T00:00:00+01:00"
    },
    Case(name: "a short MRSIGNER", code: AttestationError.collateralMalformed) {
      $0.enclaveIdentity["mrsigner"] = "00"
    },
    Case(name: "another signer's key", code: AttestationError.collateralSignature) {
      $0.tcbInfoSigner = SimulatedAuthorityCopy.withNewKey($0.tcbInfoSigner)
    },
    Case(name: "another signer's key for the QE identity", code: AttestationError.collateralSignature) {
      $0.enclaveIdentitySigner = SimulatedAuthorityCopy.withNewKey($0.enclaveIdentitySigner)
    },
    Case(name: "a PCK's authority as signer", code: AttestationError.leafMissing) {
      $0.tcbInfoSigner = try TDXFixture.vendor().certificateAuthority
    },
    Case(name: "lists in each other's place", code: AttestationError.revocationIssuer) {
      swap(&$0.rootList, &$0.certificateList)
    },
    Case(name: "a root list under another key", code: AttestationError.revocationSignature) {
      $0.rootList?.authority = SimulatedAuthorityCopy.withNewKey(try TDXFixture.vendor().rootAuthority)
    },
    Case(name: "a PCK list under another key", code: AttestationError.revocationSignature) {
      $0.certificateList?.authority = SimulatedAuthorityCopy.withNewKey(try TDXFixture.vendor().certificateAuthority)
    },
    Case(name: "a revoked authority", code: AttestationError.certificateRevoked) {
      let serial = try TDXFixture.vendor().certificateAuthority.certificate.serialNumber
      $0.rootList?.revokedSerialNumbers = [Array(serial.bytes)]
    },
    Case(name: "a revoked signer", code: AttestationError.certificateRevoked) {
      let serial = try TDXFixture.vendor().signer.certificate.serialNumber
      $0.rootList?.revokedSerialNumbers = [[1, 2], Array(serial.bytes)]
    },
  ]

  @Test("collateral that is wrong is refused whatever the policy asks", arguments: refusedAlways)
  func neverAccepted(_ testCase: Case) throws {
    let evidence = try TDXFixture.evidence(collateral: testCase.change)
    #expect(try TDXFixture.codes(evidence) == [testCase.code])
    #expect(try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly()) == [testCase.code])
  }

  /// Collateral as other tools write it.
  private static func rewritten(_ change: (inout [String: JSONValue]) throws -> Void) throws -> Evidence {
    var evidence = try TDXFixture.evidence()
    guard case .object(var members) = try JSONValue(parsing: evidence.endorsements[0]) else { return evidence }
    try change(&members)
    evidence.endorsements = [JSONValue.object(members).canonicalBytes]
    return evidence
  }

  private static func text(_ value: JSONValue?) throws -> String {
    guard case .string(let text)? = value else { throw JSONError(JSONError.wrongType, "member is no string") }
    return text
  }

  @Test("the service's whole answers are taken for the texts and signatures in them")
  func wholeAnswers() throws {
    let evidence = try Self.rewritten { members in
      for (name, held) in [("tcb_info", "tcbInfo"), ("qe_identity", "enclaveIdentity")] {
        let signature = try Self.text(members.removeValue(forKey: "\(name)_signature"))
        members[name] = .string(#"{ "\#(held)" : \#(try Self.text(members[name])), "signature": "\#(signature)" }"#)
      }
    }
    #expect(try TDXFixture.codes(evidence) == [])
  }

  @Test("the service's two answers count beside the signer's chain and the lists, in any order")
  func separateAnswers() throws {
    var pieces: [[UInt8]] = []
    var evidence = try Self.rewritten { members in
      for (name, held) in [("qe_identity", "enclaveIdentity"), ("tcb_info", "tcbInfo")] {
        let signature = try Self.text(members["\(name)_signature"])
        pieces.append(Array(#"{"\#(held)":\#(try Self.text(members[name])),"signature":"\#(signature)"}"#.utf8))
      }
      pieces.append(Array(try Self.text(members["tcb_info_issuer_chain"]).utf8))
      for name in ["root_ca_crl", "pck_crl"] {
        pieces.append(try #require([UInt8](hexadecimal: try Self.text(members[name]))))
      }
    }
    evidence.endorsements = pieces
    #expect(try TDXFixture.codes(evidence) == [])
    evidence.endorsements = pieces.reversed()
    #expect(try TDXFixture.codes(evidence) == [])
    // A text alone, one of them twice, and three texts are no collateral.
    for wrong in [
      Array(pieces.dropFirst()), [pieces[0]] + pieces.dropFirst().map { $0 } + [pieces[0]],
      [pieces[0], pieces[0]],
    ] {
      evidence.endorsements = wrong
      #expect(try TDXFixture.codes(evidence) == [AttestationError.collateralMalformed])
    }
    evidence.endorsements = [pieces[0], pieces[1]] + pieces.dropFirst(3)
    #expect(try TDXFixture.codes(evidence) == [AttestationError.leafMissing])
  }

  @Test("an answer without its text or signature is refused")
  func incompleteAnswer() throws {
    for answer in ["{}", #"{"tcbInfo":{}}"#, #"{"signature":"00"}"#, "", "[]"] {
      let evidence = try Self.rewritten { members in
        members["tcb_info_signature"] = nil
        members["tcb_info"] = .string(answer)
      }
      #expect(try TDXFixture.codes(evidence) == [AttestationError.collateralMalformed])
    }
  }

  @Test("chains in percent encoding and lists in PEM are read")
  func encodings() throws {
    let evidence = try Self.rewritten { members in
      for name in ["tcb_info_issuer_chain", "qe_identity_issuer_chain"] {
        let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-"))
        members[name] = .string(
          try #require(try Self.text(members[name]).addingPercentEncoding(withAllowedCharacters: allowed)))
      }
      for name in ["root_ca_crl", "pck_crl"] {
        let list = Data(try #require([UInt8](hexadecimal: try Self.text(members[name]))))
        let lines = list.base64EncodedString(options: [.lineLength64Characters, .endLineWithCarriageReturn])
        members[name] = .string("-----BEGIN X509 CRL-----\r\n\(lines)\r\n-----END X509 CRL-----\r\n")
      }
    }
    #expect(try TDXFixture.codes(evidence) == [])
  }

  /// Refused by one rule of the strict policy alone.
  static let refusedOnce: [Case] = [
    Case(name: "stale TCB info", code: AttestationError.collateralStale) {
      $0.tcbInfo["nextUpdate"] = "2026-09-21T14:13:19Z"
    },
    Case(name: "stale QE identity", code: AttestationError.collateralStale) {
      $0.enclaveIdentity["nextUpdate"] = "2026-09-21T14:13:19Z"
    },
    Case(name: "old TCB info", code: AttestationError.collateralStale) {
      $0.tcbInfo["issueDate"] = "2026-08-21T14:13:19Z"
    },
    Case(name: "TCB info of the future", code: AttestationError.collateralNotYetValid) {
      $0.tcbInfo["issueDate"] = "2026-09-21T14:18:21Z"
    },
    Case(name: "stale root list", code: AttestationError.revocationStale) { $0.rootList?.nextUpdate = 1_789_999_999 },
    Case(name: "old PCK list", code: AttestationError.revocationStale) {
      $0.certificateList?.thisUpdate = 1_790_000_000 - 391 * 86_400
    },
    Case(name: "PCK list of the future", code: AttestationError.revocationNotYetValid) {
      $0.certificateList?.thisUpdate = 1_790_000_301
    },
    Case(name: "no root list", code: AttestationError.revocationMissing) { $0.rootList = nil },
    Case(name: "no PCK list", code: AttestationError.revocationMissing) { $0.certificateList = nil },
    Case(name: "evaluation number of the QE identity", code: AttestationError.tcbEvaluationNumber) {
      $0.enclaveIdentity["tcbEvaluationDataNumber"] = 16
    },
    Case(name: "module without an identity", code: AttestationError.tdxModule) {
      $0.tcbInfo["tdxModuleIdentities"] = [
        SimulatedTDXCollateral.moduleIdentity(
          "TDX_01", levels: [SimulatedTDXCollateral.partLevel(0, status: "UpToDate")],
          mrSigner: String(repeating: "1", count: 96))
      ]
    },
    Case(name: "no level of the platform", code: AttestationError.tcbLevelUnsupported) {
      $0.tcbInfo["tcbLevels"] = []
    },
    Case(name: "no level of the module", code: AttestationError.tcbLevelUnsupported) {
      $0.tcbInfo["tdxModuleIdentities"] = [SimulatedTDXCollateral.moduleIdentity("TDX_01", levels: [])]
    },
    Case(name: "no level of the quoting enclave", code: AttestationError.tcbLevelUnsupported) {
      $0.enclaveIdentity["tcbLevels"] = []
    },
    Case(name: "an open advisory", code: AttestationError.advisory) {
      $0.tcbInfo["tcbLevels"] = [
        SimulatedTDXCollateral.level(sgx: [], tdx: [], pceSVN: 0, status: "UpToDate", advisories: ["SIMULATED-SA-1"])
      ]
    },
    Case(name: "a signer that has expired", code: AttestationError.certificateExpired) {
      try SimulatedAuthorityCopy.replaceSigner(&$0) { $0.notAfter = TDXFixture.time.addingTimeInterval(-1) }
    },
    Case(name: "a signer that is not valid yet", code: AttestationError.certificateNotYetValid) {
      try SimulatedAuthorityCopy.replaceSigner(&$0) { $0.notBefore = TDXFixture.time.addingTimeInterval(1) }
    },
  ]

  @Test("collateral that is authentic and not acceptable is refused by one rule alone", arguments: refusedOnce)
  func refusedByRule(_ testCase: Case) throws {
    let evidence = try TDXFixture.evidence(collateral: testCase.change)
    #expect(try TDXFixture.codes(evidence) == [testCase.code])
    #expect(try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly()) == [])
  }

  @Test("a signer that may not do what it does, or has another name, is refused")
  func signers() throws {
    let cases: [(ErrorCode, (inout SimulatedAuthority.Template) throws -> Void)] = [
      (AttestationError.certificateUsage, { $0.keyUsage = KeyUsage(keyAgreement: true) }),
      (AttestationError.chainNames, { $0.subject = try SimulatedAuthority.Template.name("Simulated SGX Signing") }),
      (AttestationError.simulatedExpected, { $0.isMarked = false }),
    ]
    for (code, change) in cases {
      let evidence = try TDXFixture.evidence { try SimulatedAuthorityCopy.replaceSigner(&$0, change) }
      #expect(try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly()) == [code])
    }
  }

  @Test("collateral under another root of the same policy is refused")
  func otherRoot() throws {
    let other = try SimulatedTDXVendor.make(at: TDXFixture.time)
    var evidence = try TDXFixture.evidence()
    evidence.endorsements = [
      try SimulatedTDXCollateral(vendor: other, at: TDXFixture.time).bytes()
    ]
    let policy = AppraisalPolicy.authenticityOnly(anchors: .simulated([try TDXFixture.vendor().root, other.root]))
    #expect(try TDXFixture.codes(evidence, policy) == [AttestationError.revocationSignature])
    var collateral = try SimulatedTDXCollateral(vendor: other, at: TDXFixture.time)
    collateral.rootList = nil
    collateral.certificateList = nil
    evidence.endorsements = [try collateral.bytes()]
    #expect(try TDXFixture.codes(evidence, policy) == [AttestationError.rootNotPinned])
  }

  @Test("a revoked PCK certificate is refused under every policy, also by a list that came apart")
  func revokedPCK() throws {
    var evidence = try TDXFixture.evidence()
    let certificate = try TDXFixture.certificate(of: evidence)
    var list = try SimulatedTDXRevocationList(of: TDXFixture.vendor().certificateAuthority, at: .distantPast)
    list.thisUpdate = 1_700_000_000
    list.nextUpdate = 1_700_000_001
    list.revokedSerialNumbers = [Array(certificate.serialNumber.bytes)]
    evidence.endorsements = [try list.derBytes()]
    #expect(
      try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly()) == [AttestationError.certificateRevoked])
    // The other issuer's serial numbers are not the list's to revoke.
    var ofRoot = try SimulatedTDXRevocationList(of: TDXFixture.vendor().rootAuthority, at: TDXFixture.time)
    ofRoot.revokedSerialNumbers = list.revokedSerialNumbers
    evidence.endorsements = [try ofRoot.derBytes()]
    #expect(try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly()) == [])
  }

  @Test("collateral that cannot be read is refused")
  func unreadable() throws {
    let document = try #require(try TDXFixture.platform().endorsements.first)
    func codes(_ pieces: [[UInt8]]) throws -> [ErrorCode] {
      var evidence = try TDXFixture.evidence()
      evidence.endorsements = pieces
      return try TDXFixture.codes(evidence, try TDXFixture.authenticityOnly())
    }
    #expect(try codes([document, document]) == [AttestationError.collateralMalformed])
    #expect(try codes([Array("{}".utf8)]) == [AttestationError.collateralMalformed])
    #expect(try codes([Array(document.dropLast())]) == [AttestationError.collateralMalformed])
    #expect(try codes([document + [0x7D]]) == [AttestationError.collateralMalformed])
    #expect(try codes([[0x30, 0x00]]) == [AttestationError.endorsementUnreadable])
    #expect(try codes([Array("text".utf8)]) == [AttestationError.endorsementUnreadable])
    #expect(try codes(Array(repeating: [0x30], count: 65)) == [AttestationError.endorsementLimit])
    for member in [
      "tcb_info", "tcb_info_signature", "tcb_info_issuer_chain", "qe_identity", "qe_identity_signature",
      "qe_identity_issuer_chain",
    ] {
      let value = try JSONValue(parsing: document)
      guard case .object(var members) = value else { continue }
      members[member] = nil
      #expect(try codes([JSONValue.object(members).canonicalBytes]) == [AttestationError.collateralMalformed])
    }
    for (member, value, code) in [
      ("root_ca_crl", "30", AttestationError.collateralMalformed), ("pck_crl", 1, AttestationError.collateralMalformed),
      ("tcb_info_signature", "00", AttestationError.collateralMalformed),
      ("tcb_info_issuer_chain", "", AttestationError.endorsementUnreadable),
      ("pck_crl_issuer_chain", 1, AttestationError.collateralMalformed),
    ] as [(String, JSONValue, ErrorCode)] {
      guard case .object(var members) = try JSONValue(parsing: document) else { continue }
      members[member] = value
      #expect(try codes([JSONValue.object(members).canonicalBytes]) == [code])
    }
  }

  @Test("no change to a signed text is accepted, and each gives the signature's code")
  func changedTexts() throws {
    guard case .object(let members) = try JSONValue(parsing: try #require(try TDXFixture.platform().endorsements.first))
    else { return }
    var evidence = try TDXFixture.evidence()
    let policy = try TDXFixture.authenticityOnly()
    var count = 0
    for member in ["tcb_info", "qe_identity"] {
      guard case .string(let text)? = members[member] else { continue }
      let bytes = Array(text.utf8)
      for index in stride(from: 0, to: bytes.count, by: 29) {
        var changed = bytes
        changed[index] = changed[index] == 0x31 ? 0x32 : 0x31
        var copy = members
        copy[member] = .string(String(decoding: changed, as: UTF8.self))
        evidence.endorsements = [JSONValue.object(copy).canonicalBytes]
        #expect(try TDXFixture.codes(evidence, policy) == [AttestationError.collateralSignature])
        count += 1
      }
    }
    #expect(count > 80)
  }
}

/// Authorities of the fixture's vendor that are wrong in one respect.
enum SimulatedAuthorityCopy {
  /// The same certificate, and signatures of another key.
  static func withNewKey(_ authority: SimulatedAuthority) -> SimulatedAuthority {
    SimulatedAuthority(key: .p256(P256.Signing.PrivateKey()), certificate: authority.certificate)
  }

  /// Signs both texts by a signer whose certificate was changed before the root signed it.
  static func replaceSigner(
    _ collateral: inout SimulatedTDXCollateral, _ change: (inout SimulatedAuthority.Template) throws -> Void
  ) throws {
    let key = P256.Signing.PrivateKey()
    var template = try SimulatedAuthority.Template.leaf(
      "Simulated SGX TCB Signing", publicKey: Certificate.PublicKey(key.publicKey), at: TDXFixture.time)
    try change(&template)
    let signer = try TDXFixture.vendor().rootAuthority.authority(template, key: .p256(key))
    collateral.tcbInfoSigner = signer
    collateral.enclaveIdentitySigner = signer
  }
}

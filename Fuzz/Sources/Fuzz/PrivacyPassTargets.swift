import Foundation
import PrivacyPass
import StrictJSON

extension FuzzTarget {
  static let privacyPass = [
    FuzzTarget("challenge-field", seeds: PrivacyPassFixture.challengeFields) { bytes in
      guard let value = text(bytes), let challenges = try? PrivateTokenChallenge.parseAll(fieldValue: value)
      else { return }
      let written = PrivateTokenChallenge.fieldValue(challenges)
      claim(try PrivateTokenChallenge.parseAll(fieldValue: written) == challenges, "a written field reads the same")
    },
    FuzzTarget("authorization-field", seeds: PrivacyPassFixture.authorizationFields) { bytes in
      guard let value = text(bytes), let token = try? PrivateTokenAuthorization.token(fieldValue: value)
      else { return }
      let written = PrivateTokenAuthorization.fieldValue(for: token)
      claim(
        try PrivateTokenAuthorization.token(fieldValue: written).encoded == token.encoded,
        "a written field reads the same")
    },
    FuzzTarget("token-challenge", seeds: { try PrivacyPassFixture.challenges().map(\.encoded) }) { bytes in
      guard let challenge = try? TokenChallenge(decoding: bytes) else { return }
      claim(challenge.encoded == bytes, "a challenge encodes to its bytes")
      if let names = try? challenge.originServerNames() {
        claim(names.count <= TokenChallenge.originLimit, "origins are bounded")
      }
    },
    FuzzTarget("token", maximumByteCount: 400, seeds: { [PrivacyPassFixture.token] }) { bytes in
      guard let token = try? Token(decoding: bytes) else { return }
      claim(token.encoded == bytes && token.digest.count == 32, "a token encodes to its bytes")
    },
    FuzzTarget(
      "token-request", maximumByteCount: 300,
      seeds: {
        [
          [0, 2, 9] + [UInt8](repeating: 7, count: 256), [UInt8](repeating: 7, count: 256),
          [0, 1, 9] + PrivacyPassFixture.element, PrivacyPassFixture.voprfResponse,
        ]
      }
    ) { bytes in
      if let request = try? TokenRequest(decoding: bytes) {
        claim(request.encoded == bytes, "a token request encodes to its bytes")
      }
      if let response = try? TokenResponse(decoding: bytes) {
        claim(response.encoded == bytes, "a token response encodes to its bytes")
      }
      if let response = try? TokenResponse(decoding: bytes, tokenType: .voprfP384) {
        claim(response.encoded == bytes, "a token response encodes to its bytes")
      }
    },
    FuzzTarget("batched-token-request", maximumByteCount: 2048, seeds: PrivacyPassFixture.batchedRequests) { bytes in
      guard let batch = try? BatchedTokenRequest(decoding: bytes) else { return }
      claim(batch.encoded == bytes, "a batched token request encodes to its bytes")
      claim((1...BatchedTokenRequest.countLimit).contains(batch.requests.count), "a batch is bounded")
    },
    FuzzTarget("batched-token-response", maximumByteCount: 2048, seeds: PrivacyPassFixture.batchedResponses) { bytes in
      guard let batch = try? BatchedTokenResponse(decoding: bytes) else { return }
      claim(batch.encoded == bytes, "a batched token response encodes to its bytes")
      claim(batch.responses.count <= BatchedTokenRequest.countLimit, "a batch is bounded")
    },
    FuzzTarget(
      "voprf-issuance", maximumByteCount: 200,
      seeds: {
        [PrivacyPassFixture.voprfResponse, PrivacyPassFixture.element, PrivacyPassFixture.element.prefix(1) + [0]]
      }
    ) { bytes in
      let issuer = try VOPRFTokenIssuer(rawRepresentation: [UInt8](repeating: 1, count: 48))
      let identifier = issuer.publicKey.truncatedTokenKeyID
      if let request = try? TokenRequest(decoding: [0, 1, identifier] + bytes),
        let response = try? issuer.issue(request)
      {
        claim(response.encoded.count == 145, "an evaluation has its length")
      }
      if let key = try? VOPRFPublicKey(decoding: bytes) { claim(key.encoded == bytes, "a key has one encoding") }
      guard let response = try? TokenResponse(decoding: bytes, tokenType: .voprfP384) else { return }
      let challenge = try PrivacyPassFixture.voprfChallenge()
      let pending = try PendingToken(challenge: challenge, key: issuer.publicKey)
      guard let token = try? pending.finalize(response) else { return }
      claim((try? issuer.verify(token, challenge: challenge)) != nil, "what is finalized can be redeemed")
    },
    FuzzTarget("server-name", maximumByteCount: 300, seeds: { PrivacyPassFixture.serverNames }) { bytes in
      guard let name = try? ServerName(bytes) else { return }
      claim(try ServerName("\(name.host):\(name.port)".utf8) == name, "a written name reads the same")
    },
    FuzzTarget(
      "issuer-key", maximumByteCount: 700, seeds: { [PrivacyPassFixture.subjectPublicKeyInfo] }
    ) { bytes in
      guard let key = try? IssuerPublicKey(subjectPublicKeyInfo: bytes) else { return }
      claim(key.subjectPublicKeyInfo == bytes, "an issuer key has one encoding")
      claim(key.truncatedTokenKeyID == key.tokenKeyID.last, "the truncated identifier is its last byte")
    },
    FuzzTarget("issuer-directory", seeds: PrivacyPassFixture.directories) { bytes in
      guard let directory = try? IssuerDirectory(decoding: bytes) else { return }
      claim(
        try IssuerDirectory(decoding: directory.json.canonicalBytes) == directory, "a written directory reads the same")
      if let key = directory.preferredKey(ofType: .blindRSA2048, at: 1_700_000_000) {
        claim(directory.tokenKeys.contains(key), "a preferred key is one of the directory's")
      }
    },
    FuzzTarget("plan-keys", seeds: { [PrivacyPassFixture.planKeys] }) { bytes in
      guard let keys = try? PlanKeys(decoding: bytes) else { return }
      claim(try PlanKeys(decoding: keys.json.canonicalBytes) == keys, "written plan keys read the same")
    },
    FuzzTarget(
      "crowd-claim", maximumByteCount: 100, seeds: { [Array("day=41, accounts=1024".utf8)] }
    ) { bytes in
      guard let said = CrowdClaim(fieldValue: String(decoding: bytes, as: UTF8.self)) else { return }
      claim(CrowdClaim(fieldValue: said.fieldValue) == said, "a written claim reads the same")
      claim(said.accountCount.nonzeroBitCount <= 1, "a number is rounded")
    },
  ]
}

private enum PrivacyPassFixture {
  /// An AlgorithmIdentifier as RFC 9578, section 6.5, has it, around an odd modulus of 2,048 bits.
  static let subjectPublicKeyInfo: [UInt8] = {
    let algorithm: [UInt8] = [
      0x30, 0x3D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A, 0x30, 0x30, 0xA0, 0x0D, 0x30, 0x0B,
      0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0xA1, 0x1A, 0x30, 0x18, 0x06, 0x09, 0x2A, 0x86,
      0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08, 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
      0x02, 0xA2, 0x03, 0x02, 0x01, 0x30,
    ]
    return [0x30, 0x82, 0x01, 0x52] + algorithm
      + [0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00]
      + [UInt8](repeating: 0xC5, count: 256) + [0x02, 0x03, 0x01, 0x00, 0x01]
  }()

  static let token: [UInt8] =
    [0, 2] + [UInt8](repeating: 1, count: 32) + [UInt8](repeating: 2, count: 32) + [UInt8](repeating: 3, count: 32)
    + [UInt8](repeating: 4, count: 256)

  /// The generator of P-384, compressed.
  static let element: [UInt8] = [
    0x03, 0xAA, 0x87, 0xCA, 0x22, 0xBE, 0x8B, 0x05, 0x37, 0x8E, 0xB1, 0xC7, 0x1E, 0xF3, 0x20, 0xAD, 0x74, 0x6E, 0x1D,
    0x3B, 0x62, 0x8B, 0xA7, 0x9B, 0x98, 0x59, 0xF7, 0x41, 0xE0, 0x82, 0x54, 0x2A, 0x38, 0x55, 0x02, 0xF2, 0x5D, 0xBF,
    0x55, 0x29, 0x6C, 0x3A, 0x54, 0x5E, 0x38, 0x72, 0x76, 0x0A, 0xB7,
  ]

  static let voprfResponse: [UInt8] = element + [UInt8](repeating: 5, count: 96)

  static func voprfChallenge() throws -> TokenChallenge {
    try TokenChallenge(
      tokenType: .voprfP384, issuerName: Array("issuer.test".utf8), redemptionContext: [], originInfo: [])
  }

  static let serverNames: [[UInt8]] = ["issuer.test", "Issuer.test:8443", "[2001:db8::1]:80", "a:"].map {
    Array($0.utf8)
  }

  @Sendable static func batchedRequests() throws -> [[UInt8]] {
    let blindRSA = try TokenRequest(decoding: [0, 2, 9] + [UInt8](repeating: 7, count: 256))
    let voprf = try TokenRequest(decoding: [0, 1, 9] + element)
    return [
      try BatchedTokenRequest([voprf]).encoded, try BatchedTokenRequest([blindRSA, voprf, blindRSA]).encoded,
    ]
  }

  @Sendable static func batchedResponses() throws -> [[UInt8]] {
    let blindRSA = try TokenResponse(decoding: [UInt8](repeating: 7, count: 256))
    let voprf = try TokenResponse(decoding: voprfResponse, tokenType: .voprfP384)
    return [
      try BatchedTokenResponse([nil]).encoded, try BatchedTokenResponse([blindRSA, nil, voprf]).encoded,
    ]
  }

  static func challenges() throws -> [TokenChallenge] {
    [
      try TokenChallenge(issuerName: Array("issuer.test".utf8), redemptionContext: [], originInfo: []),
      try TokenChallenge.cloister(issuerName: "issuer.test", originInfo: "a.test,b.test", issuerDay: 3),
    ]
  }

  @Sendable static func challengeFields() throws -> [[UInt8]] {
    let fields = try challenges().map { challenge in
      PrivateTokenChallenge(
        challenge: challenge.encoded, tokenKey: Array(subjectPublicKeyInfo.prefix(9)), maximumAge: .seconds(60)
      ).fieldValue
    }
    return
      (fields + [
        fields.joined(separator: ","), "Basic realm=\"a \\\" b\", PrivateToken challenge=AAIAAWEAAAA=",
        "Negotiate YWJj==, PrivateToken challenge=\"AAIAAWEAAAA=\", max-age=\"10\"",
      ]).map { Array($0.utf8) }
  }

  @Sendable static func authorizationFields() throws -> [[UInt8]] {
    let field = PrivateTokenAuthorization.fieldValue(for: try Token(decoding: token))
    return [Array(field.utf8), Array((field + ", other=\"x\"").utf8)]
  }

  @Sendable static func directories() throws -> [[UInt8]] {
    let key = IssuerDirectory.TokenKey(
      tokenType: .blindRSA2048, encodedKey: subjectPublicKeyInfo, notBefore: 1_700_000_000)
    let short = IssuerDirectory.TokenKey(tokenType: TokenType(rawValue: 1), encodedKey: [1, 2, 3, 4])
    return [
      IssuerDirectory(issuerRequestURI: "/request", tokenKeys: [key]).json.canonicalBytes,
      Array(IssuerDirectory(issuerRequestURI: "https://issuer.test/", tokenKeys: [short]).json.indentedText.utf8),
    ]
  }

  static var planKeys: [UInt8] {
    let key = Data(subjectPublicKeyInfo).base64EncodedString()
    return JSONValue.array([["plan": "standard", "key": .string(key)]]).canonicalBytes
  }
}

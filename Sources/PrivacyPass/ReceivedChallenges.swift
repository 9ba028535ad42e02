extension PrivateTokenChallenge {
  /// All `PrivateToken` challenges of a message that may have several `WWW-Authenticate` fields, in their order. Each
  /// field is a whole list by itself (RFC 9110, section 5.3).
  ///
  /// - Throws: `token-field-malformed`.
  public static func parseAll(fieldValues: [String]) throws(PrivacyPassError) -> [PrivateTokenChallenge] {
    try requireFew(fieldValues)
    var challenges: [PrivateTokenChallenge] = []
    for value in fieldValues { challenges += try parseAll(fieldValue: value) }
    return challenges
  }

  private static func requireFew(_ fieldValues: [String]) throws(PrivacyPassError) {
    guard fieldValues.count <= AuthenticationField.entryLimit else {
      throw PrivacyPassError(
        PrivacyPassError.fieldMalformed,
        "\(fieldValues.count) authentication fields, at most \(AuthenticationField.entryLimit) are allowed")
    }
  }

  /// The field value for several challenges, the preferred one first.
  public static func fieldValue(_ challenges: [PrivateTokenChallenge]) -> String {
    challenges.map(\.fieldValue).joined(separator: ", ")
  }

  /// The challenges that a client may answer, in the origin's order of preference: of a type that is known here, well
  /// formed, and naming the origin that sent them (RFC 9577, section 2.1.3). All others are ignored, as it has to be,
  /// each by itself.
  ///
  /// Cloister's own client does not use this: it answers no challenge but the one it builds itself.
  ///
  /// - Parameter origin: the server that sent the fields.
  /// - Throws: `token-field-malformed` where the fields themselves cannot be read.
  public static func answerable(
    fieldValues: [String], from origin: ServerName
  ) throws(PrivacyPassError) -> [(parameters: PrivateTokenChallenge, challenge: TokenChallenge)] {
    try requireFew(fieldValues)
    var parameters: [PrivateTokenChallenge] = []
    for value in fieldValues { parameters += try readable(fieldValue: value) }
    return parameters.compactMap { parameters in
      guard (try? parameters.tokenType?.sizes()) != nil,
        let challenge = try? TokenChallenge(decoding: parameters.challenge),
        (try? challenge.requireOrigin(origin)) != nil
      else { return nil }
      return (parameters, challenge)
    }
  }
}

extension TokenType {
  /// The values that are reserved for unknown types that a peer must ignore (RFC 9577, section 6.2.1).
  public static let reserved: [TokenType] = [
    0x0000, 0x02AA, 0x1132, 0x2E96, 0x3CD3, 0x4473, 0x5A63, 0x6D32, 0x7F3F, 0x8D07, 0x916B, 0xA6A4, 0xBEAB, 0xC3F3,
    0xDA42, 0xE944, 0xF057,
  ].map { TokenType(rawValue: $0) }
}

extension PrivateTokenChallenge {
  /// A challenge of a random reserved type with random content, which every client must ignore. An origin that sends one
  /// among the others now and then keeps clients able to meet new types (RFC 9577, section 4.1).
  public static func greased() -> PrivateTokenChallenge {
    var generator = SystemRandomNumberGenerator()
    func random(_ byteCount: Int) -> [UInt8] { (0..<byteCount).map { _ in .random(in: 0...255, using: &generator) } }
    let tokenType = TokenType.reserved.randomElement(using: &generator)?.rawValue ?? 0
    return PrivateTokenChallenge(
      challenge: [UInt8(tokenType >> 8), UInt8(tokenType & 0xFF)] + random(.random(in: 1...64, using: &generator)),
      tokenKey: random(.random(in: 1...64, using: &generator)))
  }
}

/// A `WWW-Authenticate` or `Authorization` field value, taken apart (RFC 9110, section 11).
///
///     challenge   = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
///     auth-param  = token BWS "=" BWS ( token / quoted-string )
///
/// A value without quotes may end in one or two `=`: base64 with padding is no token, yet widely written as one.
/// Total on any input; says nothing about schemes and parameters.
struct AuthenticationField {
  struct Entry {
    /// In lower case.
    let scheme: String
    /// Names in lower case; values without quotes.
    var parameters: [String: [UInt8]] = [:]
  }

  /// The longest field value, in bytes, and the most challenges, and parameters of one, that are read.
  static let byteLimit = 16 << 10
  static let entryLimit = 32
  static let parameterLimit = 32

  private let bytes: [UInt8]
  private var position = 0
  private var entries: [Entry] = []

  /// - Throws: `token-field-malformed`.
  static func parse(_ value: String) throws(PrivacyPassError) -> [Entry] {
    guard value.utf8.count <= byteLimit else { throw malformed("above \(byteLimit) bytes") }
    var field = AuthenticationField(bytes: Array(value.utf8))
    try field.parseEntries()
    return field.entries
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private static func malformed(_ what: String) -> PrivacyPassError {
    PrivacyPassError(PrivacyPassError.fieldMalformed, "authentication field is \(what)")
  }

  private func malformed() -> PrivacyPassError { Self.malformed("not well formed at byte \(position)") }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func parseEntries() throws(PrivacyPassError) {
    while true {
      skip { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ",") }
      guard next != nil else { return }
      let word = take(while: Self.isTokenCharacter)
      guard !word.isEmpty else { throw malformed() }
      if let value = try takeParameterValue() {
        try add(word, value)
      } else {
        guard entries.count < Self.entryLimit else { throw Self.malformed("a list of more than \(Self.entryLimit)") }
        entries.append(Entry(scheme: Self.lowerCased(word)))
        try parseFirstParameter()
      }
      skipWhiteSpace()
      guard next == nil || next == UInt8(ascii: ",") else { throw malformed() }
    }
  }

  /// What may follow a scheme: its first parameter, or a token68 (which no scheme of ours has), or nothing.
  private mutating func parseFirstParameter() throws(PrivacyPassError) {
    guard next == 0x20 else { return }
    skipWhiteSpace()
    let start = position
    let name = take(while: Self.isTokenCharacter)
    if !name.isEmpty, let value = try takeParameterValue() {
      try add(name, value)
    } else {
      position = start
      skip { Self.isTokenCharacter($0) || $0 == UInt8(ascii: "/") }
      skip { $0 == UInt8(ascii: "=") }
    }
  }

  private mutating func add(_ name: ArraySlice<UInt8>, _ value: [UInt8]) throws(PrivacyPassError) {
    guard let last = entries.indices.last, entries[last].parameters.count < Self.parameterLimit else {
      throw malformed()
    }
    guard entries[last].parameters.updateValue(value, forKey: Self.lowerCased(name)) == nil else {
      throw Self.malformed("naming a parameter twice")
    }
  }

  /// Nil, and nothing taken, where no `=` with a value follows.
  private mutating func takeParameterValue() throws(PrivacyPassError) -> [UInt8]? {
    let start = position
    skipWhiteSpace()
    guard next == UInt8(ascii: "=") else {
      position = start
      return nil
    }
    position += 1
    skipWhiteSpace()
    if next == UInt8(ascii: "\"") { return try takeQuotedString() }
    let value = take(while: Self.isTokenCharacter)
    guard !value.isEmpty else {
      position = start
      return nil
    }
    return Array(value) + (try takePadding())
  }

  /// At the end of a value without quotes.
  private mutating func takePadding() throws(PrivacyPassError) -> ArraySlice<UInt8> {
    let padding = take { $0 == UInt8(ascii: "=") }
    guard padding.count <= 2 else { throw malformed() }
    return padding
  }

  private mutating func takeQuotedString() throws(PrivacyPassError) -> [UInt8] {
    position += 1
    var value: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return value
      case UInt8(ascii: "\\"):
        guard let escaped = next, Self.isQuotable(escaped) else { throw malformed() }
        position += 1
        value.append(escaped)
      default:
        guard Self.isQuotable(byte) else { throw malformed() }
        value.append(byte)
      }
    }
    throw malformed()
  }

  private mutating func skipWhiteSpace() { skip { $0 == 0x20 || $0 == 0x09 } }

  private mutating func skip(while matches: (UInt8) -> Bool) { _ = take(while: matches) }

  private mutating func take(while matches: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let taken = bytes[position...].prefix(while: matches)
    position = taken.endIndex
    return taken
  }

  private static func isQuotable(_ byte: UInt8) -> Bool { byte == 0x09 || (byte >= 0x20 && byte != 0x7F) }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func lowerCased(_ word: ArraySlice<UInt8>) -> String {
    String(decoding: word, as: UTF8.self).lowercased()
  }
}

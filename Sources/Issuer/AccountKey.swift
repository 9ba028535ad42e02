import WireFormat

/// What opens an account: an identifier by which its row is found, and a secret that nobody stores.
///
///     identifier (8 bytes) | secret (32 bytes), as 80 hexadecimal digits
///
/// The identifier alone opens nothing. A key of no account costs one look-up and no scrypt.
public struct AccountKey: Sendable {
  static let identifierByteCount = 8
  static let secretByteCount = 32

  private let bytes: [UInt8]

  /// A fresh random key.
  public init() {
    var generator = SystemRandomNumberGenerator()
    bytes = (0..<Self.identifierByteCount + Self.secretByteCount).map { _ in
      UInt8.random(in: 0...255, using: &generator)
    }
  }

  /// Nil unless the text is 80 hexadecimal digits.
  public init?(hexadecimal text: some StringProtocol) {
    guard text.utf8.count == 2 * (Self.identifierByteCount + Self.secretByteCount),
      let bytes = [UInt8](hexadecimal: text)
    else { return nil }
    self.bytes = bytes
  }

  /// For the one who gets the account; nothing else shows it.
  public var hexadecimal: String { bytes.hexadecimal }

  /// 16 hexadecimal digits: the account's identifier in the database.
  package var identifier: String { bytes.prefix(Self.identifierByteCount).hexadecimal }

  /// Secret.
  var secret: [UInt8] { Array(bytes.dropFirst(Self.identifierByteCount)) }
}

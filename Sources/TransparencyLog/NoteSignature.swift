/// One signature line of a note: `— <name> base64(key ID || signature)`.
public struct NoteSignature: Sendable {
  /// Names of keys are not empty and hold neither white space nor `+`.
  public let name: String
  public let noteKeyID: UInt32
  /// What the key's type defines: 64 bytes for Ed25519; 8 bytes of time before them for a cosignature.
  public let signature: [UInt8]
  /// The base64 as it was received, so that a parsed note encodes to its own bytes again.
  private let encodedSignature: String

  private static let prefix = "\u{2014} "

  /// - Throws: `note-malformed` for a name that no key can have, or an empty signature.
  public init(name: String, noteKeyID: UInt32, signature: [UInt8]) throws(TransparencyLogError) {
    try self.init(
      name: name, noteKeyID: noteKeyID, signature: signature,
      encodedSignature: Base64.encode(noteKeyID.bigEndianBytes + signature))
  }

  private init(
    name: String, noteKeyID: UInt32, signature: [UInt8], encodedSignature: String
  ) throws(TransparencyLogError) {
    guard Self.isKeyName(name), !signature.isEmpty else {
      throw TransparencyLogError(TransparencyLogError.noteMalformed, "a signature has an impossible name or no bytes")
    }
    self.name = name
    self.noteKeyID = noteKeyID
    self.signature = signature
    self.encodedSignature = encodedSignature
  }

  /// - Parameter line: without its newline.
  /// - Throws: `note-malformed`.
  init(line: Substring) throws(TransparencyLogError) {
    let malformed = TransparencyLogError(TransparencyLogError.noteMalformed, "a signature line is malformed")
    guard line.utf8.starts(with: Self.prefix.utf8) else { throw malformed }
    let fields = line.utf8.dropFirst(Self.prefix.utf8.count)
      .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard fields.count == 2, let bytes = Base64.decodeIgnoringSpareBits(fields[1]), bytes.count > 4 else {
      throw malformed
    }
    try self.init(
      name: fields[0], noteKeyID: bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }, signature: Array(bytes[4...]),
      encodedSignature: fields[1])
  }

  /// The line with its newline.
  public var line: String { "\(Self.prefix)\(name) \(encodedSignature)\n" }

  static func isKeyName(_ name: String) -> Bool {
    if !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "+") }) { return true }
    return !name.isEmpty
      && name.unicodeScalars.allSatisfy { $0 != "+" && $0.value >= 0x20 && !$0.properties.isWhitespace }
  }
}

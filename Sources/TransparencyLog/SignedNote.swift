import Crypto

/// A text with signature lines (C2SP signed-note). Parsing verifies nothing.
///
/// Whatever parses encodes to exactly the parsed bytes again.
public struct SignedNote: Sendable {
  /// The largest note, in bytes.
  public static let byteLimit = 128 << 10
  /// The most signature lines of a note.
  public static let signatureLimit = 64

  /// Ends in a newline.
  public let text: String
  public private(set) var signatures: [NoteSignature]
  /// The bytes that were parsed, which are those that the note encodes to.
  private var received: [UInt8]?

  /// - Throws: `note-malformed` unless the text is one of a note: UTF-8 without control characters, ending in newline.
  public init(text: String, signatures: [NoteSignature]) throws(TransparencyLogError) {
    let bytes = Array(text.utf8)
    guard bytes.last == newline, bytes.allSatisfy({ $0 >= 0x20 || $0 == newline }) else {
      throw Self.malformed("the text has control characters or no final newline")
    }
    self.text = text
    self.signatures = signatures
  }

  /// - Throws: `note-malformed`.
  public init(parsing bytes: [UInt8]) throws(TransparencyLogError) { try self.init(parsing: bytes[...]) }

  /// - Throws: `note-malformed`.
  public init(parsing bytes: ArraySlice<UInt8>) throws(TransparencyLogError) {
    guard bytes.count <= Self.byteLimit else {
      throw Self.malformed("\(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
    }
    guard
      let lastIndex = bytes.indices.last(where: {
        $0 > bytes.startIndex && bytes[$0] == newline && bytes[$0 - 1] == newline
      })
    else { throw Self.malformed("no empty line") }
    guard let text = plainText(bytes[..<lastIndex]) else {
      throw Self.malformed("the text has control characters or is not UTF-8")
    }
    guard let lines = terminatedLines(bytes[(lastIndex + 1)...]) else {
      throw Self.malformed("no signature lines")
    }
    guard lines.count <= Self.signatureLimit else {
      throw Self.malformed("\(lines.count) signatures, at most \(Self.signatureLimit) are allowed")
    }
    self.text = text
    signatures = []
    signatures.reserveCapacity(lines.count)
    for line in lines { signatures.append(try NoteSignature(line: line)) }
    received = Array(bytes)
  }

  public var encoded: [UInt8] { received ?? Array((text + "\n" + signatures.map(\.line).joined()).utf8) }

  /// SHA-256 of the whole note.
  public var digest: [UInt8] { Array(SHA256.hash(data: encoded)) }

  public mutating func append(_ signature: NoteSignature) {
    signatures.append(signature)
    received = nil
  }

  /// Sorts the signatures into those of known keys, which all verify, and the others, as signed-note says.
  /// - Throws: `note-signature-invalid` for one bad signature by a known key, `note-unsigned` without a good one.
  public func verified(
    by keys: [NoteVerifierKey]
  ) throws(TransparencyLogError) -> (verified: [NoteSignature], unverified: [NoteSignature]) {
    var verified: [NoteSignature] = []
    var unverified: [NoteSignature] = []
    for signature in signatures {
      guard let key = keys.first(where: { $0.matches(signature) }) else {
        unverified.append(signature)
        continue
      }
      guard key.isValid(signature, over: text) else {
        throw TransparencyLogError(TransparencyLogError.noteSignatureInvalid, "a known key's signature does not verify")
      }
      if !verified.contains(where: { key.matches($0) }) { verified.append(signature) }
    }
    guard !verified.isEmpty else {
      throw TransparencyLogError(TransparencyLogError.noteUnsigned, "no signature by a known key")
    }
    return (verified, unverified)
  }

  private static func malformed(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.noteMalformed, what)
  }
}

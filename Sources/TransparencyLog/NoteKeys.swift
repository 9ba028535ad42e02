import Crypto
public import Foundation
import WireFormat

/// What a note key signs; the raw value is signed-note's signature type identifier.
public enum NoteKeyType: UInt8, Sendable {
  /// Ed25519 over the note's text.
  case ed25519 = 1
  /// Timestamped Ed25519 over a checkpoint: `cosignature/v1` (C2SP tlog-cosignature).
  case cosignature = 4
}

/// A public key that verifies signatures of notes, written `<name>+<key ID>+<base64 of type and key>`.
public struct NoteVerifierKey: Sendable, Hashable {
  public static let publicKeyByteCount = 32

  public let name: String
  public let type: NoteKeyType
  /// 32 bytes (RFC 8032).
  public let publicKey: [UInt8]
  /// The first four bytes of SHA-256 over name, newline, type and key.
  public let noteKeyID: UInt32
  /// Nil where the bytes are no public key: nothing verifies under it.
  private let key: Curve25519.Signing.PublicKey?

  /// - Throws: `note-key-malformed` for an impossible name or a key of another length.
  public init(name: String, type: NoteKeyType, publicKey: [UInt8]) throws(TransparencyLogError) {
    guard NoteSignature.isKeyName(name) else { throw Self.malformed("an impossible name") }
    guard publicKey.count == Self.publicKeyByteCount else {
      throw Self.malformed("a public key of \(publicKey.count) bytes, expected \(Self.publicKeyByteCount)")
    }
    self.name = name
    self.type = type
    self.publicKey = publicKey
    key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
    noteKeyID = SHA256.hash(data: Array(name.utf8) + [newline, type.rawValue] + publicKey).prefix(4)
      .reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Parses a `vkey`.
  /// - Throws: `note-key-malformed`.
  public init(parsing vkey: String) throws(TransparencyLogError) {
    let fields = vkey.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
      .map { Substring($0) }
    guard fields.count == 3, let material = Base64.decode(fields[2]), let first = material.first else {
      throw Self.malformed("not written name+id+key")
    }
    guard let type = NoteKeyType(rawValue: first) else { throw Self.malformed("signature type \(first)") }
    try self.init(name: String(fields[0]), type: type, publicKey: Array(material.dropFirst()))
    guard encoded.isSameBytes(as: vkey) else { throw Self.malformed("another key identifier") }
  }

  /// The `vkey`.
  public var encoded: String {
    "\(name)+\(noteKeyID.bigEndianBytes.hexadecimal)+\(Base64.encode([type.rawValue] + publicKey))"
  }

  /// True where a signature claims to be by this key.
  public func matches(_ signature: NoteSignature) -> Bool {
    noteKeyID == signature.noteKeyID && name.isSameBytes(as: signature.name)
  }

  /// True where a signature is by this key over this text.
  public func isValid(_ signature: NoteSignature, over text: String) -> Bool {
    switch type {
    case .ed25519: isValid(signature: signature.signature, over: Array(text.utf8))
    case .cosignature: cosignatureTime(signature, over: text) != nil
    }
  }

  /// When the witness cosigned; nil where the cosignature does not verify.
  public func cosignatureTime(_ signature: NoteSignature, over text: String) -> Date? {
    guard type == .cosignature, let cosignature = Cosignature(signature.signature),
      isValid(signature: cosignature.signature, over: Cosignature.message(text, timestamp: cosignature.timestamp))
    else { return nil }
    return Date(timeIntervalSince1970: Double(cosignature.timestamp))
  }

  private func isValid(signature: [UInt8], over message: [UInt8]) -> Bool {
    guard signature.count == 64, let key else { return false }
    return key.isValidSignature(signature, for: message)
  }

  private static func malformed(_ what: String) -> TransparencyLogError {
    TransparencyLogError(TransparencyLogError.noteKeyMalformed, "verifier key with \(what)")
  }

  public static func == (left: NoteVerifierKey, right: NoteVerifierKey) -> Bool {
    left.type == right.type && left.publicKey == right.publicKey && left.name.isSameBytes(as: right.name)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(publicKey) }
}

/// The secret half of a note key.
public struct NoteSigningKey: Sendable {
  public let verifierKey: NoteVerifierKey
  private let key: Curve25519.Signing.PrivateKey

  /// Makes a new key.
  public init(name: String, type: NoteKeyType) throws(TransparencyLogError) {
    try self.init(name: name, type: type, key: Curve25519.Signing.PrivateKey())
  }

  /// - Parameter seed: 32 secret bytes (RFC 8032).
  /// - Throws: `note-key-malformed`.
  public init(name: String, type: NoteKeyType, seed: [UInt8]) throws(TransparencyLogError) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw TransparencyLogError(TransparencyLogError.noteKeyMalformed, "a seed of \(seed.count) bytes, expected 32")
    }
    try self.init(name: name, type: type, key: key)
  }

  private init(name: String, type: NoteKeyType, key: Curve25519.Signing.PrivateKey) throws(TransparencyLogError) {
    verifierKey = try NoteVerifierKey(name: name, type: type, publicKey: Array(key.publicKey.rawRepresentation))
    self.key = key
  }

  /// The 32 secret bytes, for storing the key.
  public var seed: [UInt8] { Array(key.rawRepresentation) }

  /// Signs a note's text.
  /// - Throws: `note-key-wrong-type` unless the key is for Ed25519 notes.
  public func sign(_ text: String) throws(TransparencyLogError) -> NoteSignature {
    guard verifierKey.type == .ed25519 else { throw Self.wrongType }
    return try noteSignature(prefix: [], message: Array(text.utf8))
  }

  /// Cosigns a checkpoint, with the time in whole seconds.
  /// - Throws: `note-key-wrong-type` unless the key is for cosignatures, or for a time before 1970.
  public func cosign(_ checkpoint: Checkpoint, at time: Date) throws(TransparencyLogError) -> NoteSignature {
    guard verifierKey.type == .cosignature, let seconds = Int64(exactly: time.timeIntervalSince1970.rounded(.down)),
      seconds >= 0
    else { throw Self.wrongType }
    let timestamp = UInt64(seconds)
    return try noteSignature(
      prefix: Cosignature.encode(timestamp), message: Cosignature.message(checkpoint.text, timestamp: timestamp))
  }

  private func noteSignature(prefix: [UInt8], message: [UInt8]) throws(TransparencyLogError) -> NoteSignature {
    guard let signature = try? key.signature(for: message) else { throw Self.wrongType }
    return try NoteSignature(
      name: verifierKey.name, noteKeyID: verifierKey.noteKeyID, signature: prefix + Array(signature))
  }

  private static let wrongType = TransparencyLogError(
    TransparencyLogError.noteKeyWrongType, "the key does not make this type of signature")
}

/// `cosignature/v1`: eight big-endian bytes of POSIX time, then an Ed25519 signature.
private struct Cosignature {
  let timestamp: UInt64
  let signature: [UInt8]

  init?(_ bytes: [UInt8]) {
    guard bytes.count == 8 + 64 else { return nil }
    timestamp = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    guard timestamp <= UInt64(Int64.max) else { return nil }
    signature = Array(bytes[8...])
  }

  static func encode(_ timestamp: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: timestamp >> (56 - 8 * UInt64($0))) }
  }

  static func message(_ text: String, timestamp: UInt64) -> [UInt8] {
    Array("cosignature/v1\ntime \(timestamp)\n\(text)".utf8)
  }
}

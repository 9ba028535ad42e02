import Crypto
import Foundation
import StrictJSON
import WireFormat

/// A DSSE envelope: exact payload bytes, their type, and Ed25519 signatures over both.
///
/// Format: docs/formats/statement.md. Decoding says nothing about the signers: `verifiedPayload` does.
public struct Statement: Sendable, Equatable {
  /// The largest envelope that a log entry can hold (C2SP tlog-tiles).
  public static let byteLimit = 65_535

  public struct Signature: Sendable, Equatable {
    /// The signer's `StatementKey.identifier`: a hint, not trusted.
    public let keyIdentifier: String
    public let bytes: [UInt8]
  }

  public let payloadType: String
  public let payload: [UInt8]
  public private(set) var signatures: [Signature]

  public init(payloadType: String, payload: [UInt8]) {
    self.payloadType = payloadType
    self.payload = payload
    signatures = []
  }

  /// Parses the JSON envelope; unknown and repeated members are refused.
  public init(parsing bytes: [UInt8]) throws(TrustError) {
    do {
      var envelope = try JSONObject(parsing: bytes, name: "statement", byteLimit: Statement.byteLimit)
      payloadType = try envelope.string("payloadType")
      payload = try Statement.decodeBase64(try envelope.string("payload"))
      var signatures: [Signature] = []
      for element in try envelope.array("signatures") {
        var object = try JSONObject(element, name: "signature")
        let bytes = try Statement.decodeBase64(try object.string("sig"))
        signatures.append(Signature(keyIdentifier: try object.string("keyid"), bytes: bytes))
        try object.finish()
      }
      try envelope.finish()
      self.signatures = signatures
    } catch let error as JSONError {
      throw TrustError(TrustError.malformed, "statement is not a DSSE envelope: \(error.code)")
    } catch let error as TrustError {
      throw error
    } catch {
      throw TrustError(TrustError.malformed, "statement is not a DSSE envelope")
    }
    guard encoded == bytes else { throw TrustError(TrustError.malformed, "statement is not in its canonical form") }
  }

  /// The canonical envelope, which is what logs hold.
  public var encoded: [UInt8] {
    let list = signatures.map { signature in
      JSONValue.object([
        "keyid": .string(signature.keyIdentifier), "sig": .string(Data(signature.bytes).base64EncodedString()),
      ])
    }
    return JSONValue.object([
      "payload": .string(Data(payload).base64EncodedString()), "payloadType": .string(payloadType),
      "signatures": .array(list),
    ]).canonicalBytes
  }

  private static func decodeBase64(_ text: String) throws(TrustError) -> [UInt8] {
    guard let data = Data(base64Encoded: text) else {
      throw TrustError(TrustError.malformed, "statement has a field that is not base64")
    }
    return Array(data)
  }

  /// DSSE's pre-authentication encoding: what is signed.
  private var preAuthenticationEncoding: [UInt8] {
    Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
  }

  public mutating func sign(with key: StatementSigningKey) {
    let bytes = key.signature(for: preAuthenticationEncoding)
    signatures.append(Signature(keyIdentifier: key.publicKey.identifier, bytes: bytes))
  }

  /// The payload, once enough different keys of `keys` signed it.
  ///
  /// Signatures of unknown keys are passed over; one key counts once however often it signed.
  /// - Throws: `statement-payload-type`, `statement-signature-invalid`, `statement-signatures`.
  public func verifiedPayload(
    type: String, keys: [StatementKey], threshold: Int
  ) throws(TrustError) -> [UInt8] {
    guard payloadType == type else {
      throw TrustError(TrustError.payloadType, "statement has another payload type than \(type)")
    }
    let signed = preAuthenticationEncoding
    var signers: Set<String> = []
    for signature in signatures {
      guard let key = keys.first(where: { $0.identifier == signature.keyIdentifier }) else { continue }
      guard key.isValid(signature: signature.bytes, for: signed) else {
        throw TrustError(TrustError.badSignature, "a known key's signature over the statement is wrong")
      }
      signers.insert(key.identifier)
    }
    guard threshold > 0, signers.count >= threshold else {
      throw TrustError(
        TrustError.tooFewSignatures, "statement is signed by \(signers.count) known keys, expected \(threshold)")
    }
    return payload
  }
}

extension Statement {
  /// The payload, once the publishers' threshold of different keys signed it.
  /// - Throws: `statement-payload-type`, `statement-signature-invalid`, `statement-signatures`.
  public func verifiedPayload(type: String, publishers: Publishers) throws(TrustError) -> [UInt8] {
    try verifiedPayload(type: type, keys: publishers.keys, threshold: publishers.threshold)
  }
}

/// The public half of a publisher's or operator's Ed25519 key.
public struct StatementKey: Sendable, Equatable {
  public let rawRepresentation: [UInt8]

  /// - Throws: `trust-malformed` unless these are 32 bytes of a public key.
  public init(rawRepresentation: [UInt8]) throws(TrustError) {
    guard (try? Curve25519.Signing.PublicKey(rawRepresentation: rawRepresentation)) != nil else {
      throw TrustError(TrustError.malformed, "an Ed25519 key has not 32 bytes")
    }
    self.rawRepresentation = rawRepresentation
  }

  /// The first 16 bytes of SHA-256 of the key, hexadecimal.
  public var identifier: String { SHA256.hash(data: rawRepresentation).prefix(16).map { $0 }.hexadecimal }

  func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: rawRepresentation) else { return false }
    return key.isValidSignature(signature, for: message)
  }
}

/// A publisher's or operator's Ed25519 key. Secret; the 32-byte seed is its file form.
public struct StatementSigningKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  public init() { key = Curve25519.Signing.PrivateKey() }

  public init(seed: [UInt8]) throws(TrustError) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw TrustError(TrustError.malformed, "an Ed25519 seed has not 32 bytes")
    }
    self.key = key
  }

  public func withUnsafeSeed<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
    try body(Array(key.rawRepresentation))
  }

  public var publicKey: StatementKey {
    guard let publicKey = try? StatementKey(rawRepresentation: Array(key.publicKey.rawRepresentation)) else {
      preconditionFailure("a public key of the library has 32 bytes")
    }
    return publicKey
  }

  func signature(for message: [UInt8]) -> [UInt8] {
    guard let signature = try? key.signature(for: message) else {
      preconditionFailure("Ed25519 signs every message")
    }
    return Array(signature)
  }
}

/// A key encapsulation mechanism by its number in IANA's HPKE registry (RFC 9180, section 7.1; draft-ietf-hpke-pq).
public enum KEMIdentifier: UInt16, Sendable, Hashable, CaseIterable {
  /// DHKEM(P-256, HKDF-SHA256).
  case p256 = 0x0010
  /// DHKEM(X25519, HKDF-SHA256).
  case x25519 = 0x0020
  /// X-Wing: ML-KEM-768 with X25519, the hybrid that holds while either part holds.
  case xWing = 0x647A

  /// Npk: the length of a public key in bytes; P-256's in uncompressed form.
  public var publicKeyByteCount: Int {
    switch self {
    case .p256: 65
    case .x25519: 32
    case .xWing: 1216
    }
  }

  /// Nenc: the length of an encapsulated key in bytes.
  public var encapsulatedKeyByteCount: Int {
    switch self {
    case .p256: 65
    case .x25519: 32
    case .xWing: 1120
    }
  }

  /// Nsk: the length of a private key in bytes; X-Wing's is its seed.
  public var privateKeyByteCount: Int { 32 }
}

/// A key derivation function by its number in IANA's HPKE registry (RFC 9180, section 7.2).
public enum KDFIdentifier: UInt16, Sendable, Hashable, CaseIterable {
  case hkdfSHA256 = 0x0001
}

/// An authenticated cipher by its number in IANA's HPKE registry (RFC 9180, section 7.3).
public enum AEADIdentifier: UInt16, Sendable, Hashable, CaseIterable {
  case aes128GCM = 0x0001
  case aes256GCM = 0x0002
  case chaCha20Poly1305 = 0x0003

  /// Nk: the length of a key in bytes.
  public var keyByteCount: Int {
    switch self {
    case .aes128GCM: 16
    case .aes256GCM, .chaCha20Poly1305: 32
    }
  }

  /// Nn: the length of a nonce in bytes, the same for all three.
  public var nonceByteCount: Int { 12 }

  /// Nt: the length of an authentication tag in bytes, the same for all three.
  public var tagByteCount: Int { 16 }
}

/// The three algorithms of one HPKE context (RFC 9180, section 5.1).
public struct Ciphersuite: Sendable, Hashable {
  public let kem: KEMIdentifier
  public let kdf: KDFIdentifier
  public let aead: AEADIdentifier

  public init(kem: KEMIdentifier, kdf: KDFIdentifier, aead: AEADIdentifier) {
    self.kem = kem
    self.kdf = kdf
    self.aead = aead
  }
}

package import Crypto

/// Everything of RFC 9180's key schedule (section 5.1) that does not depend on the shared secret, computed once per
/// ciphersuite and `info`: the suite identifier, the hashes of `info` and of the PSK identifier, every label.
public struct KeySchedule: Sendable {
  /// Base mode, or a mode that also authenticates the sender by a pre-shared key.
  package enum Mode: Sendable {
    case base
    case psk(key: [UInt8], identifier: [UInt8])
  }

  /// What one context derives from its shared secret.
  package struct Secrets: Sendable {
    /// Nil for an export-only suite.
    package let messageKey: MessageKey?
    package let exporterSecret: SymmetricKey
  }

  package let kem: KEMIdentifier
  package let aead: AEADIdentifier?
  /// The mode, the hash of the PSK identifier and the hash of `info`.
  package let keyScheduleContext: [UInt8]
  private let secretMessage: [UInt8]
  private let keyInfo: [UInt8]
  private let baseNonceInfo: [UInt8]
  private let exporterInfo: [UInt8]
  /// What precedes the context of an export, behind the length of its output.
  private let exportPrefix: [UInt8]

  /// The schedule of base mode.
  public init(ciphersuite: Ciphersuite, info: [UInt8]) {
    self.init(kem: ciphersuite.kem, aead: ciphersuite.aead, info: info, mode: .base)
  }

  /// - Parameter aead: nil for the export-only suite, 0xFFFF.
  package init(kem: KEMIdentifier, aead: AEADIdentifier?, info: [UInt8], mode: Mode) {
    let labels = Labels(
      suite: Array("HPKE".utf8) + bigEndian(kem.rawValue) + bigEndian(KDFIdentifier.hkdfSHA256.rawValue)
        + bigEndian(aead?.rawValue ?? 0xFFFF))
    let (modeByte, psk, pskIdentifier): (UInt8, [UInt8], [UInt8]) =
      switch mode {
      case .base: (0, [], [])
      case .psk(let key, let identifier): (1, key, identifier)
      }
    let context =
      [modeByte] + KeyedHash.unkeyed.code(of: labels.extractPrefix("psk_id_hash"), pskIdentifier)
      + KeyedHash.unkeyed.code(of: labels.extractPrefix("info_hash"), info)
    self.kem = kem
    self.aead = aead
    exportPrefix = labels.extractPrefix("sec")
    keyScheduleContext = context
    secretMessage = labels.extractPrefix("secret") + psk
    keyInfo = labels.expandInfo("key", context, outputByteCount: aead?.keyByteCount ?? 0) + [1]
    baseNonceInfo = labels.expandInfo("base_nonce", context, outputByteCount: aead?.nonceByteCount ?? 0) + [1]
    exporterInfo = labels.expandInfo("exp", context, outputByteCount: SHA256.byteCount) + [1]
  }

  package func secrets(sharedSecret: SymmetricKey) -> Secrets {
    let secret = KeyedHash(key: KeyedHash(key: sharedSecret).code(of: secretMessage))
    let messageKey = aead.map { aead in
      let key = secret.expandKey(keyInfo, outputByteCount: aead.keyByteCount)
      return secret.code(of: baseNonceInfo).withUnsafeBytes { MessageKey(aead: aead, key: key, baseNonce: $0) }
    }
    return Secrets(
      messageKey: messageKey,
      exporterSecret: secret.expandKey(exporterInfo, outputByteCount: SHA256.byteCount))
  }

  /// RFC 9180, section 5.3. At most 8,160 bytes.
  package func export(_ exporterSecret: SymmetricKey, context: [UInt8], outputByteCount: Int) -> [UInt8] {
    let info = exportInfo(context, outputByteCount)
    guard let output = KeyedHash(key: exporterSecret).expand(info: info, outputByteCount: outputByteCount) else {
      preconditionFailure("an exported secret has at most \(KeyedHash.maximumExpandedByteCount) bytes")
    }
    return output
  }

  /// As `export`, of at most 32 bytes, in storage that is cleared when it is freed.
  package func exportKey(_ exporterSecret: SymmetricKey, context: [UInt8], outputByteCount: Int) -> SymmetricKey {
    let info = exportInfo(context, outputByteCount) + [1]
    return KeyedHash(key: exporterSecret).expandKey(info, outputByteCount: outputByteCount)
  }

  private func exportInfo(_ context: [UInt8], _ outputByteCount: Int) -> [UInt8] {
    bigEndian(UInt16(truncatingIfNeeded: outputByteCount)) + exportPrefix + context
  }
}

/// The prefixes of LabeledExtract and LabeledExpand for one suite identifier (RFC 9180, section 4).
struct Labels: Sendable {
  let suite: [UInt8]

  /// `"HPKE-v1" || suite_id || label`: what precedes the input key material.
  func extractPrefix(_ label: String) -> [UInt8] { Array("HPKE-v1".utf8) + suite + Array(label.utf8) }

  /// `I2OSP(L, 2) || "HPKE-v1" || suite_id || label || info`.
  func expandInfo(_ label: String, _ info: [UInt8], outputByteCount: Int) -> [UInt8] {
    bigEndian(UInt16(truncatingIfNeeded: outputByteCount)) + extractPrefix(label) + info
  }
}

private func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

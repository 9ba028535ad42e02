/// Object identifiers in their DER content octets, as they are compared.
package enum ObjectIdentifier {
  package static let commonName: [UInt8] = [0x55, 0x04, 0x03]
  package static let keyUsage: [UInt8] = [0x55, 0x1D, 0x0F]
  package static let subjectKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x0E]
  package static let basicConstraints: [UInt8] = [0x55, 0x1D, 0x13]
  package static let crlNumber: [UInt8] = [0x55, 0x1D, 0x14]
  package static let reasonCode: [UInt8] = [0x55, 0x1D, 0x15]
  package static let invalidityDate: [UInt8] = [0x55, 0x1D, 0x18]
  package static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x23]

  /// AlgorithmIdentifier of ecdsa-with-SHA256 (RFC 5758, section 3.2).
  package static let ecdsaWithSHA256Identifier: [UInt8] = [
    0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02,
  ]
  /// AlgorithmIdentifier of ecdsa-with-SHA384.
  package static let ecdsaWithSHA384Identifier: [UInt8] = [
    0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03,
  ]

  /// 1.3.6.1.4.1.3704.1, the arc of AMD's extensions.
  package static let amd: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0x9C, 0x78, 0x01]
}

/// RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes (RFC 4055, section 3.1): the one algorithm of
/// AMD's certificates and lists.
package enum RSASSAPSS {
  /// AlgorithmIdentifier with the trailer field left out, as DER has it.
  package static let algorithmIdentifier: [UInt8] =
    [0x30, 0x41] + rsassaPSS + [0x30, 0x34] + hash + maskGeneration + saltLength

  /// The same with the default trailer field written out, as the certificates of AMD's authorities have it.
  package static let algorithmIdentifierWithTrailer: [UInt8] =
    [0x30, 0x46] + rsassaPSS + [0x30, 0x39] + hash + maskGeneration + saltLength + [0xA3, 0x03, 0x02, 0x01, 0x01]

  static func isAlgorithmIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.elementsEqual(algorithmIdentifier) || bytes.elementsEqual(algorithmIdentifierWithTrailer)
  }

  private static let rsassaPSS: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]
  private static let sha384: [UInt8] = [
    0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00,
  ]
  private static let hash: [UInt8] = [0xA0, 0x0F] + sha384
  private static let maskGeneration: [UInt8] =
    [0xA1, 0x1C, 0x30, 0x1A, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x08] + sha384
  private static let saltLength: [UInt8] = [0xA2, 0x03, 0x02, 0x01, 0x30]
}

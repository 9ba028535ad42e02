import Crypto
import CryptoExtras
import Foundation
import PrivacyPass
import Testing

@Suite("Issuer public keys")
struct IssuerKeyTests {
  static let spki = RFC9578Vector.subjectPublicKeyInfo
  /// Where the 256 bytes of the modulus stand.
  static let modulusRange = 81..<337

  @Test("the token key ID is SHA-256 of exactly the received bytes")
  func keyID() throws {
    let key = try IssuerPublicKey(subjectPublicKeyInfo: Self.spki)
    #expect(key.tokenKeyID == Array(SHA256.hash(data: Self.spki)))
    #expect(key.truncatedTokenKeyID == key.tokenKeyID.last)
    #expect(Self.spki.count == IssuerPublicKey.subjectPublicKeyInfoByteCount)
  }

  @Test("a generated key is exported with the RSASSA-PSS identifier and read back")
  func generated() throws {
    let issuer = try Fixtures.otherIssuer()
    let spki = issuer.publicKey.subjectPublicKeyInfo
    #expect(try IssuerPublicKey(subjectPublicKeyInfo: spki) == issuer.publicKey)
    #expect(spki.prefix(81) == Self.spki.prefix(81))
    let pem = issuer.withPKCS8PEMRepresentation { $0 }
    #expect(try TokenIssuer(pemRepresentation: pem).publicKey == issuer.publicKey)
  }

  @Test(
    "an exponent other than 65537 is refused with its own code", arguments: [[1, 0, 3], [1, 0, 0], [3], [1], [0]])
  func exponent(bytes: [UInt8]) throws {
    let spki = Self.encode(modulus: Array(Self.spki[Self.modulusRange]), exponent: bytes)
    #expect(refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: spki) } == "token-issuer-key-exponent")
  }

  @Test(
    "a modulus of other than 2048 bits is refused with its own code",
    arguments: [512, 1024, 2040, 2047, 2049, 2056, 4096])
  func size(bitCount: Int) throws {
    var modulus = [UInt8](repeating: 0xFF, count: (bitCount + 7) / 8)
    if bitCount % 8 != 0 { modulus[0] = 0xFF >> UInt8(8 - bitCount % 8) }
    let spki = Self.encode(modulus: modulus, exponent: [1, 0, 1])
    #expect(refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: spki) } == "token-issuer-key-size")
  }

  @Test("a stored private key of 3072 bits is refused with the code for sizes")
  func privateKeySize() throws {
    let pem = try _RSA.Signing.PrivateKey(keySize: .bits3072).pemRepresentation
    #expect(refusal { _ = try TokenIssuer(pemRepresentation: pem) } == "token-issuer-key-size")
    #expect(refusal { _ = try TokenIssuer(pemRepresentation: "no key") } == "token-issuer-key-malformed")
  }

  @Test("the same key with the plain RSA identifier is refused")
  func plainRSA() throws {
    let plain = try _RSA.Signing.PublicKey(derRepresentation: Self.spki).derRepresentation
    #expect(
      refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: Array(plain)) } == "token-issuer-key-malformed")
  }

  @Test("every truncation and one byte too many is refused")
  func length() {
    for count in 0..<Self.spki.count {
      #expect(
        refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: Array(Self.spki.prefix(count))) }
          == "token-issuer-key-malformed")
    }
    #expect(refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: Self.spki + [0]) } == "token-issuer-key-malformed")
    #expect(
      refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: [UInt8](repeating: 0x30, count: 4097)) }
        == "token-issuer-key-malformed")
  }

  @Test("a change of any byte outside the modulus is refused")
  func everyByte() {
    for index in Self.spki.indices where !Self.modulusRange.contains(index) {
      var changed = Self.spki
      changed[index] ^= 0x01
      #expect(refusal { _ = try IssuerPublicKey(subjectPublicKeyInfo: changed) } != nil, "byte \(index)")
    }
  }

  /// An RSASSA-PSS SubjectPublicKeyInfo of any modulus and exponent.
  private static func encode(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
    let key = der(0x30, der(0x02, unsigned(modulus)) + der(0x02, unsigned(exponent)))
    return der(0x30, Array(spki[4..<67]) + der(0x03, [0] + key))
  }

  private static func unsigned(_ bytes: [UInt8]) -> [UInt8] { (bytes.first ?? 0) >= 0x80 ? [0] + bytes : bytes }

  private static func der(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    let count = content.count
    switch count {
    case 0..<0x80: return [tag, UInt8(count)] + content
    case 0x80..<0x100: return [tag, 0x81, UInt8(count)] + content
    default: return [tag, 0x82, UInt8(count >> 8), UInt8(count & 0xFF)] + content
    }
  }
}

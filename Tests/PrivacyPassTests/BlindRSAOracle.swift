import BigInt
import Crypto
import Foundation

/// RFC 9474 recomputed with plain integers and every random number given: a check on the library, never a part of it.
struct BlindRSAOracle {
  let modulus: BigUInt
  let publicExponent: BigUInt

  var byteCount: Int { (modulus.bitWidth + 7) / 8 }

  /// EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA-384 (RFC 8017, section 9.1.1).
  func encode(_ message: [UInt8], salt: [UInt8]) -> [UInt8] {
    let encodedBitCount = modulus.bitWidth - 1
    let encodedByteCount = (encodedBitCount + 7) / 8
    let messageDigest = Array(SHA384.hash(data: message))
    let digest = Array(SHA384.hash(data: [UInt8](repeating: 0, count: 8) + messageDigest + salt))
    let paddingByteCount = encodedByteCount - salt.count - digest.count - 2
    let block = [UInt8](repeating: 0, count: paddingByteCount) + [1] + salt
    var masked = zip(block, Self.mask(digest, byteCount: block.count)).map { $0 ^ $1 }
    masked[0] &= 0xFF >> UInt8(8 * encodedByteCount - encodedBitCount)
    return masked + digest + [0xBC]
  }

  func blind(_ encodedMessage: [UInt8], blind: BigUInt) -> [UInt8] {
    octets(BigUInt(bytes: encodedMessage) * blind.power(publicExponent, modulus: modulus) % modulus)
  }

  func unblind(_ blindSignature: [UInt8], inverse: BigUInt) -> [UInt8] {
    octets(BigUInt(bytes: blindSignature) * inverse % modulus)
  }

  func inverse(_ number: BigUInt) -> BigUInt? { number.inverse(modulus) }

  func octets(_ number: BigUInt) -> [UInt8] {
    let bytes = Array(number.serialize())
    return [UInt8](repeating: 0, count: max(0, byteCount - bytes.count)) + bytes
  }

  private static func mask(_ seed: [UInt8], byteCount: Int) -> [UInt8] {
    var mask: [UInt8] = []
    var counter: UInt8 = 0
    while mask.count < byteCount {
      mask += SHA384.hash(data: seed + [0, 0, 0, counter])
      counter += 1
    }
    return Array(mask.prefix(byteCount))
  }
}

extension BigUInt {
  init(bytes: [UInt8]) { self.init(Data(bytes)) }
}

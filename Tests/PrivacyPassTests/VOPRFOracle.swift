import BigInt
import Crypto
import Foundation

/// RFC 9497 for P384-SHA384 recomputed with plain integers and every random number given, in the modes without (0) and
/// with proof (1), for batches too: a check on the library, never a part of it.
struct VOPRFOracle {
  typealias Element = P384Oracle.Element

  let mode: UInt8

  private var context: [UInt8] { Array("OPRFV1-".utf8) + [mode] + Array("-P384-SHA384".utf8) }

  func deriveKeyPair(seed: [UInt8], info: [UInt8]) -> BigUInt {
    P384Oracle.hashToScalar(seed + Self.prefixed(info) + [0], domain: Array("DeriveKeyPair".utf8) + context)
  }

  func blind(_ input: [UInt8], blind: BigUInt) -> Element {
    blind * P384Oracle.hashToGroup(input, domain: Array("HashToGroup-".utf8) + context)
  }

  func finalize(_ input: [UInt8], blind: BigUInt, evaluated: Element) -> [UInt8] {
    let unblinded = (blind.inverse(P384Oracle.order) ?? 0) * evaluated
    return Array(
      SHA384.hash(data: Self.prefixed(input) + Self.prefixed(unblinded.bytes) + Array("Finalize".utf8)))
  }

  /// The proof (c, s), 96 bytes, that `evaluated` are `secretKey` times `blinded`.
  func prove(secretKey: BigUInt, blinded: [Element], evaluated: [Element], random: BigUInt) -> [UInt8] {
    let publicKey = secretKey * P384Oracle.generator
    let (m, z) = composites(publicKey, blinded, evaluated)
    let c = challenge(publicKey, m, z, random * P384Oracle.generator, random * m)
    let order = P384Oracle.order
    let s = (random + order - c * secretKey % order) % order
    return P384Oracle.octets(c) + P384Oracle.octets(s)
  }

  func verify(_ proof: [UInt8], publicKey: Element, blinded: [Element], evaluated: [Element]) -> Bool {
    let c = BigUInt(bytes: Array(proof.prefix(48)))
    let s = BigUInt(bytes: Array(proof.dropFirst(48)))
    let (m, z) = composites(publicKey, blinded, evaluated)
    return challenge(publicKey, m, z, s * P384Oracle.generator + c * publicKey, s * m + c * z) == c
  }

  private func composites(_ publicKey: Element, _ blinded: [Element], _ evaluated: [Element]) -> (Element, Element) {
    let seed = Array(
      SHA384.hash(data: Self.prefixed(publicKey.bytes) + Self.prefixed(Array("Seed-".utf8) + context)))
    var m = Element.infinity
    var z = Element.infinity
    for (index, pair) in zip(blinded, evaluated).enumerated() {
      let transcript =
        Self.prefixed(seed) + [UInt8(index >> 8), UInt8(index & 0xFF)] + Self.prefixed(pair.0.bytes)
        + Self.prefixed(pair.1.bytes) + Array("Composite".utf8)
      let weight = hashToScalar(transcript)
      m = m + weight * pair.0
      z = z + weight * pair.1
    }
    return (m, z)
  }

  private func challenge(
    _ publicKey: Element, _ m: Element, _ z: Element, _ t2: Element, _ t3: Element
  ) -> BigUInt {
    hashToScalar([publicKey, m, z, t2, t3].flatMap { Self.prefixed($0.bytes) } + Array("Challenge".utf8))
  }

  private func hashToScalar(_ transcript: [UInt8]) -> BigUInt {
    P384Oracle.hashToScalar(transcript, domain: Array("HashToScalar-".utf8) + context)
  }

  /// Bytes behind their number as 2 big-endian bytes.
  private static func prefixed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes
  }
}

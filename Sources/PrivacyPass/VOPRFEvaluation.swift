import Crypto
import CryptoExtras
import Foundation

/// An evaluated element and its proof as an issuer sent them (RFC 9578, section 5.2), checked so far that the library
/// can take them.
struct VOPRFEvaluation {
  let blindEvaluation: P384._VOPRF.BlindEvaluation

  /// Nil where the element is none of P-384, a scalar of the proof is not between 0 and the group's order
  /// (`DeserializeScalar` of RFC 9497, section 2.1), or the proof leads to the point at infinity.
  ///
  /// The library reduces scalars instead of refusing them, and ends the process where an issuer that knows its own
  /// secret key picks a proof (c, s) for which s * G + c * pkI or s * blinded + c * evaluated is the point at infinity.
  /// Both sums are ruled out here by comparing the x-coordinates of their terms, which key agreement gives.
  init?(_ response: [UInt8], blindedElement: [UInt8], key: VOPRFPublicKey) {
    let element = response.prefix(VOPRFPublicKey.elementByteCount)
    let proof = response.dropFirst(element.count)
    guard VOPRFPublicKey.isCompressedElement(element),
      let challenge = Scalar(proof.prefix(VOPRFPublicKey.scalarByteCount)),
      let answer = Scalar(proof.dropFirst(VOPRFPublicKey.scalarByteCount)),
      let isKeySumSafe = Self.differ(answer.timesGenerator, challenge.times(key.encoded)), isKeySumSafe,
      let isElementSumSafe = Self.differ(answer.times(blindedElement), challenge.times(Array(element))),
      isElementSumSafe,
      let evaluation = try? P384._VOPRF.BlindEvaluation(rawRepresentation: response)
    else { return nil }
    blindEvaluation = evaluation
  }

  private static func differ(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool? {
    guard let left, let right else { return nil }
    return left != right
  }

  /// A number from 1 to the group's order minus 1.
  private struct Scalar {
    let key: P384.KeyAgreement.PrivateKey

    init?(_ bytes: some Collection<UInt8>) {
      guard let key = try? P384.KeyAgreement.PrivateKey(rawRepresentation: Array(bytes)) else { return nil }
      self.key = key
    }

    /// The x-coordinate of this number times the generator.
    var timesGenerator: [UInt8]? { Array(key.publicKey.compressedRepresentation.dropFirst()) }

    /// The x-coordinate of this number times an element.
    func times(_ element: [UInt8]) -> [UInt8]? {
      guard let point = try? P384.KeyAgreement.PublicKey(compressedRepresentation: element) else { return nil }
      return try? key.sharedSecretFromKeyAgreement(with: point).withUnsafeBytes { Array($0) }
    }
  }
}

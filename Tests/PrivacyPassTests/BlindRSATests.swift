import BigInt
import Crypto
import CryptoExtras
import Foundation
import TestSupport
import Testing
import WireFormat

/// RFC 9474, appendix A: the visible half by swift-crypto, what needs chosen randomness by the oracle.
@Suite("Blind RSA signatures of RFC 9474", .enabled(if: VectorFolder.isPresent))
struct BlindRSATests {
  struct File: Decodable { let vectors: [[String: String]] }

  private static func bytes(_ text: String?) throws -> [UInt8] {
    let text = try #require(text)
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : Substring(text)
    return try #require([UInt8](hexadecimal: digits))
  }

  @Test("both variants encode, blind, sign and unblind to the published values")
  func publishedValues() throws {
    let file: File = try VectorFolder.json("privacypass/rfc9474-blind-rsa.json")
    var executed = 0
    for vector in file.vectors {
      let oracle = BlindRSAOracle(
        modulus: BigUInt(bytes: try Self.bytes(vector["n"])),
        publicExponent: BigUInt(bytes: try Self.bytes(vector["e"])))
      let message = try Self.bytes(vector["input_msg"])
      let encoded = oracle.encode(message, salt: try Self.bytes(vector["salt"]))
      #expect(encoded.hexadecimal == vector["encoded_msg"])

      let inverse = BigUInt(bytes: try Self.bytes(vector["inv"]))
      let blind = try #require(oracle.inverse(inverse))
      let blindedMessage = oracle.blind(encoded, blind: blind)
      #expect(blindedMessage.hexadecimal == vector["blinded_msg"])

      // The prefix of a randomized message is part of `input_msg`, so both run as deterministic variants here.
      let isZeroSalt = try Self.bytes(vector["salt"]).isEmpty
      let key = try _RSA.BlindSigning.PrivateKey<SHA384>(
        n: try Self.bytes(vector["n"]), e: try Self.bytes(vector["e"]), d: try Self.bytes(vector["d"]),
        p: try Self.bytes(vector["p"]), q: try Self.bytes(vector["q"]),
        parameters: isZeroSalt ? .RSABSSA_SHA384_PSSZERO_Deterministic : .RSABSSA_SHA384_PSS_Deterministic)
      let blindSignature = Array(try key.blindSignature(for: blindedMessage).rawRepresentation)
      #expect(blindSignature.hexadecimal == vector["blind_sig"])

      let signature = oracle.unblind(blindSignature, inverse: inverse)
      #expect(signature.hexadecimal == vector["sig"])
      #expect(
        key.publicKey.isValidSignature(
          _RSA.Signing.RSASignature(rawRepresentation: signature), for: key.publicKey.prepare(message)))
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("privacypass/rfc9474-blind-rsa.json", published: 2, held: file.vectors.count))
  }
}

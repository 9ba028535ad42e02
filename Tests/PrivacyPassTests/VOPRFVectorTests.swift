import BigInt
import Crypto
import CryptoExtras
import Foundation
import PrivacyPass
import TestSupport
import Testing
import WireFormat

/// RFC 9497, appendix A, ciphersuite P384-SHA384: what swift-crypto shows runs on swift-crypto (keys, evaluation, the
/// function without blinding); blinds, proofs and batches are hidden there and recomputed by the oracle.
@Suite("Verifiable oblivious pseudorandom function of RFC 9497", .enabled(if: VectorFolder.isPresent))
struct VOPRFVectorTests {
  struct File: Decodable { let vectors: [Suite] }

  struct Suite: Decodable {
    let identifier, seed, keyInfo, skSm: String
    let mode: UInt8
    let pkSm: String?
    let vectors: [Case]
  }

  struct Case: Decodable {
    struct Proof: Decodable { let proof, r: String }
    enum CodingKeys: String, CodingKey {
      case blind = "Blind"
      case blindedElement = "BlindedElement"
      case evaluationElement = "EvaluationElement"
      case input = "Input"
      case output = "Output"
      case proof = "Proof"
    }
    let blind, blindedElement, evaluationElement, input, output: String
    let proof: Proof?
  }

  private func bytes(_ text: String?) throws -> [UInt8] {
    let digits = try #require(text)
    return try #require([UInt8](hexadecimal: digits))
  }

  private func batch(_ text: String) throws -> [[UInt8]] {
    try text.split(separator: ",").map { try bytes(String($0)) }
  }

  private func elements(_ text: String) throws -> [P384Oracle.Element] {
    try batch(text).map { try #require(P384Oracle.Element($0)) }
  }

  @Test("modes 0 and 1 over P-384 come out, single and in batches")
  func publishedValues() throws {
    let file: File = try VectorFolder.json("privacypass/rfc9497-oprf.json")
    var executed = 0
    for suite in file.vectors where suite.identifier == "P384-SHA384" && suite.mode <= 1 {
      let oracle = VOPRFOracle(mode: suite.mode)
      let secretKey = BigUInt(bytes: try bytes(suite.skSm))
      #expect(
        oracle.deriveKeyPair(seed: try bytes(suite.seed), info: try bytes(suite.keyInfo)) == secretKey)
      for vector in suite.vectors {
        try blindAndEvaluate(vector, oracle, secretKey)
        if suite.mode == 1 { try verifiable(vector, suite, oracle, secretKey) }
        executed += 1
      }
    }
    #expect(try executed == VectorFolder.caseCount("privacypass/rfc9497-oprf.json", published: 3, held: executed))
  }

  private func blindAndEvaluate(_ vector: Case, _ oracle: VOPRFOracle, _ secretKey: BigUInt) throws {
    let inputs = try batch(vector.input)
    let blinds = try batch(vector.blind).map(BigUInt.init(bytes:))
    let evaluated = try elements(vector.evaluationElement)
    let outputs = try batch(vector.output)
    for (index, blindedElement) in try elements(vector.blindedElement).enumerated() {
      #expect(oracle.blind(inputs[index], blind: blinds[index]).bytes == blindedElement.bytes)
      #expect((secretKey * blindedElement).bytes == evaluated[index].bytes)
      #expect(oracle.finalize(inputs[index], blind: blinds[index], evaluated: evaluated[index]) == outputs[index])
    }
  }

  private func verifiable(_ vector: Case, _ suite: Suite, _ oracle: VOPRFOracle, _ secretKey: BigUInt) throws {
    let publicKeyBytes = try bytes(suite.pkSm)
    #expect(
      try VOPRFTokenIssuer(rawRepresentation: try bytes(suite.skSm)).publicKey
        == VOPRFPublicKey(decoding: publicKeyBytes))
    let key = try P384._VOPRF.PrivateKey(rawRepresentation: try bytes(suite.skSm))
    #expect(Array(key.publicKey.oprfRepresentation) == publicKeyBytes)
    let publicKey = try #require(P384Oracle.Element(publicKeyBytes))

    let evaluationElements = try batch(vector.evaluationElement)
    let inputs = try batch(vector.input)
    let outputs = try batch(vector.output)
    for (index, blinded) in try batch(vector.blindedElement).enumerated() {
      let evaluation = try key.evaluate(P384._VOPRF.BlindedElement(oprfRepresentation: blinded))
      #expect(Array(evaluation.evaluatedElement.oprfRepresentation) == evaluationElements[index])
      #expect(Array(try key.evaluate(inputs[index])) == outputs[index])
      let elements = try [blinded, evaluationElements[index]].map { try #require(P384Oracle.Element($0)) }
      #expect(
        oracle.verify(
          Array(evaluation.proof.rawRepresentation), publicKey: publicKey, blinded: [elements[0]],
          evaluated: [elements[1]]))
    }

    let published = try #require(vector.proof)
    let proof = try bytes(published.proof)
    let blinded = try elements(vector.blindedElement)
    let evaluated = try elements(vector.evaluationElement)
    let random = BigUInt(bytes: try bytes(published.r))
    #expect(oracle.prove(secretKey: secretKey, blinded: blinded, evaluated: evaluated, random: random) == proof)
    #expect(oracle.verify(proof, publicKey: publicKey, blinded: blinded, evaluated: evaluated))
  }
}

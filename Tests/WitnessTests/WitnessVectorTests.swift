import Foundation
import HTTPMessages
import TestSupport
import Testing
import TransparencyLog
import Witness

private struct WitnessSession: Decodable {
  struct Step: Decodable {
    let request: String
    let status: Int
    let check: String?
  }

  let logVkey: String
  let witnessName: String
  let steps: [Step]

  enum CodingKeys: String, CodingKey {
    case steps
    case logVkey = "log_vkey"
    case witnessName = "witness_name"
  }
}

@Suite("vectors: a witness session", .enabled(if: VectorFolder.isPresent))
struct WitnessVectorTests {
  @Test("six requests in order get the answers of a deployed witness")
  func session() async throws {
    let session: WitnessSession = try VectorFolder.json("tlog/witness-add-checkpoint.json")
    let key = try NoteSigningKey(name: session.witnessName, type: .cosignature)
    let party = WitnessParty(
      WitnessService(key: key, logs: [try NoteVerifierKey(parsing: session.logVkey)], store: MemoryWitnessStore()))
    var executed = 0
    for (number, step) in session.steps.enumerated() {
      let answer = await party.respond(
        to: WholeRequest(method: "POST", path: "/add-checkpoint", body: Array(step.request.utf8)))
      #expect(answer.status == step.status, "step \(number)")
      let body = String(decoding: answer.body, as: UTF8.self)
      if let check = step.check {
        let expected = try #require(check.split(separator: "\"").dropFirst().first)
        #expect(body.contains(expected), "step \(number)")
      }
      if step.status == 200 {
        let text = try AddCheckpointRequest(parsing: Array(step.request.utf8)).note.text
        let signature = try #require(try CosignatureLines.parse(answer.body).first)
        #expect(key.verifierKey.cosignatureTime(signature, over: text) != nil)
      }
      executed += 1
    }
    #expect(
      try executed
        == VectorFolder.caseCount("tlog/witness-add-checkpoint.json", published: 6, held: session.steps.count))
  }
}

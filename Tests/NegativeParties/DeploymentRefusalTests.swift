import CloisterClient
import ErrorCodes
import HTTPMessages
import InMemoryParties
import Testing
import TransparencyLog
import Trust

@Suite("Deployments that nobody is sent to", .keepsFolders)
struct DeploymentRefusalTests {
  /// Nothing of a person has left: no encapsulated request reached the relay.
  private func expectNothingSent(_ deployment: InMemoryDeployment) {
    #expect(!deployment.network.messages(to: DeploymentNames.relay).contains { $0.request.method == "POST" })
  }

  @Test("deployment: all nodes on one chip")
  func oneChip() async throws {
    var options = InMemoryDeployment.Options()
    options.chip = { _ in 7 }
    let deployment = try await InMemoryDeployment.started(options)
    let client = try await deployment.makeClientWithTokens()
    await #expect(throws: ClientError(ClientError.tooFewChips, "")) { try await client.summarize(ChatText.export()) }
    expectNothingSent(deployment)
  }

  @Test("deployment: fewer than two nodes, until a second one comes")
  func oneNode() async throws {
    let deployment = try await InMemoryDeployment()
    for index in 1..<3 { deployment.network.kill(DeploymentNames.node(index)) }
    await deployment.gateway.publishDueEpochs()
    let health = try await deployment.get("/health", from: DeploymentNames.gateway)
    #expect(health.status == 503)
    #expect(health.refusalCode == "epoch-too-few-nodes")
    deployment.clock.advance(bySeconds: 5)
    deployment.network.revive(DeploymentNames.node(1))
    await deployment.gateway.publishDueEpochs()
    #expect(try await HandmadeRequest(deployment).bundle.nodes.count == 2)
  }

  @Test("deployment: an epoch's file whose note has two cosignatures")
  func twoCosignatures() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    await deployment.passMinutes(60)
    deployment.network.forgetMessages()
    deployment.network.intercept(DeploymentNames.gateway) { request, deliver in
      let answer = await deliver(request)
      guard request.path == "/epoch/2", let body = try? Self.strippingWitnesses(answer.body) else { return answer }
      return WholeResponse(status: 200, fields: answer.fields, body: body)
    }
    await #expect(throws: ClientError(TransparencyLogError.witnessQuorum, "")) {
      try await client.summarize(ChatText.export())
    }
    expectNothingSent(deployment)
  }

  private static func strippingWitnesses(_ bytes: [UInt8]) throws -> [UInt8] {
    var file = try EpochFile(decoding: bytes)
    let proof = try TLogProof(parsing: file.proof)
    let note = try SignedNote(
      text: proof.note.text,
      signatures: proof.note.signatures.filter { !["witness-1.test/1", "witness-3.test/1"].contains($0.name) })
    file.proof = TLogProof(index: proof.index, hashes: proof.hashes, note: note).encoded
    return file.encoded
  }

  @Test("deployment: an epoch's file with any byte of its bundle changed")
  func bundleChanged() async throws {
    let deployment = try await InMemoryDeployment.started()
    deployment.network.intercept(DeploymentNames.relay) { request, deliver in
      var answer = await deliver(request)
      if request.path.hasSuffix("/epoch/1"), answer.body.count > 5_000 { answer.body[5_000] ^= 1 }
      return answer
    }
    let client = try deployment.makeClient()
    await #expect(throws: ClientError(ClientError.bundleDigest, "")) { try await client.summarize(ChatText.export()) }
    expectNothingSent(deployment)
  }

  @Test("deployment: a relay that serves the epoch before for longer than five minutes")
  func staleEpoch() async throws {
    let deployment = try await InMemoryDeployment.started()
    let client = try await deployment.makeClientWithTokens()
    await deployment.passMinutes(66)
    deployment.network.forgetMessages()
    deployment.network.intercept(DeploymentNames.gateway) { request, deliver in
      var request = request
      if request.path == "/epoch/2" { request.path = "/epoch/1" }
      return await deliver(request)
    }
    await #expect(throws: ClientError(ClientError.epochNotCurrent, "")) {
      try await client.summarize(ChatText.export())
    }
    expectNothingSent(deployment)
  }
}

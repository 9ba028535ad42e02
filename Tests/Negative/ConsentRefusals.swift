import CloisterClient
import Foundation
import TestDeployment
import Testing
import Trust

@Suite("Refused: without consent")
struct ConsentRefusals {
  @Test("a task that the person did not opt in to: nothing is even fetched")
  func notGranted() async throws {
    let client = try brokenEpoch { _, _ in }
    try client.state.consent.change { $0.revoke("summarize") }
    try await expectRefusal(ClientError.consentMissing, of: client)
    #expect(client.parties.arrivals.isEmpty)
  }

  @Test("a new state grants nothing")
  func newState() async throws {
    let client = try brokenEpoch { _, _ in }
    try FileManager.default.removeItem(atPath: client.path + "/consent.json")
    try await expectRefusal(ClientError.consentMissing, of: client)
  }

  @Test("a chat that the person excluded, by its senders")
  func excludedBySenders() async throws {
    let client = try brokenEpoch { _, _ in }
    try client.state.consent.change { $0.exclude(.init(title: nil, senders: ["Ana", "Ben", "Cem"])) }
    try await expectRefusal(ClientError.chatExcluded, of: client)
    #expect(client.parties.arrivals.isEmpty)
  }

  @Test("a chat that the person excluded, by its title: not one line of it is parsed")
  func excludedByTitle() async throws {
    let client = try brokenEpoch { _, _ in }
    try client.state.consent.change { $0.exclude(.init(title: "Book club", senders: [])) }
    // No export at all: were it parsed, the code would be another.
    let export = ChatExport(fileName: "WhatsApp Chat with Book club.txt", bytes: Array("not an export".utf8))
    await #expect(throws: ClientError(ClientError.chatExcluded, "")) { _ = try await client.client.summarize(export) }
    #expect(client.parties.arrivals.isEmpty)
  }

  @Test("a request whose receipt cannot be written")
  func receiptMissing() async throws {
    let client = try brokenEpoch { _, _ in }
    try FileManager.default.removeItem(atPath: client.path + "/receipts")
    #expect(await client.refusal() == ClientError.stateUnusable)
    #expect(client.hasSentNothing)
  }
}

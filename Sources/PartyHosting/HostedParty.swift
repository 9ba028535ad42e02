package import HTTPMessages
package import Logging

/// A party, and what hosting does around each of its answers: the limit of bodies, the record of observations and the
/// log line. The same over sockets and in memory.
package struct HostedParty: Sendable {
  package let party: any Party
  private let record: ObservationRecord?
  private let logger: Logger

  package init(party: any Party, record: ObservationRecord?, logger: Logger) {
    self.party = party
    self.record = record
    self.logger = logger
  }

  package func respond(to request: WholeRequest) async -> WholeResponse {
    guard let limit = party.requestBodyLimit(method: request.method, path: request.path) else { return .notFound }
    guard request.body.count <= limit else { return .requestTooLarge }
    let answer: WholeResponse
    if let record {
      let slot = ObservationSlot()
      answer = await ObservationRecord.$current.withValue(slot) { await party.respond(to: request) }
      record.write(slot.value, request: request, response: answer)
    } else {
      answer = await party.respond(to: request)
    }
    logger.debug("request answered", metadata: ["method": "\(request.method)", "status": "\(answer.status)"])
    return answer
  }
}

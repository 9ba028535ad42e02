package import HTTPMessages
package import Logging
import Synchronization

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

  package func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    guard let limit = party.requestBodyLimit(method: request.method, path: request.path) else {
      return await refuse(.notFound, request, answer)
    }
    // A length that is announced is refused before the body is sent.
    let byteCount = request.body.whole?.count ?? request.field("content-length").flatMap(Int.init) ?? 0
    guard byteCount <= limit else { return await refuse(.requestTooLarge, request, answer) }
    var limited = request
    if request.body.whole == nil { limited.body = request.body.limited(to: limit) }
    if let record {
      await respond(to: limited, answer, record)
    } else if logger.logLevel > .debug {
      // Nobody asks for status and size.
      await party.respond(to: limited, answer)
    } else {
      let counted = CountedAnswer(answer)
      await party.respond(to: limited, counted)
      log(request, counted)
    }
  }

  private func respond(to request: StreamedRequest, _ answer: any ResponseWriter, _ record: ObservationRecord) async {
    let requestByteCount = ByteCounter()
    let slot = ObservationSlot()
    let counted = CountedAnswer(answer)
    var observed = request
    observed.body = request.body.counted { requestByteCount.add($0) }
    let readable = observed
    await ObservationRecord.$current.withValue(slot) { await party.respond(to: readable, counted) }
    record.write(
      slot.value, request: request, requestByteCount: requestByteCount.value, status: counted.status,
      responseByteCount: counted.byteCount)
    log(request, counted)
  }

  private func refuse(_ refusal: WholeResponse, _ request: StreamedRequest, _ answer: any ResponseWriter) async {
    let counted = CountedAnswer(answer)
    try? await counted.send(refusal)
    log(request, counted)
  }

  private func log(_ request: StreamedRequest, _ answer: CountedAnswer) {
    logger.debug("request answered", metadata: ["method": "\(request.method)", "status": "\(answer.status)"])
  }
}

private final class ByteCounter: Sendable {
  private let count = Mutex(0)

  func add(_ byteCount: Int) { count.withLock { $0 += byteCount } }

  var value: Int { count.withLock { $0 } }
}

/// Keeps status and size of what passes.
private final class CountedAnswer: ResponseWriter {
  private struct Counts {
    var status = 0
    var byteCount = 0
  }

  private let answer: any ResponseWriter
  private let counts = Mutex(Counts())

  init(_ answer: any ResponseWriter) { self.answer = answer }

  /// 0 where there was no answer.
  var status: Int { counts.withLock { $0.status } }
  var byteCount: Int { counts.withLock { $0.byteCount } }

  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError) {
    counts.withLock { $0.status = status }
    try await answer.begin(status: status, fields: fields)
  }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) {
    try await answer.write(bytes)
    counts.withLock { $0.byteCount += bytes.count }
  }

  func abort() async { await answer.abort() }

  func send(_ response: WholeResponse) async throws(HTTPExchangeError) {
    counts.withLock { $0 = Counts(status: response.status, byteCount: response.body.count) }
    try await answer.send(response)
  }
}

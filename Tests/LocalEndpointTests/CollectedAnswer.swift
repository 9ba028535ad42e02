import HTTPMessages
import Synchronization

/// Keeps a whole answer.
final class CollectedAnswer: ResponseWriter {
  private let collected = Mutex(WholeResponse(status: 0))

  var response: WholeResponse { collected.withLock { $0 } }

  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError) {
    collected.withLock { $0 = WholeResponse(status: status, fields: fields) }
  }

  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError) { collected.withLock { $0.body += bytes } }

  func abort() async {}

  func send(_ response: WholeResponse) async throws(HTTPExchangeError) { collected.withLock { $0 = response } }
}

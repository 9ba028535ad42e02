import EndorsementFetch
import Foundation
import HTTPMessages
import Synchronization

/// A vendor's service without a network: answers by address, one after the other, and what it was asked.
final class FakeVendor: HTTPExchange {
  enum Reply: Sendable {
    case answer(WholeResponse)
    case failure(HTTPExchangeError)

    static func body(_ bytes: [UInt8], _ fields: [HTTPField] = []) -> Reply {
      .answer(WholeResponse(status: 200, fields: fields, body: bytes))
    }

    static func status(_ status: Int, _ fields: [HTTPField] = []) -> Reply {
      .answer(WholeResponse(status: status, fields: fields))
    }

    static let unreachable = Reply.failure(HTTPExchangeError(HTTPExchangeError.unreachable, "no connection"))
  }

  private struct State {
    var replies: [String: [Reply]] = [:]
    var asked: [String] = []
  }

  private let state: Mutex<State>

  /// - Parameter replies: by address; the last one of each is given again and again.
  init(_ replies: [String: [Reply]]) { state = Mutex(State(replies: replies)) }

  /// Every address that was asked, in order.
  var asked: [String] { state.withLock { $0.asked } }

  func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let address = server + request.path
    let reply = state.withLock { state -> Reply in
      state.asked.append(address)
      guard let replies = state.replies[address], let first = replies.first else { return .status(404) }
      if replies.count > 1 { state.replies[address]?.removeFirst() }
      return first
    }
    switch reply {
    case .failure(let error): throw error
    case .answer(let response):
      guard response.body.count <= bodyLimit else {
        throw HTTPExchangeError(HTTPExchangeError.answerTooLarge, "answer is above \(bodyLimit) bytes")
      }
      return response
    }
  }
}

/// A clock that a test moves, and that keeps what it was asked to wait.
final class TestClock: Sendable {
  private struct State {
    var now = Date(timeIntervalSince1970: 1_750_000_000)
    var waits: [Duration] = []
  }

  private let state = Mutex(State())

  var waits: [Duration] { state.withLock { $0.waits } }

  func advance(seconds: Double) { state.withLock { $0.now.addTimeInterval(seconds) } }

  var clock: FetchClock {
    FetchClock(
      now: { self.state.withLock { $0.now } },
      sleep: { duration in
        self.state.withLock {
          $0.waits.append(duration)
          $0.now.addTimeInterval(Double(duration.components.seconds))
        }
      })
  }
}

/// A folder that is gone after its test.
struct TemporaryFolder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("cloister-fetch-\(UUID().uuidString)")

  func remove() { try? FileManager.default.removeItem(at: url) }
}

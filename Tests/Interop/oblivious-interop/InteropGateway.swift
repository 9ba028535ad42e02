import BinaryHTTP
import Foundation
import HybridPublicKeyEncryption
import ObliviousHTTP
import Synchronization

/// Opens requests with rotating keys of every KEM, refuses replays and dates, and answers itself: `/echo` with the
/// request's content, `/steps` with three pieces of which the second waits for `release`.
final class InteropGateway: Sendable {
  private let keys: Mutex<GatewayKeyRotation>
  private let replays = Mutex(ReplayRecord(capacity: 100_000))
  private let seenFields = Mutex<[String]>([])
  let release = Gate()
  let received = Gate()

  init() {
    let suites = KEMIdentifier.allCases.map { kem in
      GatewayKeyRotation.Suite(
        kem: kem, symmetricAlgorithms: AEADIdentifier.allCases.map { SymmetricAlgorithm(aead: $0) })
    }
    keys = Mutex(GatewayKeyRotation(suites: suites, lifetime: .seconds(86_400), overlap: .seconds(3_600)))
  }

  func openingKeys() throws -> [GatewayKey] {
    try keys.withLock { rotation in
      _ = try rotation.advance(to: Date())
      return rotation.keys
    }
  }

  func keyList() throws -> [UInt8] {
    _ = try openingKeys()
    return KeyConfiguration.encodeList(keys.withLock { $0.keyConfigurations })
  }

  func note(fields: [String]) { seenFields.withLock { $0 = fields } }

  var lastFields: [String] { seenFields.withLock { $0 } }

  enum Answer {
    case whole(Response)
    /// Content to be sent piece by piece, the second when `release` allows it.
    case stepwise([String])
  }

  func answer(_ message: [UInt8], encapsulatedKey: [UInt8]) -> Answer {
    let now = Date()
    let request: Request
    do {
      request = try Request(decoding: message)
    } catch {
      return .whole(Response(statusCode: 400))
    }
    let verdict = replays.withLock { $0.admit(encapsulatedKey, date: request.headerFields["date"], at: now) }
    if case .refused(let refusal) = verdict { return .whole(refusal.response(at: now)) }
    switch request.path {
    case "/echo":
      let fields = request.headerFields.fields.filter { $0.name == "content-type" }
      return .whole(Response(statusCode: 200, headerFields: FieldSection(fields), content: request.content))
    case "/steps": return .stepwise(["first", " second", " third"])
    default: return .whole(Response(statusCode: 404))
    }
  }
}

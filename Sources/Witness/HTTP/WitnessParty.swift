import ErrorCodes
public import HTTPMessages
public import PartyHosting
import TransparencyLog

/// Serves a witness over HTTP: `POST /add-checkpoint`, `GET /<origin digest>/checkpoint` and the same note at
/// `GET /checkpoint/<origin digest>` (C2SP tlog-witness).
///
/// An unknown log is answered with 403, as the vectors of a deployed witness say; the specification's text says 404.
public struct WitnessParty: WholeMessageParty {
  public let name = "witness"
  private let service: WitnessService

  public init(_ service: WitnessService) { self.service = service }

  public func requestBodyLimit(method: String, path: String) -> Int? {
    method == "POST" ? AddCheckpointRequest.byteLimit : 0
  }

  public func respond(to request: WholeRequest) async -> WholeResponse {
    switch (request.method, request.path) {
    case ("GET", "/health"): return .json(#"{"status":"ok"}"#)
    case ("POST", "/add-checkpoint"): return await addCheckpoint(request.body)
    case (_, "/health"), (_, "/add-checkpoint"): return .methodNotAllowed
    case ("GET", _): return await note(request.path)
    default: return .notFound
    }
  }

  private func addCheckpoint(_ body: [UInt8]) async -> WholeResponse {
    do {
      switch try await service.addCheckpoint(AddCheckpointRequest(parsing: body)) {
      case .cosigned(let signature):
        return WholeResponse(contentType: Self.text, body: Array(signature.line.utf8))
      case .holdsOtherSize(let size):
        return WholeResponse(status: 409, contentType: WitnessSize.mediaType, body: WitnessSize.encode(size))
      }
    } catch let error as any CodedError {
      return Self.refusal(error)
    } catch {
      return WholeResponse(status: 500)
    }
  }

  private func note(_ path: String) async -> WholeResponse {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, parts.contains("checkpoint") else { return .notFound }
    let digest = String(parts[1] == "checkpoint" ? parts[2] : parts[1])
    do {
      guard let note = try await service.note(of: digest) else { return .notFound }
      return WholeResponse(contentType: Self.text, body: note)
    } catch {
      return Self.refusal(error)
    }
  }

  private static let text = "text/plain; charset=utf-8"

  /// The code and its message as one line, which a log's operator reads.
  private static func refusal(_ error: any CodedError) -> WholeResponse {
    let status =
      switch error.code {
      case WitnessError.logUnknown, TransparencyLogError.logSignatureInvalid: 403
      case TransparencyLogError.consistencyInvalid: 422
      case WitnessError.stateUnusable, WitnessError.clockWentBack: 500
      default: 400
      }
    return WholeResponse(status: status, contentType: text, body: Array("\(error.code): \(error.message)\n".utf8))
  }
}

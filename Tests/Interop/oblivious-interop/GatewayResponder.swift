import BinaryHTTP
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ObliviousHTTP
import Synchronization

func serveGateway() async throws {
  var logger = Logger(label: "interop")
  logger.logLevel = .error
  let application = Application(
    responder: GatewayResponder(gateway: InteropGateway()),
    configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0), serverName: nil),
    onServerRunning: { channel in
      print("listening 127.0.0.1:\(channel.localAddress?.port ?? 0)")
      fflush(nil)
    },
    logger: logger)
  try await application.runService()
}

private struct GatewayResponder: HTTPResponder {
  typealias Context = BasicRequestContext
  typealias HTTPResponse = Hummingbird.Response

  let gateway: InteropGateway

  func respond(to request: Hummingbird.Request, context: Context) async throws -> HTTPResponse {
    switch (request.method, request.uri.path) {
    case (.get, "/.well-known/ohttp-gateway"):
      return answer(.ok, OHTTPForm.keysMediaType, try gateway.keyList())
    case (.post, "/.well-known/ohttp-gateway"): return try await open(request)
    case (.post, "/control/release"):
      await gateway.release.open()
      return answer(.ok)
    case (.post, "/control/forget"):
      await gateway.received.close()
      return answer(.ok)
    case (.get, "/control/received"):
      await gateway.received.pass()
      return answer(.ok)
    case (.get, "/control/headers"):
      return answer(.ok, "application/json", try Array(JSONEncoder().encode(gateway.lastFields)))
    default: return answer(.notFound)
    }
  }

  private func answer(_ status: HTTPTypes.HTTPResponse.Status, _ mediaType: String? = nil, _ body: [UInt8] = [])
    -> HTTPResponse
  {
    var headers = HTTPFields()
    headers[.contentType] = mediaType
    // What a relay should not pass on.
    headers[.setCookie] = "id=7"
    headers[.eTag] = "\"7\""
    return HTTPResponse(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
  }

  private func open(_ request: Hummingbird.Request) async throws -> HTTPResponse {
    var fields = request.headers.map(\.name.canonicalName)
    if request.head.authority != nil { fields.append("host") }
    gateway.note(fields: fields)
    let form = OHTTPForm.allCases.first { $0.requestMediaType == request.headers[.contentType] }
    do {
      switch form {
      case .singleShot: return try await openWhole(request)
      case .chunked: return try await openChunks(request)
      case nil: return answer(.unsupportedMediaType)
      }
    } catch let error as OHTTPError where error.code == OHTTPError.keyUnknown {
      return answer(.unprocessableContent, OHTTPProblem.mediaType, OHTTPProblem.keyUnknown.content)
    } catch is OHTTPError {
      return answer(.badRequest)
    }
  }

  private func openWhole(_ request: Hummingbird.Request) async throws -> HTTPResponse {
    var body: [UInt8] = []
    for try await buffer in request.body {
      guard body.count + buffer.readableBytes <= 1 << 20 else { return answer(.contentTooLarge) }
      body += buffer.readableBytesView
    }
    let opened = try RequestOpener(keys: gateway.openingKeys()).open(body)
    guard case .whole(let response) = gateway.answer(opened.request, encapsulatedKey: opened.encapsulatedKey) else {
      return answer(.badRequest)
    }
    let sealer = opened.takeSealer()
    return answer(.ok, OHTTPForm.singleShot.responseMediaType, try sealer.seal(response.encoded()))
  }

  private func openChunks(_ request: Hummingbird.Request) async throws -> HTTPResponse {
    var opener = ChunkedRequestOpener(keys: try gateway.openingKeys())
    var message: [UInt8] = []
    for try await buffer in request.body {
      for chunk in try opener.feed(buffer.readableBytesView) {
        message += chunk
        await gateway.received.open()
      }
      guard message.count <= 1 << 20 else { return answer(.contentTooLarge) }
    }
    let finished = try opener.finish()
    message += finished.finalChunk
    let answer = gateway.answer(message, encapsulatedKey: finished.encapsulatedKey)
    return stream(answer, SealerBox(finished.takeSealer()))
  }

  private func stream(_ answer: InteropGateway.Answer, _ sealer: SealerBox) -> HTTPResponse {
    var headers = HTTPFields()
    headers[.contentType] = OHTTPForm.chunked.responseMediaType
    if let name = HTTPField.Name(OHTTPForm.incrementalFieldName) { headers[name] = OHTTPForm.incrementalFieldValue }
    let release = gateway.release
    let body = ResponseBody { writer in
      switch answer {
      case .whole(let response):
        let message = response.encoded(.indeterminateLength)
        for start in stride(from: 0, to: message.count, by: 4_096) {
          try await writer.write(sealer.seal(Array(message[start..<min(start + 4_096, message.count)])))
        }
      case .stepwise(let pieces):
        try await writer.write(sealer.seal(MessageSerializer.head(of: BinaryHTTP.Response(statusCode: 200))))
        for (index, piece) in pieces.enumerated() {
          if index == 1 { await release.pass() }
          try await writer.write(sealer.seal(MessageSerializer.contentChunk(Array(piece.utf8))))
        }
        try await writer.write(sealer.seal(MessageSerializer.end()))
      }
      try await writer.write(sealer.seal([], isFinal: true))
      try await writer.finish(nil)
    }
    return HTTPResponse(status: .ok, headers: headers, body: body)
  }
}

/// A sealer that a stream's closure can hold.
private final class SealerBox: Sendable {
  private let sealer: Mutex<ChunkedResponseSealer>

  init(_ sealer: consuming ChunkedResponseSealer) { self.sealer = Mutex(sealer) }

  func seal(_ chunk: [UInt8], isFinal: Bool = false) throws -> ByteBuffer {
    ByteBuffer(bytes: try sealer.withLock { try $0.sealChunk(chunk, isFinal: isFinal) })
  }
}

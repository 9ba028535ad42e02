import BinaryHTTP
import Foundation
import HTTPMessages
import ObliviousHTTP
import PartyHosting

func serveGateway() async throws {
  let process = try PartyProcess(label: "interop", listen: "127.0.0.1:0", observePath: nil, endsWithParent: false)
  try await process.run(InteropParty(gateway: InteropGateway()))
}

/// The gateway over HTTP, with a few paths by which the programs beside it see what arrived and say what may go on.
private struct InteropParty: Party {
  let name = "interop"
  let gateway: InteropGateway

  private static let requestLimit = 1 << 20

  func requestBodyLimit(method: String, path: String) -> Int? { Self.requestLimit }

  func respond(to request: StreamedRequest, _ answer: any ResponseWriter) async {
    do {
      switch (request.method, request.path) {
      case ("GET", "/.well-known/ohttp-gateway"):
        try await send(200, OHTTPForm.keysMediaType, try gateway.keyList(), answer)
      case ("POST", "/.well-known/ohttp-gateway"): try await open(request, answer)
      case ("POST", "/control/release"):
        await gateway.release.open()
        try await send(200, nil, [], answer)
      case ("POST", "/control/forget"):
        await gateway.received.close()
        try await send(200, nil, [], answer)
      case ("GET", "/control/received"):
        await gateway.received.pass()
        try await send(200, nil, [], answer)
      case ("GET", "/control/headers"):
        try await send(200, "application/json", Array(try JSONEncoder().encode(gateway.lastFields)), answer)
      default: try await send(404, nil, [], answer)
      }
    } catch {
      // Whoever asked sees a broken connection.
      await answer.abort()
    }
  }

  private func send(_ status: Int, _ mediaType: String?, _ body: [UInt8], _ answer: any ResponseWriter) async throws {
    try await answer.send(WholeResponse(status: status, fields: Self.fields(mediaType), body: body))
  }

  /// With some that a relay should not pass on.
  private static func fields(_ mediaType: String?) -> [HTTPField] {
    let fields = [HTTPField("set-cookie", "id=7"), HTTPField("etag", "\"7\"")]
    return mediaType.map { [HTTPField("content-type", $0)] + fields } ?? fields
  }

  private func open(_ request: StreamedRequest, _ answer: any ResponseWriter) async throws {
    gateway.note(fields: request.fields.map(\.name))
    let form = OHTTPForm.allCases.first { $0.requestMediaType == request.field("content-type") }
    do {
      switch form {
      case .singleShot: try await openWhole(request, answer)
      case .chunked: try await openChunks(request, answer)
      case nil: try await send(415, nil, [], answer)
      }
    } catch let error as OHTTPError where error.code == OHTTPError.keyUnknown {
      let problem = OHTTPProblem.keyUnknown
      try await send(problem.statusCode, OHTTPProblem.mediaType, problem.content, answer)
    } catch is OHTTPError {
      try await send(400, nil, [], answer)
    }
  }

  private func openWhole(_ request: StreamedRequest, _ answer: any ResponseWriter) async throws {
    let body = try await request.body.collect(byteLimit: Self.requestLimit)
    let opened = try RequestOpener(keys: gateway.openingKeys()).open(body)
    guard case .whole(let response) = gateway.answer(opened.request, encapsulatedKey: opened.encapsulatedKey) else {
      return try await send(400, nil, [], answer)
    }
    let sealer = opened.takeSealer()
    try await send(200, OHTTPForm.singleShot.responseMediaType, try sealer.seal(response.encoded()), answer)
  }

  private func openChunks(_ request: StreamedRequest, _ answer: any ResponseWriter) async throws {
    var opener = ChunkedRequestOpener(keys: try gateway.openingKeys())
    var message: [UInt8] = []
    for try await piece in request.body {
      for chunk in try opener.feed(piece) {
        message += chunk
        await gateway.received.open()
      }
    }
    let finished = try opener.finish()
    message += finished.finalChunk
    let content = gateway.answer(message, encapsulatedKey: finished.encapsulatedKey)
    var sealer = finished.takeSealer()
    let incremental = HTTPField(OHTTPForm.incrementalFieldName, OHTTPForm.incrementalFieldValue)
    try await answer.begin(
      status: 200, fields: Self.fields(OHTTPForm.chunked.responseMediaType) + [incremental])
    switch content {
    case .whole(let response):
      let message = response.encoded(.indeterminateLength)
      for start in stride(from: 0, to: message.count, by: 4_096) {
        let chunk = Array(message[start..<min(start + 4_096, message.count)])
        try await answer.write(try sealer.sealChunk(chunk, isFinal: false))
      }
    case .stepwise(let pieces):
      let head = MessageSerializer.head(of: BinaryHTTP.Response(statusCode: 200))
      try await answer.write(try sealer.sealChunk(head, isFinal: false))
      for (index, piece) in pieces.enumerated() {
        if index == 1 { await gateway.release.pass() }
        let chunk = MessageSerializer.contentChunk(Array(piece.utf8))
        try await answer.write(try sealer.sealChunk(chunk, isFinal: false))
      }
      try await answer.write(try sealer.sealChunk(MessageSerializer.end(), isFinal: false))
    }
    try await answer.write(try sealer.sealChunk([], isFinal: true))
  }
}

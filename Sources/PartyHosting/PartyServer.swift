import ErrorCodes
import Foundation
import HTTPMessages
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves one party over HTTP/1.1: reads bounded bodies, records observations when asked, logs method, status and
/// code, never a path, a field or a body.
public struct PartyServer: Service {
  private let party: any Party
  private let listen: ListenAddress
  private let record: ObservationRecord?
  private let logger: Logger
  private let onListening: @Sendable (ListenAddress) async -> Void

  /// - Parameter onListening: called once with the real port, after the socket accepts connections.
  public init(
    _ party: any Party, listen: ListenAddress, record: ObservationRecord?, logger: Logger,
    onListening: @escaping @Sendable (ListenAddress) async -> Void
  ) {
    self.party = party
    self.listen = listen
    self.record = record
    self.logger = logger
    self.onListening = onListening
  }

  public func run() async throws {
    let responder = PartyResponder(hosted: HostedParty(party: party, record: record, logger: logger))
    var quiet = logger
    quiet.logLevel = .warning
    let host = listen.host
    let announce = onListening
    let application = Application(
      responder: responder,
      configuration: ApplicationConfiguration(address: .hostname(host, port: listen.port), serverName: nil),
      onServerRunning: { channel in
        await announce(ListenAddress(host: host, port: channel.localAddress?.port ?? 0))
      },
      logger: quiet
    )
    try await application.run()
  }
}

private struct PartyContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let peerAddress: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    peerAddress = source.channel.remoteAddress?.ipAddress ?? ""
  }
}

private struct PartyResponder: HTTPResponder {
  let hosted: HostedParty

  func respond(to request: Request, context: PartyContext) async throws -> Response {
    let method = request.method.rawValue
    let path = request.head.path ?? "/"
    let limit = hosted.party.requestBodyLimit(method: method, path: path) ?? 0
    var body: [UInt8] = []
    for try await chunk in request.body {
      body.append(contentsOf: chunk.readableBytesView)
      // Whatever is above the limit is refused below.
      if body.count > limit { break }
    }
    var fields = request.headers.map { HTTPMessages.HTTPField($0.name.canonicalName, $0.value) }
    if let authority = request.head.authority { fields.append(HTTPField("host", authority)) }
    let streamed = StreamedRequest(
      method: method, path: path, fields: fields, body: ByteStream(body), peerAddress: context.peerAddress)
    let hosted = hosted
    let answer = StreamedAnswer { await hosted.respond(to: streamed, $0) }
    guard let response = try? await answer.response() else { return Response(status: .internalServerError) }
    var headers = HTTPFields()
    for field in response.fields {
      guard let name = HTTPTypes.HTTPField.Name(field.name) else { continue }
      headers.append(HTTPTypes.HTTPField(name: name, value: field.value))
    }
    let responseBody = response.body
    let status = HTTPTypes.HTTPResponse.Status(code: response.status)
    if let whole = responseBody.whole {
      return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: whole)))
    }
    return Response(
      status: status, headers: headers,
      body: ResponseBody { writer in
        for try await piece in responseBody { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      })
  }
}

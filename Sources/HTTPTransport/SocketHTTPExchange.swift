import AsyncHTTPClient
public import HTTPMessages
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP/1.1 over sockets, by AsyncHTTPClient: no redirect, no cookie, no proxy, no decompression.
public final class SocketHTTPExchange: StreamingHTTPExchange {
  private let client: HTTPClient
  private let timeout: TimeAmount

  /// - Parameters:
  ///   - localAddress: the numeric address that connections start from; nil lets the system choose.
  ///   - timeoutSeconds: the longest time for one exchange, from connecting to the last byte.
  public init(localAddress: String? = nil, timeoutSeconds: Int64 = 60) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout = .init(connect: .seconds(5), read: .seconds(timeoutSeconds))
    configuration.localAddress = localAddress
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    timeout = .seconds(timeoutSeconds)
  }

  public func shutdown() async { try? await client.shutdown() }

  public func send(
    _ request: WholeRequest, to server: String, bodyLimit: Int
  ) async throws(HTTPExchangeError) -> WholeResponse {
    let response = try await stream(StreamedRequest(request), to: server)
    do {
      return WholeResponse(
        status: response.status, fields: response.fields, body: try await response.body.collect(byteLimit: bodyLimit))
    } catch {
      guard error.code == HTTPExchangeError.bodyTooLarge else { throw error }
      throw HTTPExchangeError(HTTPExchangeError.answerTooLarge, "answer is above \(bodyLimit) bytes")
    }
  }

  public func stream(
    _ request: StreamedRequest, to server: String
  ) async throws(HTTPExchangeError) -> StreamedResponse {
    var outgoing = HTTPClientRequest(url: server + request.path)
    outgoing.method = HTTPMethod(rawValue: request.method)
    for field in request.fields { outgoing.headers.add(name: field.name, value: field.value) }
    if let whole = request.body.whole {
      if !whole.isEmpty || request.method == "POST" { outgoing.body = .bytes(ByteBuffer(bytes: whole)) }
    } else {
      outgoing.body = .stream(BufferedPieces(pieces: request.body), length: .unknown)
    }
    do {
      let response = try await client.execute(outgoing, timeout: timeout)
      let fields = response.headers.map { HTTPField($0.name.lowercased(), $0.value) }
      return StreamedResponse(
        status: Int(response.status.code), fields: fields, body: ByteStream(reading: response.body))
    } catch {
      throw HTTPExchangeError(error)
    }
  }
}

/// A body on its way out, as the client library reads it.
private struct BufferedPieces: AsyncSequence, Sendable {
  let pieces: ByteStream

  struct AsyncIterator: AsyncIteratorProtocol {
    var pieces: ByteStream.Iterator

    mutating func next() async throws -> ByteBuffer? { try await pieces.next().map { ByteBuffer(bytes: $0) } }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces.makeAsyncIterator()) }
}

extension ByteStream {
  fileprivate init(reading body: HTTPClientResponse.Body) {
    self.init {
      var iterator = body.makeAsyncIterator()
      return { actor throws(HTTPExchangeError) in
        do {
          while let buffer = try await iterator.next(isolation: actor) {
            if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
          }
          return nil
        } catch {
          throw HTTPExchangeError(error)
        }
      }
    }
  }
}

extension HTTPExchangeError {
  /// What the client library reports, without what it says of addresses.
  fileprivate init(_ error: any Error) {
    switch error {
    case let error as HTTPExchangeError: self = error
    case let error as HTTPClientError where error == .connectTimeout:
      self.init(HTTPExchangeError.unreachable, "no connection to the server within 5 seconds")
    case is NIOConnectionError: self.init(HTTPExchangeError.unreachable, "no connection to the server")
    default: self.init(HTTPExchangeError.interrupted, "the exchange ended before its answer was whole")
    }
  }
}

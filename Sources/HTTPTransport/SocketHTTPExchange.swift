import AsyncHTTPClient
public import HTTPMessages
import NIOCore
import NIOHTTP1
import NIOPosix

/// HTTP/1.1 over sockets, by AsyncHTTPClient: no redirect, no cookie, no proxy, no decompression.
public final class SocketHTTPExchange: HTTPExchange {
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
    var outgoing = HTTPClientRequest(url: server + request.path)
    outgoing.method = HTTPMethod(rawValue: request.method)
    for field in request.fields { outgoing.headers.add(name: field.name, value: field.value) }
    if !request.body.isEmpty || request.method == "POST" { outgoing.body = .bytes(request.body) }
    do {
      let response = try await client.execute(outgoing, timeout: timeout)
      guard let body = try await collect(response.body, limit: bodyLimit) else {
        throw HTTPExchangeError(HTTPExchangeError.answerTooLarge, "answer is above \(bodyLimit) bytes")
      }
      let fields = response.headers.map { HTTPField($0.name.lowercased(), $0.value) }
      return WholeResponse(status: Int(response.status.code), fields: fields, body: body)
    } catch let error as HTTPExchangeError {
      throw error
    } catch let error as HTTPClientError where error == .connectTimeout {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "no connection to the server within 5 seconds")
    } catch is NIOConnectionError {
      throw HTTPExchangeError(HTTPExchangeError.unreachable, "no connection to the server")
    } catch {
      throw HTTPExchangeError(HTTPExchangeError.interrupted, "the exchange ended before its answer was whole")
    }
  }

  private func collect(_ body: HTTPClientResponse.Body, limit: Int) async throws -> [UInt8]? {
    var bytes: [UInt8] = []
    for try await chunk in body {
      guard bytes.count + chunk.readableBytes <= limit else { return nil }
      bytes.append(contentsOf: chunk.readableBytesView)
    }
    return bytes
  }
}

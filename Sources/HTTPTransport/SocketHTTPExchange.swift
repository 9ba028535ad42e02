import AsyncHTTPClient
import Foundation
public import HTTPMessages
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// HTTP/1.1 over sockets, or HTTP/2 where a server of https chooses it, by AsyncHTTPClient: no redirect, no cookie, no
/// proxy, no decompression. Servers of https speak TLS 1.3, each connection by a full handshake.
///
/// An answer may take as long as it goes on: what is bounded is the time to connect (5 seconds), to the answer's head,
/// from one piece of the answer to the next, and until the server takes a piece of the request.
public final class SocketHTTPExchange: StreamingHTTPExchange {
  /// Connections to one server at a time. An exchange that streams holds its connection to the end, and one that waits
  /// for a connection would wait for a stream to end.
  static let connectionLimit = 1_024

  private let client: HTTPClient
  private let headLimit: TimeAmount

  /// - Parameters:
  ///   - localAddress: the numeric address that connections start from; nil lets the system choose.
  ///   - timeoutSeconds: the longest time to the answer's head, the request's body included, and the longest silence
  ///     in an answer.
  ///   - allowsTLS12: for public files of third parties alone, whose servers nobody here can renew: no request with
  ///     content, a token or a credential is sent over an older version.
  public convenience init(localAddress: String? = nil, timeoutSeconds: Int64 = 60, allowsTLS12: Bool = false) {
    self.init(localAddress: localAddress, timeLimit: .seconds(timeoutSeconds), allowsTLS12: allowsTLS12)
  }

  /// - Parameter trustRoots: a PEM file of the certificates that servers' chains must end at; nil for the system's.
  package init(
    localAddress: String? = nil, timeLimit: Duration, allowsTLS12: Bool = false, trustRoots: String? = nil
  ) {
    headLimit = TimeAmount(timeLimit)
    // The library's own choice would go down to TLS 1.0.
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = allowsTLS12 ? .tlsv12 : .tlsv13
    if let trustRoots { tls.trustRoots = .file(trustRoots) }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
    configuration.timeout = .init(connect: .seconds(5), read: headLimit, write: headLimit)
    configuration.localAddress = localAddress
    // No span: it would be made of the URL, for a tracer that nobody has.
    configuration.tracing.tracer = nil
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionLimit
    client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
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
    let body = OutgoingBody(request.body)
    if let whole = request.body.whole {
      if !whole.isEmpty || request.method == "POST" { outgoing.body = .bytes(ByteBuffer(bytes: whole)) }
    } else {
      outgoing.body = .stream(body, length: .unknown)
    }
    do {
      let response = try await client.execute(outgoing, timeout: headLimit)
      guard body.isEnded || response.status.code >= 300 else {
        throw HTTPExchangeError(HTTPExchangeError.interrupted, "the server answered before the request was written")
      }
      let fields = response.headers.map { HTTPField($0.name.lowercased(), $0.value) }
      return StreamedResponse(
        status: Int(response.status.code), fields: fields,
        body: ByteStream(reading: response.body, ending: body.passing, silenceLimit: headLimit))
    } catch {
      body.giveUp()
      throw HTTPExchangeError(error, limit: headLimit)
    }
  }
}

/// A body on its way out, as the client library reads it.
///
/// The library keeps a body whose server answered and does not read it. So that whoever writes it learns that nobody
/// reads any more, it is passed on by a task that can be ended.
private final class OutgoingBody: AsyncSequence, Sendable {
  typealias Element = ByteBuffer

  private let pieces: ByteStream
  fileprivate let passing: Task<Void, Never>?
  private let end: Atomic<Bool>

  init(_ body: ByteStream) {
    guard body.whole == nil else {
      (pieces, passing) = (body, nil)
      end = Atomic(true)
      return
    }
    let (writer, pieces) = ByteStream.pipe()
    self.pieces = pieces
    end = Atomic(false)
    passing = Task {
      do throws(HTTPExchangeError) {
        for try await piece in body { try await writer.write(piece) }
        writer.finish()
      } catch {
        writer.fail(error)
      }
    }
  }

  /// Whether the last piece was read.
  var isEnded: Bool { end.load(ordering: .acquiring) }

  func giveUp() { passing?.cancel() }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self, pieces: pieces.makeAsyncIterator()) }

  struct AsyncIterator: AsyncIteratorProtocol {
    let body: OutgoingBody
    var pieces: ByteStream.Iterator

    mutating func next() async throws -> ByteBuffer? {
      if let piece = try await pieces.next() { return ByteBuffer(bytes: piece) }
      body.end.store(true, ordering: .releasing)
      return nil
    }
  }
}

extension ByteStream {
  /// - Parameters:
  ///   - passing: the task that passes the request's body on, ended with the answer. Of the body itself nothing is kept:
  ///     an answer may take minutes.
  ///   - silenceLimit: the longest silence that the answer may have.
  fileprivate init(
    reading answer: HTTPClientResponse.Body, ending passing: Task<Void, Never>?, silenceLimit: TimeAmount
  ) {
    self.init {
      var iterator = answer.makeAsyncIterator()
      return { actor throws(HTTPExchangeError) in
        do {
          while let buffer = try await iterator.next(isolation: actor) {
            if buffer.readableBytes > 0 { return Array(buffer.readableBytesView) }
          }
          passing?.cancel()
          return nil
        } catch {
          passing?.cancel()
          throw HTTPExchangeError(error, limit: silenceLimit)
        }
      }
    }
  }
}

extension HTTPExchangeError {
  /// What the client library reports, without what it says of addresses.
  ///
  /// - Parameter limit: how long was waited where nothing came.
  fileprivate init(_ error: any Error, limit: TimeAmount) {
    switch error {
    case let error as HTTPExchangeError: self = error
    case let error as HTTPClientError where [.connectTimeout, .tlsHandshakeTimeout].contains(error):
      self.init(HTTPExchangeError.unreachable, "no connection to the server within 5 seconds")
    case let error as IOError where error.errnoCode == ECONNREFUSED:
      self.init(HTTPExchangeError.unreachable, "the server takes no connections")
    case let error as IOError where error.isOfConnecting:
      self.init(HTTPExchangeError.unreachable, "no connection to the server")
    // Nothing is sent before the handshake is over: an old version, a certificate of somebody else, or a network's own
    // page in the server's place.
    case NIOSSLError.handshakeFailed:
      self.init(HTTPExchangeError.unreachable, "no TLS connection to the server")
    case let error as NIOSSLExtraError where error.isOfConnecting:
      self.init(HTTPExchangeError.unreachable, "no TLS connection to the server")
    case let error as HTTPClientError where [.readTimeout, .writeTimeout, .deadlineExceeded].contains(error):
      let seconds = max(1, limit.nanoseconds / 1_000_000_000)
      self.init(HTTPExchangeError.interrupted, "the server was silent for \(seconds) seconds")
    case is NIOConnectionError, is SocketAddressError:
      self.init(HTTPExchangeError.unreachable, "no connection to the server")
    case let error as HTTPClientError where error == .invalidLocalAddress:
      self.init(HTTPExchangeError.unreachable, "connections cannot start from an address that is not numeric")
    default: self.init(HTTPExchangeError.interrupted, "the exchange ended before its answer was whole")
    }
  }
}

extension IOError {
  /// Whether it failed before there was a connection: no network, no route, no such local address. The library tells by
  /// the call's name alone; the system's number would not do, since a connection that breaks may have the same.
  fileprivate var isOfConnecting: Bool {
    ["bind(", "connect(", "finishing a non-blocking connect"].contains { description.hasPrefix($0) }
  }
}

extension NIOSSLExtraError {
  /// Whether it concerns the server's name, which is settled before anything is sent. Others may come later.
  fileprivate var isOfConnecting: Bool {
    [
      NIOSSLExtraError.failedToValidateHostname, .serverHostnameImpossibleToMatch, .cannotUseIPAddressInSNI,
      .invalidSNIHostname,
    ].contains(self)
  }
}

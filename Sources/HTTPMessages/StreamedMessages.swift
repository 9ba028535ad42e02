/// An HTTP request whose body comes in pieces. Field names are lower case.
public struct StreamedRequest: Sendable {
  public var method: String
  /// The origin-form target, starting with a slash.
  public var path: String
  public var fields: [HTTPField]
  public var body: ByteStream
  /// The numeric address of whoever sent it, empty on the sending side.
  public var peerAddress: String

  public init(
    method: String, path: String, fields: [HTTPField] = [], body: ByteStream = ByteStream(), peerAddress: String = ""
  ) {
    self.method = method
    self.path = path
    self.fields = fields
    self.body = body
    self.peerAddress = peerAddress
  }

  public init(_ whole: WholeRequest) {
    self.init(
      method: whole.method, path: whole.path, fields: whole.fields, body: ByteStream(whole.body),
      peerAddress: whole.peerAddress)
  }

  /// The first value of a field, by its lower-case name.
  public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// An HTTP response whose head is there and whose body comes in pieces, as whoever asked reads it.
///
/// Dropping its body unread gives up the exchange.
public struct StreamedResponse: Sendable {
  public var status: Int
  public var fields: [HTTPField]
  public var body: ByteStream

  public init(status: Int, fields: [HTTPField] = [], body: ByteStream = ByteStream()) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// Where whoever was asked writes the one response: head, pieces, and the end when it returns.
public protocol ResponseWriter: Sendable {
  /// The status and fields, once, before any piece.
  func begin(status: Int, fields: [HTTPField]) async throws(HTTPExchangeError)

  /// The next piece, sent at once; suspends while whoever asked is behind.
  /// - Throws: `http-interrupted` once nobody reads any more.
  func write(_ bytes: [UInt8]) async throws(HTTPExchangeError)

  /// Breaks the exchange off, so that nobody takes what was written for a whole response.
  func abort() async

  /// A whole response, instead of the others.
  func send(_ response: WholeResponse) async throws(HTTPExchangeError)
}

/// An HTTP request whose body is whole and in memory: what a party's logic takes and a client's logic makes.
///
/// Field names are lower case. `peerAddress` is the numeric address of whoever sent it, empty on the sending side.
public struct WholeRequest: Sendable {
  public var method: String
  /// The origin-form target, starting with a slash.
  public var path: String
  public var fields: [HTTPField]
  public var body: [UInt8]
  public var peerAddress: String

  public init(
    method: String, path: String, fields: [HTTPField] = [], body: [UInt8] = [], peerAddress: String = ""
  ) {
    self.method = method
    self.path = path
    self.fields = fields
    self.body = body
    self.peerAddress = peerAddress
  }

  /// - Throws: `http-body-too-large`, and the body's own failure.
  public init(collecting request: StreamedRequest, byteLimit: Int) async throws(HTTPExchangeError) {
    self.init(
      method: request.method, path: request.path, fields: request.fields,
      body: try await request.body.collect(byteLimit: byteLimit), peerAddress: request.peerAddress)
  }

  /// The first value of a field, by its lower-case name.
  public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// An HTTP response whose body is whole and in memory.
public struct WholeResponse: Sendable {
  public var status: Int
  public var fields: [HTTPField]
  public var body: [UInt8]

  public init(status: Int, fields: [HTTPField] = [], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  public init(status: Int = 200, contentType: String, body: [UInt8]) {
    self.init(status: status, fields: [HTTPField("content-type", contentType)], body: body)
  }

  public func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// One header field; the name is lower case.
public struct HTTPField: Sendable, Equatable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

public import HTTPMessages

/// A part of the endpoint's paths: what developers' clients call, or the page. Each has its own way of knowing who asks
/// and its own form of refusals.
public protocol EndpointSection: Sendable {
  /// Whether a path, without its query, belongs to this section.
  func serves(_ path: String) -> Bool

  /// What answers a request. Host, origin and site were checked before; who asks is for the section to check, here, so
  /// that nothing is read of a stranger's body.
  ///
  /// - Parameters:
  ///   - request: its head; the body is left alone.
  ///   - path: of the request, without its query.
  /// - Throws: `not-found`, `method-not-allowed`, and the section's own refusals of whoever asks.
  func route(for request: StreamedRequest, path: String) throws(EndpointError) -> EndpointRoute

  /// A refusal in the section's form. Fields that every answer has are added to it.
  func refusal(_ error: EndpointError) -> WholeResponse
}

/// How one request is answered.
public struct EndpointRoute: Sendable {
  /// What the request's body must be.
  public struct Body: Sendable {
    /// Media type without parameters, in lower case. None that a form or a plain script of a foreign page can send.
    public let mediaType: String
    public let byteLimit: Int

    public init(_ mediaType: String, byteLimit: Int) {
      self.mediaType = mediaType
      self.byteLimit = byteLimit
    }
  }

  /// Answers one request, whose body is whole.
  ///
  /// What it throws before it wrote anything becomes a refusal; afterwards it ends the answer in its own form. The task is
  /// cancelled when whoever asked goes away.
  public typealias Respond =
    @Sendable (_ request: WholeRequest, _ answer: any ResponseWriter) async throws(EndpointError) -> Void

  /// Nil where the request has none.
  public let body: Body?
  public let respond: Respond

  public init(body: Body?, respond: @escaping Respond) {
    self.body = body
    self.respond = respond
  }
}

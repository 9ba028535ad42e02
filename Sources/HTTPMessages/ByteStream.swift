/// A message's body in pieces, as they come: one reader, in order, none of them empty.
///
/// A body that failed throws; only one that ended as its sender meant ends. Dropping the stream unread tells the writer
/// that nobody reads any more.
public struct ByteStream: Sendable, AsyncSequence {
  public typealias Element = [UInt8]
  public typealias Failure = HTTPExchangeError

  /// The next piece; nil at the end.
  public typealias Next = (isolated (any Actor)?) async throws(HTTPExchangeError) -> [UInt8]?

  private enum Source: Sendable {
    case whole([UInt8])
    case pieces(@Sendable () -> Next)
  }

  private let source: Source

  /// A body that is whole and in memory.
  public init(_ whole: [UInt8] = []) { source = .whole(whole) }

  /// - Parameter makeNext: called once, by the reader; what it returns is called until it returns nil or throws.
  public init(makeNext: @escaping @Sendable () -> Next) { source = .pieces(makeNext) }

  /// The body where it is whole and in memory, so that nothing has to be waited for; else nil.
  public var whole: [UInt8]? {
    if case .whole(let bytes) = source { bytes } else { nil }
  }

  public func makeAsyncIterator() -> Iterator {
    switch source {
    case .whole(let bytes): Iterator(whole: bytes)
    case .pieces(let makeNext): Iterator(makeNext())
    }
  }

  public struct Iterator: AsyncIteratorProtocol {
    private var rest: [UInt8]?
    private let following: Next?

    fileprivate init(whole: [UInt8]) {
      rest = whole.isEmpty ? nil : whole
      following = nil
    }

    fileprivate init(_ next: @escaping Next) {
      rest = nil
      following = next
    }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(HTTPExchangeError) -> [UInt8]? {
      if let whole = rest {
        rest = nil
        return whole
      }
      return try await following?(actor)
    }

    public mutating func next() async throws(HTTPExchangeError) -> [UInt8]? { try await next(isolation: nil) }
  }

  /// The whole body, for messages that are answered at once.
  /// - Throws: `http-body-too-large` above `byteLimit`, and the body's own failure.
  public func collect(byteLimit: Int) async throws(HTTPExchangeError) -> [UInt8] {
    if let whole {
      guard whole.count <= byteLimit else { throw .bodyTooLarge(byteLimit) }
      return whole
    }
    var bytes: [UInt8] = []
    var iterator = makeAsyncIterator()
    while let piece = try await iterator.next() {
      guard bytes.count + piece.count <= byteLimit else { throw .bodyTooLarge(byteLimit) }
      bytes += piece
    }
    return bytes
  }

  /// The same pieces, failing with `http-body-too-large` above a limit.
  public func limited(to byteLimit: Int) -> ByteStream {
    if let whole, whole.count <= byteLimit { return self }
    return ByteStream {
      var iterator = makeAsyncIterator()
      var byteCount = 0
      return { actor throws(HTTPExchangeError) in
        guard let piece = try await iterator.next(isolation: actor) else { return nil }
        byteCount += piece.count
        guard byteCount <= byteLimit else { throw .bodyTooLarge(byteLimit) }
        return piece
      }
    }
  }

  /// The same pieces; `owned` lives until they are read to the end or dropped.
  public func holding(_ owned: some Sendable) -> ByteStream {
    if whole != nil { return self }
    return ByteStream {
      // Swift 6.3 needs the capture written out.
      let owned = owned
      var iterator = makeAsyncIterator()
      return { actor throws(HTTPExchangeError) in
        _ = owned
        return try await iterator.next(isolation: actor)
      }
    }
  }

  /// The same pieces; `count` is told the bytes of each that was read.
  public func counted(_ count: @escaping @Sendable (_ byteCount: Int) -> Void) -> ByteStream {
    if let whole {
      count(whole.count)
      return self
    }
    return ByteStream {
      var iterator = makeAsyncIterator()
      return { actor throws(HTTPExchangeError) in
        guard let piece = try await iterator.next(isolation: actor) else { return nil }
        count(piece.count)
        return piece
      }
    }
  }
}

extension HTTPExchangeError {
  static func bodyTooLarge(_ byteLimit: Int) -> HTTPExchangeError {
    HTTPExchangeError(bodyTooLarge, "body is above \(byteLimit) bytes")
  }
}

import WireFormat

/// What a parser found, in the order of the message: control data (a request) or informational responses and a status
/// code (a response), the header section, content in pieces, the trailer section, the end.
public enum MessageEvent: Sendable, Equatable {
  case requestControlData(RequestControlData)
  case informational(InformationalResponse)
  /// Of the final response.
  case statusCode(Int)
  case headerFields(FieldSection)
  /// A piece as it arrived, never empty; borders between pieces mean nothing.
  case content(ArraySlice<UInt8>)
  case trailerFields(FieldSection)
  /// The bytes ended where a message may end, and all padding was zero. Until then a message may turn out invalid.
  case end
}

/// Reads a message of either framing as its bytes arrive (RFC 9292). Pure: bytes in, events out. Holds at most one field
/// section or one control data field beside the bytes just received; content passes through.
public struct MessageParser: Sendable {
  private enum State {
    /// To `controlData` (request) or `statusCode` (response).
    case framingIndicator
    /// To `fieldSection`.
    case controlData
    /// To `fieldSection`.
    case statusCode
    /// To `statusCode` (informational), `contentLength` (header) or `padding` (trailer).
    case fieldSection(Section)
    /// Before a content length or chunk length: to `content`, or at length zero to `fieldSection(.trailer)`.
    case contentLength
    /// To `contentLength` (indeterminate) or `fieldSection(.trailer)` (known length).
    case content(remaining: Int)
    /// Stays, while zero bytes come.
    case padding
    /// Stays: `finish` was called.
    case ended
    /// Stays: every later call throws the same error.
    case failed(BinaryHTTPError)
  }

  private enum Section: Equatable {
    case informational(statusCode: Int)
    case header
    case trailer
  }

  private let kind: MessageKind
  private let limits: Limits
  private var state = State.framingIndicator
  private var framing = Framing.knownLength
  /// Of a request, until its `host` field was compared.
  private var controlData: RequestControlData?
  private var buffer: [UInt8] = []
  private var position = 0
  /// The field lines of the section under way (indeterminate length only), and the bytes they took.
  private var section = FieldSectionReader()
  private var informationalCount = 0
  private var contentByteCount = 0
  private var events: [MessageEvent] = []

  public init(_ kind: MessageKind, limits: Limits = .default) {
    self.kind = kind
    self.limits = limits
  }

  /// All events of one message that is there as a whole.
  static func parseWhole(
    _ bytes: [UInt8], _ kind: MessageKind, limits: Limits
  ) throws(BinaryHTTPError) -> [MessageEvent] {
    var parser = MessageParser(kind, limits: limits)
    // Control data or status code, header fields, content, trailer fields, end: hardly ever more.
    parser.events.reserveCapacity(5)
    try parser.read(bytes)
    return try parser.finish()
  }

  /// Takes the next bytes of the message.
  /// - Throws: what makes the message invalid; the parser is of no use afterwards.
  public mutating func receive(_ bytes: [UInt8]) throws(BinaryHTTPError) -> [MessageEvent] {
    try read(bytes)
    return takeEvents()
  }

  private mutating func read(_ bytes: [UInt8]) throws(BinaryHTTPError) {
    if position == buffer.count {
      buffer = bytes
      position = 0
    } else {
      buffer.append(contentsOf: bytes)
    }
    try advancing { (parser) throws(BinaryHTTPError) in
      while try parser.step() {}
    }
    compact()
  }

  /// Says that no more bytes come.
  /// - Throws: `bhttp-truncated` when the message is cut off at a point where RFC 9292, section 3.8, allows none.
  public mutating func finish() throws(BinaryHTTPError) -> [MessageEvent] {
    try advancing { (parser) throws(BinaryHTTPError) in try parser.finishSteps() }
    return takeEvents()
  }

  private mutating func advancing(
    _ body: (inout MessageParser) throws(BinaryHTTPError) -> Void
  ) throws(BinaryHTTPError) {
    if case .failed(let error) = state { throw error }
    do throws(BinaryHTTPError) {
      try body(&self)
    } catch {
      state = .failed(error)
      buffer = []
      position = 0
      events = []
      throw error
    }
  }

  private mutating func takeEvents() -> [MessageEvent] {
    defer { events = [] }
    return events
  }

  private mutating func compact() {
    if position == buffer.count {
      buffer = []
      position = 0
    } else if position > buffer.count / 2 {
      buffer.removeFirst(position)
      position = 0
    }
  }

  /// Takes one step; false when it needs more bytes. The position moves only with a whole step.
  private mutating func step() throws(BinaryHTTPError) -> Bool {
    var reader = PartialReader(buffer, from: position)
    switch state {
    case .framingIndicator:
      guard let indicator = reader.integer() else { return false }
      try setFraming(indicator)
      state = kind == .request ? .controlData : .statusCode
    case .controlData:
      guard let controlData = try reader.controlData(limits: limits) else { return false }
      self.controlData = controlData
      events.append(.requestControlData(controlData))
      state = .fieldSection(.header)
    case .statusCode:
      guard let code = reader.integer() else { return false }
      state = .fieldSection(try classify(code))
    case .fieldSection(let kind):
      let isComplete = try section.read(&reader, framing, limits: limits, allowsPseudoFields: kind != .trailer)
      position = reader.position
      guard isComplete else { return false }
      try end(kind, section.take())
      return true
    case .contentLength:
      guard let length = reader.integer() else { return false }
      try startContent(length)
    case .content(let remaining):
      guard let piece = reader.piece(upTo: remaining) else { return false }
      events.append(.content(piece))
      let left = remaining - piece.count
      state = left > 0 ? .content(remaining: left) : afterContent
    case .padding:
      guard let padding = reader.piece(upTo: Int.max) else { return false }
      guard padding.allSatisfy({ $0 == 0 }) else {
        throw BinaryHTTPError(BinaryHTTPError.padding, "padding has a byte that is not zero")
      }
    case .ended:
      guard reader.remainingByteCount > 0 else { return false }
      throw BinaryHTTPError(BinaryHTTPError.padding, "bytes after the end of the message was announced")
    case .failed(let error):
      throw error
    }
    position = reader.position
    return true
  }

  private var afterContent: State { framing == .knownLength ? .fieldSection(.trailer) : .contentLength }

  private mutating func setFraming(_ indicator: UInt64) throws(BinaryHTTPError) {
    guard let match = Framing.allCases.first(where: { kind.framingIndicator($0) == indicator }) else {
      throw BinaryHTTPError(BinaryHTTPError.framing, "framing indicator is \(indicator), which no \(kind) has")
    }
    framing = match
  }

  private mutating func classify(_ code: UInt64) throws(BinaryHTTPError) -> Section {
    switch code {
    case 100..<200:
      informationalCount += 1
      guard informationalCount <= limits.informationalCount else {
        throw BinaryHTTPError(
          BinaryHTTPError.limitExceeded, "more than \(limits.informationalCount) informational responses")
      }
      return .informational(statusCode: Int(code))
    case 200..<600:
      events.append(.statusCode(Int(code)))
      return .header
    default:
      throw BinaryHTTPError(BinaryHTTPError.invalidControlData, "status code is \(code), expected 100 to 599")
    }
  }

  private mutating func end(_ kind: Section, _ fields: FieldSection) throws(BinaryHTTPError) {
    switch kind {
    case .informational(let statusCode):
      events.append(.informational(InformationalResponse(statusCode: statusCode, headerFields: fields)))
      state = .statusCode
    case .header:
      try controlData.take()?.validateHost(fields)
      events.append(.headerFields(fields))
      state = .contentLength
    case .trailer:
      events.append(.trailerFields(fields))
      state = .padding
    }
  }

  private mutating func startContent(_ length: UInt64) throws(BinaryHTTPError) {
    guard length <= UInt64(max(limits.contentByteCount - contentByteCount, 0)) else {
      throw BinaryHTTPError(
        BinaryHTTPError.limitExceeded, "content is longer than \(limits.contentByteCount) bytes")
    }
    contentByteCount += Int(length)
    state = length == 0 ? .fieldSection(.trailer) : .content(remaining: Int(length))
  }

  /// Treats what is missing as empty where that is legal: before the header section, the content or the trailer section.
  private mutating func finishSteps() throws(BinaryHTTPError) {
    guard position == buffer.count, section.isAtStart else { throw truncation }
    switch state {
    case .fieldSection(.header):
      events += [.headerFields(FieldSection()), .trailerFields(FieldSection())]
    case .contentLength where framing == .knownLength || contentByteCount == 0:
      events.append(.trailerFields(FieldSection()))
    case .fieldSection(.trailer):
      events.append(.trailerFields(FieldSection()))
    case .padding:
      break
    case .ended:
      return
    default:
      throw truncation
    }
    state = .ended
    events.append(.end)
  }

  private var truncation: BinaryHTTPError {
    BinaryHTTPError(BinaryHTTPError.truncated, "message ends inside one of its parts")
  }
}

import HybridPublicKeyEncryption
import WireFormat

/// The framing of chunks (draft-ietf-ohai-chunked-ohttp, sections 4 and 5):
///
///     Length (i) = 1.. | sealed chunk      any number of times, then
///     Length (i) = 0   | sealed final chunk, to the end of the stream
public enum OHTTPChunk {
  /// The longest plaintext of one chunk in bytes that every implementation takes, and the default limit here.
  public static let defaultMaximumByteCount = 16_384

  /// The largest limit that can be set, in bytes.
  public static let largestMaximumByteCount = 1 << 24

  static let tagByteCount = 16
  static let finalAAD = Array("final".utf8)

  static func checkLimit(_ maximumByteCount: Int) {
    precondition(
      (1...largestMaximumByteCount).contains(maximumByteCount), "the limit of a chunk is 1 to 2^24 bytes")
  }
}

/// Seals the chunks of one message in order, whichever way it goes: chunk n under the base nonce xor n.
struct ChunkSealer: Sendable {
  let key: MessageKey
  let maximumChunkByteCount: Int
  /// The longest length that is written, of a chunk of 2^24 bytes and its tag.
  private static let lengthByteCount = 4
  private var sequenceNumber: UInt64 = 0
  private(set) var isFinished = false

  init(key: MessageKey, maximumChunkByteCount: Int) {
    OHTTPChunk.checkLimit(maximumChunkByteCount)
    self.key = key
    self.maximumChunkByteCount = maximumChunkByteCount
  }

  /// Appends the framed chunk to `output`.
  mutating func seal(_ chunk: [UInt8], isFinal: Bool, into output: inout [UInt8]) throws(OHTTPError) {
    guard !isFinished else {
      throw OHTTPError(OHTTPError.chunkRefused, "chunk after the final one")
    }
    guard isFinal || !chunk.isEmpty else {
      throw OHTTPError(OHTTPError.chunkRefused, "chunk before the final one has 0 bytes, expected at least 1")
    }
    guard chunk.count <= maximumChunkByteCount else {
      throw OHTTPError(
        OHTTPError.chunkRefused, "chunk has \(chunk.count) bytes, at most \(maximumChunkByteCount) are allowed")
    }
    output.reserveCapacity(output.count + Self.lengthByteCount + chunk.count + OHTTPChunk.tagByteCount)
    output.appendVariableLengthInteger(isFinal ? 0 : UInt64(chunk.count + OHTTPChunk.tagByteCount))
    do {
      try key.seal(
        chunk[...], sequenceNumber: sequenceNumber, authenticating: isFinal ? OHTTPChunk.finalAAD : [],
        into: &output)
    } catch {
      throw OHTTPError(OHTTPError.chunkRefused, error.message)
    }
    sequenceNumber += 1
    isFinished = isFinal
  }

  /// Appends a whole message: chunks as long as they may be, and what is left as the final one.
  mutating func sealWhole(_ message: [UInt8], into output: inout [UInt8]) throws(OHTTPError) {
    var rest = message[...]
    while rest.count > maximumChunkByteCount {
      try seal(Array(rest.prefix(maximumChunkByteCount)), isFinal: false, into: &output)
      rest = rest.dropFirst(maximumChunkByteCount)
    }
    try seal(Array(rest), isFinal: true, into: &output)
  }
}

/// Opens the chunks of one message in order, from bytes that come in any pieces.
struct ChunkOpener: Sendable {
  private enum State {
    /// Reads a length; then `.chunk` or `.finalChunk`.
    case length
    /// Reads so many bytes of a sealed chunk; then `.length`.
    case chunk(byteCount: Int)
    /// Collects the rest of the stream, which only its end completes.
    case finalChunk
  }

  private let key: MessageKey
  private let maximumSealedByteCount: Int
  private var sequenceNumber: UInt64 = 0
  private var state = State.length

  init(key: MessageKey, maximumChunkByteCount: Int) {
    OHTTPChunk.checkLimit(maximumChunkByteCount)
    self.key = key
    maximumSealedByteCount = maximumChunkByteCount + OHTTPChunk.tagByteCount
  }

  /// Opens every chunk that is complete in `input` and moves its start behind them.
  mutating func open(_ input: inout ByteQueue) throws(OHTTPError) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    while true {
      switch state {
      case .length:
        var cursor = WireCursor(input.bytes)
        guard let byteCount = try? cursor.readVariableLengthInteger(field: "chunk length") else { return chunks }
        input.drop(input.bytes.count - cursor.remainingByteCount)
        state = try Self.state(afterLength: byteCount, limit: maximumSealedByteCount)
      case .chunk(let byteCount):
        guard input.bytes.count >= byteCount else { return chunks }
        chunks.append(try open(input.bytes.prefix(byteCount), authenticating: []))
        input.drop(byteCount)
        state = .length
      case .finalChunk:
        guard input.bytes.count <= maximumSealedByteCount else {
          throw OHTTPError(
            OHTTPError.chunkRefused, "final chunk has more than \(maximumSealedByteCount) bytes with its tag")
        }
        return chunks
      }
    }
  }

  /// The plaintext of the final chunk, which the end of the stream completes.
  mutating func finish(_ input: borrowing ByteQueue) throws(OHTTPError) -> [UInt8] {
    guard case .finalChunk = state, input.bytes.count >= OHTTPChunk.tagByteCount else {
      throw OHTTPError(OHTTPError.truncated, "chunked message ended without its final chunk")
    }
    return try open(input.bytes, authenticating: OHTTPChunk.finalAAD)
  }

  private static func state(afterLength byteCount: UInt64, limit: Int) throws(OHTTPError) -> State {
    if byteCount == 0 { return .finalChunk }
    guard byteCount <= UInt64(limit) else {
      throw OHTTPError(
        OHTTPError.chunkRefused, "chunk has \(byteCount) bytes with its tag, at most \(limit) are allowed")
    }
    // Too short to hold data: the draft treats it as a chunk that does not decrypt.
    guard byteCount > UInt64(OHTTPChunk.tagByteCount) else { throw OHTTPError.notDecrypted }
    return .chunk(byteCount: Int(byteCount))
  }

  private mutating func open(
    _ sealed: ArraySlice<UInt8>, authenticating aad: [UInt8]
  ) throws(OHTTPError) -> [UInt8] {
    do {
      let chunk = try key.open(sealed, sequenceNumber: sequenceNumber, authenticating: aad)
      sequenceNumber += 1
      return chunk
    } catch {
      throw OHTTPError.notDecrypted
    }
  }
}

/// Received bytes that are not parsed yet.
struct ByteQueue: Sendable {
  private var storage: [UInt8] = []
  private var start = 0

  var bytes: ArraySlice<UInt8> { storage[start...] }

  mutating func append(_ bytes: some Collection<UInt8>) {
    // Parsed bytes go when new ones come, so that the queue holds little more than one unfinished chunk. Where nothing
    // is left over an array is taken as it is, without a copy.
    if start == storage.count {
      storage = Array(bytes)
    } else {
      storage.removeSubrange(..<start)
      storage.append(contentsOf: bytes)
    }
    start = 0
  }

  /// Forgets the first bytes, which are there.
  mutating func drop(_ byteCount: Int) { start += byteCount }
}

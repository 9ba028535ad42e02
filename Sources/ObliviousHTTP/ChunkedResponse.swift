/// The gateway's side of a chunked response (draft-ietf-ohai-chunked-ohttp, section 6.2): seals chunk after chunk.
///
/// All bytes returned by `sealChunk`, one after the other, are the encapsulated response.
public struct ChunkedResponseSealer: ~Copyable, Sendable {
  private var chunks: ChunkSealer
  private var unsentNonce: [UInt8]

  init(secret: ResponseSecret, responseNonce: [UInt8], maximumChunkByteCount: Int) {
    chunks = ChunkSealer(
      key: secret.messageKey(responseNonce: responseNonce), maximumChunkByteCount: maximumChunkByteCount)
    unsentNonce = responseNonce
  }

  /// The next bytes to send. Only the final chunk may be empty.
  ///
  /// - Throws: `OHTTPError.chunkRefused`.
  public mutating func sealChunk(_ chunk: [UInt8], isFinal: Bool) throws(OHTTPError) -> [UInt8] {
    var output = unsentNonce
    try chunks.seal(chunk, isFinal: isFinal, into: &output)
    unsentNonce = []
    return output
  }

  /// A message that is there as a whole, as `sealChunk` for each of its chunks.
  ///
  /// - Throws: `OHTTPError.chunkRefused` after the final chunk.
  public mutating func sealWhole(_ message: [UInt8]) throws(OHTTPError) -> [UInt8] {
    var output = unsentNonce
    try chunks.sealWhole(message, into: &output)
    unsentNonce = []
    return output
  }
}

/// The client's side of a chunked response: takes bytes in any pieces and gives chunks as they are complete.
///
/// After an error every call throws that error again.
public struct ChunkedResponseOpener: ~Copyable, Sendable {
  private let secret: ResponseSecret
  private let maximumChunkByteCount: Int
  private var input = ByteQueue()
  private var chunks: ChunkOpener?
  private var failure: OHTTPError?

  init(secret: ResponseSecret, maximumChunkByteCount: Int) {
    self.secret = secret
    self.maximumChunkByteCount = maximumChunkByteCount
  }

  /// The chunks that `bytes`, which are untrusted, complete. None of them means that the message is whole: that
  /// `finish` tells.
  ///
  /// - Throws: `OHTTPError.decryptionFailed`, `OHTTPError.chunkRefused`.
  public mutating func feed(_ bytes: some Collection<UInt8>) throws(OHTTPError) -> [[UInt8]] {
    if let failure { throw failure }
    do {
      input.append(bytes)
      if chunks == nil { chunks = readNonce() }
      return try chunks?.open(&input) ?? []
    } catch {
      failure = error
      throw error
    }
  }

  /// The plaintext of the final chunk, at the end of the response.
  ///
  /// - Throws: `OHTTPError.truncated` without the final chunk, `OHTTPError.decryptionFailed`.
  public consuming func finish() throws(OHTTPError) -> [UInt8] {
    if let failure { throw failure }
    guard var chunks else {
      throw OHTTPError(OHTTPError.truncated, "chunked response ended inside its nonce")
    }
    return try chunks.finish(input)
  }

  /// Nil until the response nonce is there.
  private mutating func readNonce() -> ChunkOpener? {
    let byteCount = secret.nonceByteCount
    guard input.bytes.count >= byteCount else { return nil }
    let key = secret.messageKey(responseNonce: input.bytes.prefix(byteCount))
    input.drop(byteCount)
    return ChunkOpener(key: key, maximumChunkByteCount: maximumChunkByteCount)
  }
}

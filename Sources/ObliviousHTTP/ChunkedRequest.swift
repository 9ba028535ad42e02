public import HybridPublicKeyEncryption
import WireFormat

/// The client's side of a chunked request (draft-ietf-ohai-chunked-ohttp, section 6.1): seals chunk after chunk.
///
/// All bytes returned by `sealChunk`, one after the other, are the encapsulated request.
public struct ChunkedRequestSealer: ~Copyable, Sendable {
  private var chunks: ChunkSealer
  private var unsentHeader: [UInt8]
  private let secret: ResponseSecret

  /// - Parameters: as `RequestSealer.seal`; `maximumChunkByteCount` is 1 to 2^24.
  /// - Throws: `OHTTPError.suiteRefused`; `OHTTPError.malformed` for a low-order public key.
  public init(
    to configuration: KeyConfiguration, using algorithm: SymmetricAlgorithm? = nil,
    requiring kem: KEMIdentifier? = nil, maximumChunkByteCount: Int = OHTTPChunk.defaultMaximumByteCount
  ) throws(OHTTPError) {
    try self.init(
      to: configuration, using: algorithm, requiring: kem, maximumChunkByteCount: maximumChunkByteCount,
      ephemeral: nil)
  }

  /// `ephemeral` fixes the randomness of a Diffie-Hellman KEM, for test vectors alone.
  package init(
    to configuration: KeyConfiguration, using algorithm: SymmetricAlgorithm?, requiring kem: KEMIdentifier?,
    maximumChunkByteCount: Int, ephemeral: KEMPrivateKey?
  ) throws(OHTTPError) {
    let header = try configuration.requestHeader(using: algorithm, requiring: kem)
    let context = try SenderContext.encapsulating(to: configuration, header, .chunked, ephemeral: ephemeral)
    let key = try context.secrets.chunkKey()
    chunks = ChunkSealer(key: key, maximumChunkByteCount: maximumChunkByteCount)
    unsentHeader = header.encoded + context.encapsulatedKey
    secret = ResponseSecret(context, .chunked, header.ciphersuite.aead)
  }

  /// The next bytes to send. Only the final chunk may be empty.
  ///
  /// - Throws: `OHTTPError.chunkRefused`.
  public mutating func sealChunk(_ chunk: [UInt8], isFinal: Bool) throws(OHTTPError) -> [UInt8] {
    var output = unsentHeader
    try chunks.seal(chunk, isFinal: isFinal, into: &output)
    unsentHeader = []
    return output
  }

  /// A message that is there as a whole, as `sealChunk` for each of its chunks.
  ///
  /// - Throws: `OHTTPError.chunkRefused` after the final chunk.
  public mutating func sealWhole(_ message: [UInt8]) throws(OHTTPError) -> [UInt8] {
    var output = unsentHeader
    try chunks.sealWhole(message, into: &output)
    unsentHeader = []
    return output
  }

  /// Opens the response to this request, once the whole request is sealed: an exchange in which the response shapes
  /// the request would tell the gateway the client's distance (section 7.2 of the draft).
  ///
  /// - Throws: `OHTTPError.truncated` before the final chunk.
  public consuming func takeOpener() throws(OHTTPError) -> ChunkedResponseOpener {
    guard chunks.isFinished else {
      throw OHTTPError(OHTTPError.truncated, "chunked request has no final chunk yet")
    }
    return ChunkedResponseOpener(secret: secret, maximumChunkByteCount: chunks.maximumChunkByteCount)
  }
}

/// The gateway's side of a chunked request: takes bytes in any pieces and gives chunks as they are complete.
///
/// After an error every call throws that error again.
public struct ChunkedRequestOpener: ~Copyable, Sendable {
  private struct Opened: Sendable {
    let keyConfiguration: KeyConfiguration
    let secret: ResponseSecret
    var chunks: ChunkOpener
  }

  private let ring: GatewayKeyRing
  private let maximumChunkByteCount: Int
  private var input = ByteQueue()
  private var opened: Opened?
  private var failure: OHTTPError?

  /// Of two keys with one identifier and algorithms in common, the first is used.
  ///
  /// - Parameter maximumChunkByteCount: the longest plaintext of one chunk, 1 to 2^24 bytes. An unfinished chunk is kept
  ///   until it is whole. The response's chunks are never longer than every client takes.
  public init(keys: [GatewayKey], maximumChunkByteCount: Int = OHTTPChunk.defaultMaximumByteCount) {
    OHTTPChunk.checkLimit(maximumChunkByteCount)
    ring = GatewayKeyRing(keys: keys)
    self.maximumChunkByteCount = maximumChunkByteCount
  }

  /// What replay is found by; nil until the header has come.
  public var encapsulatedKey: [UInt8]? { opened?.secret.encapsulatedKey }

  /// The chunks that `bytes`, which are untrusted, complete. None of them means that the message is whole: that
  /// `finish` tells.
  ///
  /// - Throws: `OHTTPError.keyUnknown`, `OHTTPError.decryptionFailed`, `OHTTPError.chunkRefused`.
  public mutating func feed(_ bytes: some Collection<UInt8>) throws(OHTTPError) -> [[UInt8]] {
    if let failure { throw failure }
    do {
      input.append(bytes)
      if opened == nil { opened = try readHeader() }
      return try opened?.chunks.open(&input) ?? []
    } catch {
      failure = error
      throw error
    }
  }

  /// The end of the request.
  ///
  /// - Throws: `OHTTPError.truncated` without the final chunk, `OHTTPError.decryptionFailed`.
  public consuming func finish() throws(OHTTPError) -> FinishedChunkedRequest {
    if let failure { throw failure }
    guard var opened else {
      throw OHTTPError(OHTTPError.truncated, "chunked request ended inside its header")
    }
    let finalChunk = try opened.chunks.finish(input)
    return FinishedChunkedRequest(
      keyConfiguration: opened.keyConfiguration, finalChunk: finalChunk, secret: opened.secret,
      maximumChunkByteCount: maximumChunkByteCount)
  }

  /// Nil until header and encapsulated key are there.
  private mutating func readHeader() throws(OHTTPError) -> Opened? {
    guard input.bytes.count >= RequestHeader.byteCount else { return nil }
    var cursor = WireCursor(input.bytes)
    let header = try RequestHeader(parsing: &cursor)
    let (key, schedule) = try ring.keySchedule(for: header, .chunked)
    let encapsulatedKeyByteCount = header.ciphersuite.kem.encapsulatedKeyByteCount
    guard cursor.remainingByteCount >= encapsulatedKeyByteCount else { return nil }
    let encapsulatedKey = Array(cursor.remainder.prefix(encapsulatedKeyByteCount))
    input.drop(RequestHeader.byteCount + encapsulatedKeyByteCount)
    let context = try RecipientContext.decapsulating(encapsulatedKey, key.privateKey, schedule)
    return Opened(
      keyConfiguration: key.keyConfiguration,
      secret: ResponseSecret(
        context, encapsulatedKey: encapsulatedKey, .chunked, header.ciphersuite.aead),
      chunks: ChunkOpener(key: try context.secrets.chunkKey(), maximumChunkByteCount: maximumChunkByteCount))
  }
}

/// The end of a chunked request that was whole, and the means to seal the one response to it.
public struct FinishedChunkedRequest: ~Copyable, Sendable {
  /// Of the key that opened it. Several keys may have its identifier: only the whole configuration names one.
  public let keyConfiguration: KeyConfiguration
  /// The plaintext of the final chunk; often empty.
  public let finalChunk: [UInt8]
  private let secret: ResponseSecret
  private let maximumChunkByteCount: Int

  init(
    keyConfiguration: KeyConfiguration, finalChunk: [UInt8], secret: ResponseSecret, maximumChunkByteCount: Int
  ) {
    self.keyConfiguration = keyConfiguration
    self.finalChunk = finalChunk
    self.secret = secret
    self.maximumChunkByteCount = maximumChunkByteCount
  }

  public var keyIdentifier: UInt8 { keyConfiguration.keyIdentifier }

  /// What replay is found by.
  public var encapsulatedKey: [UInt8] { secret.encapsulatedKey }

  /// Gives the sealer away; read the other members before.
  public consuming func takeSealer() -> ChunkedResponseSealer {
    let nonce = secret.randomNonce()
    return takeSealer(responseNonce: nonce)
  }

  /// `responseNonce` replaces the random one, for test vectors alone.
  package consuming func takeSealer(responseNonce: [UInt8]) -> ChunkedResponseSealer {
    ChunkedResponseSealer(
      secret: secret, responseNonce: responseNonce,
      maximumChunkByteCount: min(maximumChunkByteCount, OHTTPChunk.defaultMaximumByteCount))
  }
}

extension KeySchedule.Secrets {
  fileprivate func chunkKey() throws(OHTTPError) -> MessageKey {
    do {
      return try messageKey(for: 0)
    } catch {
      throw OHTTPError(OHTTPError.suiteRefused, error.message)
    }
  }
}

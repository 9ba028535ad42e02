import Foundation
import HybridPublicKeyEncryption
import ObliviousHTTP

extension FuzzTarget {
  static let obliviousHTTP = [
    FuzzTarget("key-configuration", seeds: { OHTTPFixture.configurations.map(\.encoded) }) { bytes in
      guard let configuration = try? KeyConfiguration(decoding: bytes) else { return }
      claim(configuration.encoded == bytes, "a key configuration keeps its bytes")
      claim(!configuration.symmetricAlgorithms.isEmpty, "a key configuration has an algorithm")
    },
    FuzzTarget(
      "key-configuration-list", seeds: { [KeyConfiguration.encodeList(OHTTPFixture.configurations)] }
    ) { bytes in
      guard let list = try? KeyConfiguration.decodeList(bytes) else { return }
      claim(
        try KeyConfiguration.decodeList(KeyConfiguration.encodeList(list)) == list,
        "an encoded list decodes to itself")
    },
    FuzzTarget("encapsulated-request", seeds: OHTTPFixture.requests) { bytes in
      if let opened = try? RequestOpener(keys: OHTTPFixture.keys).open(bytes) {
        claim(bytes.count == 7 + opened.encapsulatedKey.count + opened.request.count + 16, "nothing is left over")
      }
      checkDeliveries(of: bytes)
    },
    FuzzTarget("request-chunks", seeds: { [try OHTTPFixture.chunks([[1, 2, 3], [4]])] }) { bytes in
      checkDeliveries(of: OHTTPFixture.chunkedRequestStart + bytes)
    },
    FuzzTarget("response-chunks", seeds: { [try OHTTPFixture.responseChunks()] }) { bytes in
      let whole = openResponse([bytes])
      for pieces in bytes.deliveries {
        claim(openResponse(pieces) == whole, "a chunked response in pieces has the verdict of the whole")
      }
    },
    FuzzTarget("encapsulated-response", seeds: { [try OHTTPFixture.response([1, 2, 3])] }) { bytes in
      guard let opener = try? OHTTPFixture.sealedRequest().takeOpener(), let response = try? opener.open(bytes)
      else { return }
      claim(bytes.count == 16 + response.count + 16, "nothing is left over")
    },
    FuzzTarget(
      "http-date",
      seeds: {
        ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
          .map { Array($0.utf8) }
      }
    ) { bytes in
      guard let text = text(bytes), let date = HTTPDate.parse(text, now: Date(timeIntervalSince1970: 1_800_000_000))
      else { return }
      claim(
        date.timeIntervalSince1970 < 0 || HTTPDate.parse(HTTPDate.text(date), now: date) == date, "a date comes back")
    },
    FuzzTarget("ohttp-problem", seeds: { OHTTPProblem.allCases.map(\.content) }) { bytes in
      guard let problem = OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: bytes) else { return }
      claim(
        OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: problem.content) == problem, "a problem comes back")
    },
    FuzzTarget("chunk-round-trip", seeds: { [Array("some bytes for chunks".utf8)] }) { bytes in
      let chunks = bytes.cutByContent.filter { !$0.isEmpty }
      guard let stream = try? OHTTPFixture.chunks(chunks) else { fatalError("chunks were refused") }
      for pieces in (OHTTPFixture.chunkedRequestStart + stream).deliveries {
        claim(try openRequest(pieces).get() == chunks + [[]], "chunks arrive as they were sealed")
      }
    },
  ]

  private static func checkDeliveries(of bytes: [UInt8]) {
    let whole = openRequest([bytes])
    for pieces in bytes.deliveries {
      claim(openRequest(pieces) == whole, "a chunked request in pieces has the verdict of the whole")
    }
  }

  private static func openRequest(_ pieces: [[UInt8]]) -> Result<[[UInt8]], OHTTPError> {
    Result { () throws(OHTTPError) in
      var opener = ChunkedRequestOpener(keys: OHTTPFixture.keys, maximumChunkByteCount: 64)
      var chunks: [[UInt8]] = []
      for piece in pieces { chunks += try opener.feed(piece) }
      return chunks + [try opener.finish().finalChunk]
    }
  }

  private static func openResponse(_ pieces: [[UInt8]]) -> Result<[[UInt8]], OHTTPError> {
    Result { () throws(OHTTPError) in
      var opener = try OHTTPFixture.finishedSealer().takeOpener()
      var chunks: [[UInt8]] = []
      for piece in pieces { chunks += try opener.feed(piece) }
      return chunks + [try opener.finish()]
    }
  }
}

/// Fixed keys, nothing of them secret, so that seeds stay good.
enum OHTTPFixture {
  static let keys: [GatewayKey] = {
    do {
      return try zip(UInt8(1)..., KEMIdentifier.allCases).map { identifier, kem in
        try GatewayKey(
          keyIdentifier: identifier, privateKey: key(kem, identifier),
          symmetricAlgorithms: AEADIdentifier.allCases.map { SymmetricAlgorithm(aead: $0) })
      }
    } catch {
      fatalError("fixture: \(error)")
    }
  }()

  static let configurations = keys.map(\.keyConfiguration)

  /// X25519, which allows a fixed ephemeral key.
  private static let configuration = configurations[1]

  private static func key(_ kem: KEMIdentifier, _ byte: UInt8) throws -> KEMPrivateKey {
    try KEMPrivateKey(kem: kem, rawRepresentation: [UInt8](repeating: byte, count: 32))
  }

  private static let ephemeral: KEMPrivateKey = {
    do { return try key(.x25519, 0x77) } catch { fatalError("fixture: \(error)") }
  }()

  static func sealedRequest() throws(OHTTPError) -> SealedRequest {
    try RequestSealer.seal([1, 2, 3], to: configuration, using: nil, requiring: nil, ephemeral: ephemeral)
  }

  private static func sealer() throws(OHTTPError) -> ChunkedRequestSealer {
    try ChunkedRequestSealer(
      to: configuration, using: nil, requiring: nil, maximumChunkByteCount: 64, ephemeral: ephemeral)
  }

  static func finishedSealer() throws(OHTTPError) -> ChunkedRequestSealer {
    var sealer = try sealer()
    _ = try sealer.sealChunk([], isFinal: true)
    return sealer
  }

  private static let startByteCount = 7 + 32

  /// Header and encapsulated key of every request here.
  static let chunkedRequestStart: [UInt8] = {
    do {
      var sealer = try sealer()
      return Array(try sealer.sealChunk([], isFinal: true).prefix(startByteCount))
    } catch {
      fatalError("fixture: \(error)")
    }
  }()

  /// A request's chunks, the final one empty, without its start.
  static func chunks(_ chunks: [[UInt8]]) throws(OHTTPError) -> [UInt8] {
    var sealer = try sealer()
    var stream: [UInt8] = []
    for chunk in chunks { stream += try sealer.sealChunk(chunk, isFinal: false) }
    return Array((stream + (try sealer.sealChunk([], isFinal: true))).dropFirst(startByteCount))
  }

  @Sendable static func requests() throws -> [[UInt8]] {
    var requests = [chunkedRequestStart + (try chunks([[5], [6, 7]])), try sealedRequest().encapsulatedRequest]
    for configuration in configurations {
      let sealed = try RequestSealer.seal([8, 9], to: configuration)
      requests.append(sealed.encapsulatedRequest)
    }
    return requests
  }

  /// A request that is whole, in the suite of our clients: its response is opened by this, and sealed by
  /// `responseSealer`.
  static func responseOpener() throws -> ChunkedResponseOpener {
    var sealer = try clientSealer()
    _ = try sealer.sealChunk([], isFinal: true)
    return try sealer.takeOpener()
  }

  static func responseSealer() throws -> ChunkedResponseSealer {
    var opener = ChunkedRequestOpener(keys: keys)
    var sealer = try clientSealer()
    _ = try opener.feed(try sealer.sealChunk([], isFinal: true))
    return try opener.finish().takeSealer(responseNonce: [UInt8](repeating: 9, count: 32))
  }

  private static func clientSealer() throws(OHTTPError) -> ChunkedRequestSealer {
    try ChunkedRequestSealer(
      to: configuration, using: SymmetricAlgorithm(aead: .aes256GCM), requiring: nil,
      maximumChunkByteCount: OHTTPChunk.largestMaximumByteCount, ephemeral: ephemeral)
  }

  static func response(_ response: [UInt8]) throws -> [UInt8] {
    let opened = try RequestOpener(keys: keys).open(try sealedRequest().encapsulatedRequest)
    let sealer = opened.takeSealer()
    return try sealer.seal(response)
  }

  static func responseChunks() throws -> [UInt8] {
    var opener = ChunkedRequestOpener(keys: keys, maximumChunkByteCount: 64)
    _ = try opener.feed(chunkedRequestStart + (try chunks([])))
    let finished = try opener.finish()
    var sealer = finished.takeSealer()
    return try sealer.sealChunk([1, 2], isFinal: false) + sealer.sealChunk([3], isFinal: false)
      + sealer.sealChunk([4], isFinal: true)
  }
}

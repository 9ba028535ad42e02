import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing

private let truncated = OHTTPError(OHTTPError.truncated, "")
private let chunkRefused = OHTTPError(OHTTPError.chunkRefused, "")
private let messages: [[UInt8]] = [[1], Array("second".utf8), [UInt8](repeating: 3, count: 300)]

/// A whole request of `messages` and an empty final chunk, in its framed pieces; the first holds the header too.
private func sealedRequest(_ key: GatewayKey) throws -> [[UInt8]] {
  var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
  var pieces = try messages.map { try sealer.sealChunk($0, isFinal: false) }
  pieces.append(try sealer.sealChunk([], isFinal: true))
  return pieces
}

private func open(_ bytes: [UInt8], _ key: GatewayKey, limit: Int = 16_384) throws -> [[UInt8]] {
  var opener = ChunkedRequestOpener(keys: [key], maximumChunkByteCount: limit)
  let chunks = try opener.feed(bytes)
  return chunks + [try opener.finish().finalChunk]
}

@Suite("chunked Oblivious HTTP")
struct ChunkedTests {
  private let key: GatewayKey

  init() throws { key = try Suite(kem: .x25519, aead: .aes256GCM).gatewayKey() }

  @Test("chunks pass both ways in every suite", arguments: Suite.all)
  func roundTrip(suite: Suite) throws {
    let key = try suite.gatewayKey()
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    var opener = ChunkedRequestOpener(keys: [key])
    for message in messages {
      let opened = try opener.feed(sealer.sealChunk(message, isFinal: false))
      #expect(opened == [message])
    }
    let none = try opener.feed(sealer.sealChunk([9], isFinal: true))
    #expect(none == [])
    let finished = try opener.finish()
    #expect(finished.finalChunk == [9])
    #expect(finished.keyConfiguration == key.keyConfiguration && finished.keyIdentifier == 7)

    var responseSealer = finished.takeSealer()
    var responseOpener = try sealer.takeOpener()
    for message in messages {
      let opened = try responseOpener.feed(responseSealer.sealChunk(message, isFinal: false))
      #expect(opened == [message])
    }
    _ = try responseOpener.feed(responseSealer.sealChunk([8], isFinal: true))
    #expect(try responseOpener.finish() == [8])
  }

  @Test("of two keys with one identifier, a finished request names the one that opened it")
  func keysOfOneIdentifier() throws {
    let other = try Suite(kem: .x25519, aead: .aes256GCM).gatewayKey()
    #expect(other.keyConfiguration.keyIdentifier == key.keyConfiguration.keyIdentifier)
    var opener = ChunkedRequestOpener(keys: [key, other])
    _ = try opener.feed(try sealedRequest(key).joined())
    let finished = try opener.finish()
    #expect(finished.keyConfiguration == key.keyConfiguration)
    #expect(finished.keyConfiguration != other.keyConfiguration)
  }

  @Test("a request fed one byte at a time gives the same chunks, and its encapsulated key before them")
  func byteByByte() throws {
    var opener = ChunkedRequestOpener(keys: [key])
    var chunks: [[UInt8]] = []
    for (index, byte) in try sealedRequest(key).joined().enumerated() {
      chunks += try opener.feed([byte])
      #expect((opener.encapsulatedKey == nil) == (index < 7 + 32 - 1))
    }
    #expect(chunks == messages)
    #expect(try opener.finish().finalChunk == [])
  }

  @Test("a request cut anywhere is an error, even after good chunks")
  func everyTruncation() throws {
    let bytes = Array(try sealedRequest(key).joined())
    for byteCount in bytes.indices {
      expect(truncated, "\(byteCount) bytes") { try open(Array(bytes.prefix(byteCount)), key) }
    }
    #expect(try open(bytes, key) == messages + [[]])
    expect(decryptionFailed) { try open(bytes + [0], key) }
  }

  @Test("a final chunk with data cut inside is an error")
  func truncatedFinalChunk() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let bytes = try sealer.sealChunk([1, 2, 3], isFinal: true)
    expect(decryptionFailed) { try open(bytes.dropLast(1), key) }
    expect(truncated) { try open(bytes.dropLast(4), key) }
  }

  @Test("a response cut anywhere is an error, even after good chunks")
  func truncatedResponse() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    var requestOpener = ChunkedRequestOpener(keys: [key])
    _ = try requestOpener.feed(sealer.sealChunk([], isFinal: true))
    var responseSealer = try requestOpener.finish().takeSealer()
    let bytes =
      try responseSealer.sealChunk([1, 2], isFinal: false) + responseSealer.sealChunk([], isFinal: true)
    var opener = try sealer.takeOpener()
    #expect(try opener.feed(bytes.dropLast(17)) == [[1, 2]])
    do {
      _ = try opener.finish()
      Issue.record("a response without its final chunk was taken as whole")
    } catch {
      #expect(error == truncated)
    }
  }

  @Test("chunks exchanged, repeated, left out or damaged are rejected")
  func order() throws {
    let pieces = try sealedRequest(key)
    let header = Array(pieces[0].prefix(39))
    let first = Array(pieces[0].dropFirst(39))
    let (second, third, final) = (pieces[1], pieces[2], pieces[3])
    let wrong = [
      [second, first, third, final], [first, first, second, third, final], [first, third, final],
      [second, third, final], [final], [first, second, final], [first, second, third, first, final],
    ]
    for (index, order) in wrong.enumerated() {
      expect(decryptionFailed, "order \(index)") { try open(header + order.joined(), key) }
    }
    #expect(try open(header + [first, second, third, final].joined(), key) == messages + [[]])
    var damaged = first
    damaged[5] ^= 1
    expect(decryptionFailed) { try open(header + damaged + second + third + final, key) }
  }

  @Test("a chunk sealed as final is not accepted as another, nor the other way round")
  func finality() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let final = try sealer.sealChunk([5], isFinal: true)
    // The length 0 of the final chunk becomes the length of a chunk that more follow.
    let asOther = Array(final[..<39]) + [17] + Array(final[40...])
    expect(decryptionFailed) { try open(asOther, key) }
    var other = try ChunkedRequestSealer(to: key.keyConfiguration)
    let notFinal = try other.sealChunk([5], isFinal: false)
    expect(decryptionFailed) { try open(Array(notFinal[..<39]) + [0] + Array(notFinal[40...]), key) }
  }

  @Test("an empty chunk that is not final is rejected by both sides")
  func emptyChunk() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let header = try sealer.sealChunk([1], isFinal: false).prefix(39)
    for byteCount in 1...16 as ClosedRange<UInt8> {
      expect(decryptionFailed) {
        try open(header + [byteCount] + [UInt8](repeating: 0, count: Int(byteCount)), key)
      }
    }
    do {
      _ = try sealer.sealChunk([], isFinal: false)
      Issue.record("an empty chunk was sealed")
    } catch {
      #expect(error == chunkRefused)
    }
  }

  @Test("a chunk has at most the limit, either kind, either side")
  func limits() throws {
    for isFinal in [false, true] {
      for byteCount in [16_384, 16_385] {
        var sealer = try ChunkedRequestSealer(to: key.keyConfiguration, maximumChunkByteCount: 16_385)
        var bytes = try sealer.sealChunk([UInt8](repeating: 1, count: byteCount), isFinal: isFinal)
        if !isFinal { bytes += try sealer.sealChunk([], isFinal: true) }
        if byteCount == 16_384 {
          #expect(try open(bytes, key).joined().count == byteCount)
        } else {
          expect(chunkRefused) { try open(bytes, key) }
        }
      }
      var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
      do {
        _ = try sealer.sealChunk([UInt8](repeating: 1, count: 16_385), isFinal: isFinal)
        Issue.record("a chunk above the limit was sealed")
      } catch {
        #expect(error == chunkRefused)
      }
    }
  }

  @Test(
    "a length above the limit is refused before its bytes come",
    arguments: [
      [0x80, 0, 0x40, 0x11], [0xBF, 0xFF, 0xFF, 0xFF], [UInt8](repeating: 0xFF, count: 8),
    ] as [[UInt8]])
  func announcedLength(length: [UInt8]) throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let header = try sealer.sealChunk([1], isFinal: false).prefix(39)
    expect(chunkRefused) { try open(header + length, key) }
  }

  @Test("a length in a longer form than needed is accepted")
  func longForm() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let first = try sealer.sealChunk([1], isFinal: false)
    let final = try sealer.sealChunk([2], isFinal: true)
    let bytes = first[..<39] + [0x40, 17] + first[40...] + [0xC0, 0, 0, 0, 0, 0, 0, 0] + final[1...]
    #expect(try open(Array(bytes), key) == [[1], [2]])
  }

  @Test("nothing is sealed after the final chunk, and the response waits for it")
  func afterFinal() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    _ = try sealer.sealChunk([1], isFinal: true)
    do {
      _ = try sealer.sealChunk([2], isFinal: true)
      Issue.record("a chunk after the final one was sealed")
    } catch {
      #expect(error == chunkRefused)
    }
    expect(truncated) { try ChunkedRequestSealer(to: key.keyConfiguration).takeOpener() }
  }

  @Test("after an error an opener gives that error again")
  func poisoned() throws {
    let bytes = Array(try sealedRequest(key).joined())
    var damaged = bytes
    damaged[45] ^= 1
    var opener = ChunkedRequestOpener(keys: [key])
    for _ in 0..<2 {
      do {
        _ = try opener.feed(damaged)
        Issue.record("a damaged chunk was opened")
      } catch {
        #expect(error == decryptionFailed)
      }
    }
    do {
      _ = try opener.finish()
      Issue.record("a damaged request was taken as whole")
    } catch {
      #expect(error == decryptionFailed)
    }
  }

  @Test("an unknown key is refused at the header")
  func unknownKey() throws {
    let bytes = try sealedRequest(key)[0]
    let other = try Suite(kem: .x25519, aead: .aes256GCM).gatewayKey(keyIdentifier: 9)
    expect(keyUnknown) { try open(Array(bytes.prefix(7)), other) }
  }

  @Test("a single-shot request does not open as a chunked one")
  func otherForm() throws {
    let message = try RequestSealer.seal([1, 2, 3], to: key.keyConfiguration).encapsulatedRequest
    #expect(throws: OHTTPError.self) { _ = try open(message, key) }
  }

  @Test("a response fed one byte at a time gives the same chunks in every suite", arguments: Suite.all)
  func responseByteByByte(suite: Suite) throws {
    let key = try suite.gatewayKey()
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    var requestOpener = ChunkedRequestOpener(keys: [key])
    for byte in try sealer.sealChunk([], isFinal: true) { _ = try requestOpener.feed([byte]) }
    var responseSealer = try requestOpener.finish().takeSealer()
    var response: [UInt8] = []
    for message in messages { response += try responseSealer.sealChunk(message, isFinal: false) }
    response += try responseSealer.sealChunk([4], isFinal: true)
    var opener = try sealer.takeOpener()
    var chunks: [[UInt8]] = []
    for byte in response { chunks += try opener.feed([byte]) }
    #expect(chunks == messages)
    #expect(try opener.finish() == [4])
  }

  @Test("one byte behind the end of a response is an error")
  func excessResponse() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    var requestOpener = ChunkedRequestOpener(keys: [key])
    _ = try requestOpener.feed(sealer.sealChunk([], isFinal: true))
    var responseSealer = try requestOpener.finish().takeSealer()
    let response = try responseSealer.sealChunk([1, 2], isFinal: true)
    var opener = try sealer.takeOpener()
    _ = try opener.feed(response + [0])
    do {
      _ = try opener.finish()
      Issue.record("a response with a byte behind its end was taken as whole")
    } catch {
      #expect(error == decryptionFailed)
    }
  }

  @Test("a request of one long chunk is opened where the limit allows it; the response's chunks have the common length")
  func oneLongChunk() throws {
    let message = [UInt8](repeating: 7, count: 131_072)
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration, maximumChunkByteCount: message.count)
    let bytes = try sealer.sealWhole(message)
    var opener = ChunkedRequestOpener(keys: [key], maximumChunkByteCount: message.count)
    _ = try opener.feed(bytes)
    let finished = try opener.finish()
    #expect(finished.finalChunk == message)
    var response = finished.takeSealer()
    do {
      _ = try response.sealChunk([UInt8](repeating: 1, count: 16_385), isFinal: true)
      Issue.record("a chunk that not every client takes was sealed")
    } catch {
      #expect(error.code == OHTTPError.chunkRefused)
    }
    #expect(throws: OHTTPError(OHTTPError.chunkRefused, "")) { try open(bytes, key) }
  }

  @Test("of a final chunk that never ends, no more than the limit is kept")
  func endlessFinalChunk() throws {
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    var opener = ChunkedRequestOpener(keys: [key], maximumChunkByteCount: 100)
    _ = try opener.feed(sealer.sealChunk([], isFinal: true))
    _ = try opener.feed([UInt8](repeating: 0, count: 100))
    do {
      _ = try opener.feed([0])
      Issue.record("a final chunk above the limit was kept")
    } catch {
      #expect(error == chunkRefused)
    }
  }

  @Test("media types are those of RFC 9458 and the chunked draft")
  func mediaTypes() {
    #expect(OHTTPForm.singleShot.requestMediaType == "message/ohttp-req")
    #expect(OHTTPForm.singleShot.responseMediaType == "message/ohttp-res")
    #expect(OHTTPForm.chunked.requestMediaType == "message/ohttp-chunked-req")
    #expect(OHTTPForm.chunked.responseMediaType == "message/ohttp-chunked-res")
    #expect(OHTTPForm.keysMediaType == "application/ohttp-keys")
    #expect(OHTTPForm.incrementalFieldName == "incremental")
    #expect(OHTTPForm.incrementalFieldValue == "?1")
  }
}

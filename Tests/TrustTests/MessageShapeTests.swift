import BinaryHTTP
import HybridPublicKeyEncryption
import ObliviousHTTP
import Testing
import Trust

@Suite("Sizes on the wire")
struct MessageShapeTests {
  @Test(
    "a request goes into the smallest class that holds it",
    arguments: [
      (0, RequestClass.small), (8_192, .small), (8_193, .medium), (32_768, .medium), (32_769, .large),
      (131_072, .large), (131_073, .huge), (524_288, .huge), (524_289, nil),
    ] as [(Int, RequestClass?)])
  func smallest(byteCount: Int, expected: RequestClass?) {
    #expect(RequestClass.smallest(holding: byteCount) == expected)
    #expect(RequestClass.allCases.allSatisfy { $0.byteCount <= RequestClass.largest.byteCount })
  }

  /// Longer ones are taken by some implementations of chunked Oblivious HTTP alone.
  @Test(
    "every chunk of an answer, in both layers, is one that all implementations take", arguments: AnswerClass.allCases)
  func chunks(answerClass: AnswerClass) {
    let layout = AnswerLayout(answerClass)
    for frame in 0..<layout.frameCount {
      #expect(layout.gatewayPlaintextByteCount(ofFrame: frame) <= 16_384)
      #expect(layout.nodePlaintextByteCount <= 16_384)
    }
  }
}

@Suite("Frames of an answer")
struct AnswerFramesTests {
  private static let refusal = Response(
    statusCode: 503, headerFields: ["content-type": "application/json"], content: Array(#"{"code":"node-busy"}"#.utf8))

  private func read(_ frames: [[UInt8]], _ answerClass: AnswerClass) throws -> (status: Int?, content: [UInt8]) {
    var reader = AnswerFrameReader(answerClass, .node)
    var events: [MessageEvent] = []
    for frame in frames { events += try reader.receive(frame) }
    events += try reader.finish()
    #expect(events.last == .end)
    return Self.parts(of: events)
  }

  private static func parts(of events: [MessageEvent]) -> (status: Int?, content: [UInt8]) {
    var status: Int?
    var content: [UInt8] = []
    for event in events {
      if case .statusCode(let code) = event { status = code }
      if case .content(let piece) = event { content += piece }
    }
    return (status, content)
  }

  private func frames(of source: AnswerFrames) -> [[UInt8]] {
    var source = source
    var frames: [[UInt8]] = []
    while !source.isFinished { frames.append(source.next()) }
    return frames
  }

  private func append(_ events: String, to source: inout AnswerFrames) -> Bool { source.append(Array(events.utf8)) }

  /// What a reader of server-sent events does not skip.
  private func withoutComments(_ content: [UInt8]) -> String {
    String(decoding: content, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix(":") }.joined(separator: "\n")
  }

  @Test("a refusal has exactly the frames of an answer", arguments: AnswerClass.allCases)
  func refusal(answerClass: AnswerClass) throws {
    let frames = frames(of: try AnswerFrames(whole: Self.refusal, answerClass))
    #expect(frames.map(\.count) == Array(repeating: answerClass.frameByteCount, count: answerClass.frameCount))
    let answer = try read(frames, answerClass)
    #expect(answer.status == 503)
    #expect(answer.content == Self.refusal.content)
  }

  @Test("a whole answer that exactly fits is taken, and one byte more is refused", arguments: AnswerClass.allCases)
  func tooLong(answerClass: AnswerClass) throws {
    let overhead =
      Response(statusCode: 200, content: [UInt8](repeating: 1, count: answerClass.answerByteCount))
      .encoded().count - answerClass.answerByteCount
    func answer(_ byteCount: Int) throws -> AnswerFrames {
      try AnswerFrames(whole: Response(statusCode: 200, content: [UInt8](repeating: 1, count: byteCount)), answerClass)
    }
    _ = try answer(answerClass.answerByteCount - overhead)
    #expect(throws: BinaryHTTPError(BinaryHTTPError.classExceeded, "")) {
      _ = try answer(answerClass.answerByteCount - overhead + 1)
    }
  }

  @Test("events leave in the frame that is next, filler fills the rest", arguments: [AnswerClass.frames, .strict])
  func events(answerClass: AnswerClass) throws {
    var source = AnswerFrames(streaming: answerClass)
    var frames = [source.next()]
    #expect(append("data: one\n\n", to: &source))
    frames.append(source.next())
    #expect(source.isUpToDate)
    #expect(append("data: two\n\n", to: &source))
    while !source.isFinished { frames.append(source.next()) }
    #expect(frames.map(\.count) == Array(repeating: answerClass.frameByteCount, count: answerClass.frameCount))
    var reader = AnswerFrameReader(answerClass, .node)
    #expect(withoutComments(Self.parts(of: try reader.receive(frames[0])).content) == "")
    #expect(withoutComments(Self.parts(of: try reader.receive(frames[1])).content) == "data: one\n\n")
    #expect(withoutComments(Self.parts(of: try reader.receive(frames[2])).content) == "data: two\n\n")
  }

  @Test("an event of any length arrives whole, around the border of a frame and beyond", arguments: 480...520)
  func longEvent(byteCount: Int) throws {
    let event = "data: " + String(repeating: "x", count: byteCount - 8) + "\n\n"
    var source = AnswerFrames(streaming: .frames)
    for _ in 0..<3 { #expect(append(event, to: &source)) }
    let answer = try read(frames(of: source), .frames)
    #expect(answer.status == 200)
    #expect(withoutComments(answer.content).hasPrefix(String(repeating: event, count: 3)))
    #expect(withoutComments(answer.content).filter { $0 == "x" }.count == 3 * (byteCount - 8))
  }

  @Test("what does not fit any more is not appended, what exactly fits is")
  func room() throws {
    var source = AnswerFrames(streaming: .frames)
    _ = source.next()
    let room = source.room
    #expect(!append(String(repeating: "x", count: room + 1), to: &source))
    #expect(append(String(repeating: "x", count: room), to: &source))
    #expect(source.room == 0)
    var last: [UInt8] = []
    while !source.isFinished { last = source.next() }
    #expect(source.isUpToDate)
    #expect(last.count == AnswerClass.frames.frameByteCount)
  }

  @Test("a frame of another size is refused", arguments: [-1, 1])
  func otherSize(difference: Int) throws {
    var reader = AnswerFrameReader(.frames, .node)
    #expect(throws: TrustError(TrustError.answerShape, "")) {
      _ = try reader.receive([UInt8](repeating: 0, count: AnswerClass.frames.frameByteCount + difference))
    }
  }

  @Test("an answer with a frame too few, or one too many, is refused")
  func otherCount() throws {
    var reader = AnswerFrameReader(.frames, .node)
    let frames = frames(of: AnswerFrames(streaming: .frames))
    for frame in frames.dropLast() { _ = try reader.receive(frame) }
    var early = reader
    #expect(throws: TrustError(TrustError.answerShape, "")) { _ = try early.finish() }
    _ = try reader.receive(try #require(frames.last))
    #expect(throws: TrustError(TrustError.answerShape, "")) { _ = try reader.receive(frames[1]) }
  }

  @Test("the gateway's refusal has exactly the frames of an answer that it passes on", arguments: AnswerClass.allCases)
  func gateway(answerClass: AnswerClass) throws {
    let layout = AnswerLayout(answerClass)
    let passed = (0..<layout.frameCount).map { frame in
      GatewayAnswer.plaintext(
        ofFrame: frame, content: [UInt8](repeating: 7, count: layout.nodeEncapsulatedByteCount(ofFrame: frame)),
        answerClass)
    }
    let refused = try GatewayAnswer.frames(of: Self.refusal, answerClass)
    #expect(passed.map(\.count) == refused.map(\.count))
    #expect(passed.indices.allSatisfy { passed[$0].count == layout.gatewayPlaintextByteCount(ofFrame: $0) })
    for (frames, status) in [(passed, 200), (refused, 503)] {
      var reader = AnswerFrameReader(answerClass, .gateway)
      var events: [MessageEvent] = []
      for frame in frames { events += try reader.receive(frame) }
      events += try reader.finish()
      #expect(Self.parts(of: events).status == status)
    }
  }
}

@Suite("What a refusal holds while its class lasts")
struct RefusalMemoryTests {
  @Test("of a refusal in frames the message alone is kept, and none of its padding", arguments: AnswerClass.allCases)
  func padding(answerClass: AnswerClass) throws {
    let refusal = Response(statusCode: 404, content: Array(#"{"code":"node-unknown"}"#.utf8))
    var frames = try GatewayAnswer.RefusalFrames(refusal, answerClass)
    #expect(frames.heldByteCount == refusal.encoded().count)
    var bytes: [UInt8] = []
    while let frame = frames.next() { bytes += frame }
    #expect(frames.isFinished)
    #expect(try bytes == refusal.encoded(paddedTo: AnswerLayout(answerClass).gatewayAnswerByteCount))
  }

  @Test("a refusal that is longer than its class is refused", arguments: AnswerClass.allCases)
  func tooLong(answerClass: AnswerClass) throws {
    let byteCount = AnswerLayout(answerClass).gatewayAnswerByteCount
    let refusal = Response(statusCode: 404, content: [UInt8](repeating: 7, count: byteCount))
    #expect(throws: BinaryHTTPError(BinaryHTTPError.classExceeded, "")) {
      try GatewayAnswer.RefusalFrames(refusal, answerClass)
    }
  }
}

@Suite("Sizes of sealed frames")
struct SealedFrameTests {
  @Test("what the layout computes is what sealing makes, in both layers", arguments: AnswerClass.allCases)
  func layout(answerClass: AnswerClass) throws {
    let layout = AnswerLayout(answerClass)
    var node = try Self.sealer()
    var gateway = try Self.sealer()
    for frame in 0..<layout.frameCount {
      let isFinal = frame == layout.frameCount - 1
      let inner = try node.sealChunk([UInt8](repeating: 1, count: layout.nodePlaintextByteCount), isFinal: isFinal)
      #expect(inner.count == layout.nodeEncapsulatedByteCount(ofFrame: frame))
      let outer = try gateway.sealChunk(
        GatewayAnswer.plaintext(ofFrame: frame, content: inner, answerClass), isFinal: isFinal)
      #expect(outer.count == layout.gatewayEncapsulatedByteCount(ofFrame: frame))
    }
  }

  /// Of a response in the suite that the client uses.
  private static func sealer() throws -> ChunkedResponseSealer {
    let key = try GatewayKey(
      keyIdentifier: 1, privateKey: try KEMPrivateKey.generate(.xWing),
      symmetricAlgorithms: [SymmetricAlgorithm(kdf: .hkdfSHA256, aead: .aes256GCM)])
    var request = try ChunkedRequestSealer(to: key.keyConfiguration)
    let message = try request.sealChunk([], isFinal: true)
    var opener = ChunkedRequestOpener(keys: [key])
    _ = try opener.feed(message)
    let finished = try opener.finish()
    return finished.takeSealer()
  }
}

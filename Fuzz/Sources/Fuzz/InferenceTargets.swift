import Inference
import StrictJSON

extension FuzzTarget {
  static let inference = [
    FuzzTarget("completion-request", seeds: InferenceFixture.requests) { bytes in
      guard let request = try? ChatCompletionRequest(parsing: bytes) else { return }
      claim(
        try ChatCompletionRequest(parsing: request.jsonValue.canonicalBytes) == request,
        "a written request reads the same")
    },
    FuzzTarget("completion-response", seeds: InferenceFixture.responses) { bytes in
      if let chunk = try? ChatCompletionChunk(parsing: bytes) {
        claim(
          try ChatCompletionChunk(parsing: chunk.jsonValue.canonicalBytes) == chunk, "a written chunk reads the same")
      }
      guard let response = try? ChatCompletionResponse(parsingEngineAnswer: bytes) else { return }
      claim(
        try ChatCompletionResponse(parsingEngineAnswer: response.jsonValue.canonicalBytes) == response,
        "a written response reads the same")
    },
    FuzzTarget("embeddings-request", seeds: InferenceFixture.embeddingsRequests) { bytes in
      guard let request = try? EmbeddingsRequest(parsing: bytes) else { return }
      claim(
        try EmbeddingsRequest(parsing: request.jsonValue.canonicalBytes) == request, "a written request reads the same")
    },
    FuzzTarget("embeddings-response", seeds: InferenceFixture.embeddingsResponses) { bytes in
      for response in [
        try? EmbeddingsResponse(parsingEngineAnswer: bytes, inputCount: 2),
        try? EmbeddingsResponse(parsing: bytes, inputCount: 2),
      ] {
        guard let response else { continue }
        claim(
          try EmbeddingsResponse(parsing: response.jsonValue.canonicalBytes, inputCount: 2) == response,
          "a written response reads the same")
      }
    },
    FuzzTarget("event-stream", seeds: InferenceFixture.streams) { bytes in
      func events(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
        var parser = EventStreamParser()
        return try pieces.flatMap { try parser.receive($0[...]) }
      }
      let whole = try events([bytes])
      for pieces in bytes.deliveries { claim(try events(pieces) == whole, "a stream in pieces is read as the whole") }
      for data in whole where !data.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
        claim(try events([ServerSentEvents.event(data)]) == [data], "a written event reads the same")
      }
    },
    FuzzTarget("embedded-engine", seeds: InferenceFixture.chats) { bytes in
      let text = EmbeddedEngine().summary(of: InferenceFixture.request(bytes)).rendered()
      claim(AnswerSanitizer.sanitized(text) == text, "a summary is safe to print")
    },
    FuzzTarget("rewriting", seeds: InferenceFixture.drafts) { bytes in
      let draft = String(decoding: bytes, as: UTF8.self)
      func numbers(_ text: String) -> [Unicode.Scalar] { text.unicodeScalars.filter { ("0"..."9").contains($0) } }
      for tone in [RewriteRequest.Tone.concise, .professional, .spelling] {
        guard let request = try? RewriteRequest(draft: draft, tone: tone),
          let text = try? EmbeddedEngine(dictionaries: [EveryWord()]).rewritten(request)
        else { continue }
        claim(AnswerSanitizer.sanitized(text.content) == text.content, "a rewriting is safe to print")
        claim(numbers(text.content) == numbers(AnswerSanitizer.sanitized(draft)), "numbers stay")
        claim(
          tone != .spelling || text.content == AnswerSanitizer.sanitized(draft),
          "a draft without an unknown word stays as it is")
      }
    },
  ]
}

/// Knows every word.
private struct EveryWord: SpellingDictionary {
  let language = Language.german

  func contains(_ word: String) -> Bool { true }
}

private enum InferenceFixture {
  @Sendable static func embeddingsRequests() throws -> [[UInt8]] {
    [
      try EmbeddingsRequest(model: "small", inputs: ["Hello", "World"]).jsonValue.canonicalBytes,
      Array(#"{"input":"one text","model":"small"}"#.utf8),
    ]
  }

  @Sendable static func embeddingsResponses() throws -> [[UInt8]] {
    [
      try EmbeddingsResponse(model: "small", vectors: [[0.25, -1], [0, 1e-20]]).jsonValue.canonicalBytes,
      Array(
        #"{"data":[{"embedding":[1,2.5],"index":1},{"embedding":[0,-3e-9],"index":0}],"usage":{"prompt_tokens":4}}"#
          .utf8),
    ]
  }

  @Sendable static func drafts() -> [[UInt8]] {
    [
      "Hi Ana,\nactually we can't come at 7!!! It's due to the fact that the very first train is late :)\nBest, Jo",
      "Hallo Uli,\nich wollte eigentlich sehr gerne kommen, hab's um 10 Uhr gesehen. Siehe https://x.example/a?b=1\nLG",
    ].map { Array($0.utf8) }
  }

  @Sendable static func requests() throws -> [[UInt8]] {
    let message = ChatCompletionRequest.Message(role: .user, content: "Hello")
    return [
      try ChatCompletionRequest(model: "small", messages: [message]).jsonValue.canonicalBytes,
      try ChatCompletionRequest(
        model: "small", messages: [.init(role: .system, content: "Be brief."), message], maxTokens: 9, temperature: 0.5,
        topP: 1, seed: 3, stop: ["\n", "end"], stream: true
      ).jsonValue.canonicalBytes,
    ]
  }

  @Sendable static func responses() -> [[UInt8]] {
    [
      ChatCompletionResponse(
        identifier: "id-1", created: 1_790_000_000, model: "small", content: "Hello\u{202E}", finishReason: .length,
        usage: TokenUsage(promptTokenCount: 7, completionTokenCount: 8)
      ).jsonValue.canonicalBytes,
      ChatCompletionChunk(
        identifier: "id-1", created: 1_790_000_000, model: "small", content: "Hello\u{202E}", finishReason: .length,
        usage: TokenUsage(promptTokenCount: 7, completionTokenCount: 8)
      ).jsonValue.canonicalBytes,
      Array(#"{"choices":[],"usage":{"completion_tokens":8,"prompt_tokens":7}}"#.utf8),
    ]
  }

  @Sendable static func streams() -> [[UInt8]] {
    [
      "data: {\"a\":1}\n\ndata: [DONE]\n\n", "event: x\r\ndata:one\r\ndata:  two\r\n\r\n: comment\n\n",
      "data\n\ndata: no end",
    ].map { Array($0.utf8) }
  }

  /// One message a line: a name, a tab, words.
  @Sendable static func chats() -> [[UInt8]] {
    [
      "Jo\tShall we meet on Friday at 7? Ana, can you bring the key?\nAna\tYes. We decided: Friday, 7 pm at the mill.",
      "Eva\tTreffen wir uns am Montag um 10 Uhr?\nUli\tJa, abgemacht. Ich bringe den Kuchen mit.",
      "Luz\t¿Quedamos el martes a las 8?\nAna\tVale, decidido. Yo llevo la llave.",
    ].map { Array($0.utf8) }
  }

  static func request(_ bytes: [UInt8]) -> SummaryRequest {
    var messages: [ChatMessage] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      let fields = line.split(separator: 0x09, maxSplits: 1, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      guard
        let time = LocalMinute(
          year: 2026, month: 1 + index / 28 % 12, day: 1 + index % 28, hour: index % 24, minute: index % 60)
      else { continue }
      messages.append(ChatMessage(time: time, sender: fields[0], text: fields.count > 1 ? fields[1] : ""))
    }
    return SummaryRequest(messages: messages, reader: messages.last?.sender)
  }
}

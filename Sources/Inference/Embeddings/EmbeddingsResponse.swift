import Foundation
public import StrictJSON

/// One vector for each text, in OpenAI's form with `encoding_format` `base64`: the numbers of a vector as IEEE 754 of 32
/// bits each, little-endian.
///
///     {"object": "list", "model": …, "data": [{"object": "embedding", "index": 0, "embedding": "…"}, …],
///      "usage": {"prompt_tokens": n, "total_tokens": n}}
public struct EmbeddingsResponse: Sendable, Equatable {
  /// Of an engine's answer, in bytes: a number takes some twenty in text.
  public static let engineByteLimit = 16 << 20
  /// Numbers of one vector.
  public static let dimensionLimit = 16_384

  public let model: String
  /// In the order of the texts, all of one length, of finite numbers.
  public let vectors: [[Float]]
  public let promptTokenCount: Int64

  private static let refusal = InferenceError(InferenceError.engineFailed, "answer is not embeddings")

  /// - Throws: `engine-failed` for vectors of different lengths, empty, too long, or with a number that is not finite.
  public init(model: String, vectors: [[Float]], promptTokenCount: Int64 = 0) throws(InferenceError) {
    let dimension = vectors.first?.count ?? 0
    guard (1...Self.dimensionLimit).contains(dimension), (1...EmbeddingsRequest.inputLimit).contains(vectors.count),
      vectors.allSatisfy({ $0.count == dimension && $0.allSatisfy(\.isFinite) })
    else { throw Self.refusal }
    self.model = model
    self.vectors = vectors
    self.promptTokenCount = promptTokenCount
  }

  /// Reads what an engine answered, with vectors as arrays of numbers. The engine is not trusted: members that servers
  /// add to the standard ones are dropped here.
  /// - Throws: `engine-failed`, also for another count of vectors than of texts.
  public init(parsingEngineAnswer bytes: [UInt8], inputCount: Int) throws(InferenceError) {
    guard let value = try? JSONValue(parsing: bytes, byteLimit: Self.engineByteLimit) else { throw Self.refusal }
    try self.init(value, inputCount: inputCount) { value throws(InferenceError) in
      guard case .array(let elements) = value, elements.count <= Self.dimensionLimit else { throw Self.refusal }
      var vector: [Float] = []
      vector.reserveCapacity(elements.count)
      for element in elements {
        switch element {
        case .integer(let number): vector.append(Float(number))
        case .number(let number): vector.append(Float(number))
        default: throw Self.refusal
        }
      }
      return vector
    }
  }

  /// Reads a node's answer.
  /// - Throws: `engine-failed`.
  public init(parsing bytes: [UInt8], inputCount: Int) throws(InferenceError) {
    guard let value = try? JSONValue(parsing: bytes, byteLimit: Self.engineByteLimit) else { throw Self.refusal }
    try self.init(value, inputCount: inputCount) { value throws(InferenceError) in
      guard case .string(let text) = value, let data = Data(base64Encoded: text),
        data.count.isMultiple(of: 4), data.count <= 4 * Self.dimensionLimit
      else { throw Self.refusal }
      return Self.vector(of: Array(data))
    }
  }

  private init(
    _ value: JSONValue, inputCount: Int, vector: (JSONValue) throws(InferenceError) -> [Float]
  ) throws(InferenceError) {
    guard case .object(let members) = value, case .array(let data) = members["data"], data.count == inputCount else {
      throw Self.refusal
    }
    var vectors: [[Float]?] = Array(repeating: nil, count: inputCount)
    for element in data {
      guard case .object(let element) = element, case .integer(let index) = element["index"],
        vectors.indices.contains(Int(clamping: index)), vectors[Int(clamping: index)] == nil,
        let embedding = element["embedding"]
      else { throw Self.refusal }
      vectors[Int(clamping: index)] = try vector(embedding)
    }
    var tokenCount: Int64 = 0
    if case .object(let usage) = members["usage"], case .integer(let count) = usage["prompt_tokens"] {
      tokenCount = max(0, min(count, 1 << 32))
    }
    var model = ""
    if case .string(let name) = members["model"] { model = AnswerSanitizer.sanitized(name) }
    try self.init(model: model, vectors: vectors.compactMap { $0 }, promptTokenCount: tokenCount)
  }

  public var jsonValue: JSONValue {
    let data = vectors.enumerated().map { index, vector -> JSONValue in
      [
        "object": "embedding", "index": .integer(Int64(index)),
        "embedding": .string(Data(Self.bytes(of: vector)).base64EncodedString()),
      ]
    }
    return [
      "object": "list", "model": .string(model), "data": .array(data),
      "usage": ["prompt_tokens": .integer(promptTokenCount), "total_tokens": .integer(promptTokenCount)],
    ]
  }

  private static func bytes(of vector: [Float]) -> [UInt8] {
    vector.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } }
  }

  private static func vector(of bytes: [UInt8]) -> [Float] {
    stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
  }
}

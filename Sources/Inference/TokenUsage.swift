public import StrictJSON

/// How many tokens of a model's vocabulary one answer took, as the model's server counted them. Nobody can check it.
///
///     {"prompt_tokens": n, "completion_tokens": n, "total_tokens": n}
public struct TokenUsage: Sendable, Equatable {
  /// The most that is believed of each count: a request has fewer bytes, and no context window is larger.
  public static let countLimit: Int64 = 1 << 20

  public let promptTokenCount: Int64
  public let completionTokenCount: Int64
  public var totalTokenCount: Int64 { promptTokenCount + completionTokenCount }

  /// Nil for a count that is negative or above the limit.
  public init?(promptTokenCount: Int64, completionTokenCount: Int64) {
    let range = 0...Self.countLimit
    guard range.contains(promptTokenCount), range.contains(completionTokenCount) else { return nil }
    self.promptTokenCount = promptTokenCount
    self.completionTokenCount = completionTokenCount
  }

  /// Reads untrusted counts: nil unless both are there and possible, since half of them would be invented. The sum is
  /// made anew, and whatever else servers tell is dropped.
  init?(_ value: JSONValue?) {
    guard case .object(let members)? = value, case .integer(let promptTokenCount)? = members["prompt_tokens"],
      case .integer(let completionTokenCount)? = members["completion_tokens"]
    else { return nil }
    self.init(promptTokenCount: promptTokenCount, completionTokenCount: completionTokenCount)
  }

  public var jsonValue: JSONValue {
    [
      "prompt_tokens": .integer(promptTokenCount), "completion_tokens": .integer(completionTokenCount),
      "total_tokens": .integer(totalTokenCount),
    ]
  }
}

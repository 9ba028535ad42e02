/// The sizes on the wire, so that requests of one class, and all answers, look alike.
public enum RequestClass: Int, Sendable, CaseIterable {
  case small = 8_192
  case medium = 32_768
  case large = 131_072

  public var byteCount: Int { rawValue }

  /// The smallest class that holds an encoded request; nil when none does.
  public static func smallest(holding byteCount: Int) -> RequestClass? {
    allCases.first { $0.byteCount >= byteCount }
  }
}

/// The sizes of answers, errors included.
public enum AnswerClass {
  /// The Binary HTTP answer of a node, in bytes.
  public static let block = 16_384
  /// The Binary HTTP answer of the gateway around it, in bytes.
  public static let outer = block + 1_024
}

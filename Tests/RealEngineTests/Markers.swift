/// Texts of one run that stand nowhere else, each with a number: found by what they share, told apart by the number.
struct Markers: Sendable {
  /// How a process may hold them.
  struct Form: Sendable {
    let name: String
    /// What all share.
    let prefix: [UInt8]
    /// The ten digits, each of as many bytes.
    let digits: [[UInt8]]

    /// The number that begins there; nil where a digit is cut off or overwritten.
    func number(_ bytes: ArraySlice<UInt8>) -> Int? {
      var rest = bytes
      var number = 0
      for _ in 0..<Markers.digitCount {
        guard let digit = digits.firstIndex(where: { rest.starts(with: $0) }) else { return nil }
        number = number * 10 + digit
        rest = rest.dropFirst(digits[digit].count)
      }
      return number
    }

    var byteCount: Int { prefix.count + Markers.digitCount * digits[0].count }
  }

  static let digitCount = 6

  /// Capital letters: in the tiny model each is a token of its own.
  let prefix = String((0..<14).map { _ in "BCDFGHJKLMNPQRSTVWXZ".randomElement() ?? "Q" })

  func text(_ number: Int) -> String {
    let digits = String(number)
    return prefix + String(repeating: "0", count: Self.digitCount - digits.count) + digits
  }

  /// UTF-8, which is what passes between all parts, and UTF-16, which nothing should make of it.
  var textForms: [Form] {
    [
      Form(name: "UTF-8", prefix: Array(prefix.utf8), digits: (0...9).map { Array(String($0).utf8) }),
      Form(
        name: "UTF-16", prefix: prefix.utf16.flatMap { Self.bytes($0) },
        digits: (0...9).map { String($0).utf16.flatMap { Self.bytes($0) } }),
    ]
  }

  /// As the tokens of a model for which every character is one.
  /// - Parameter tokens: of a text.
  func tokenForm(_ tokens: (String) async throws -> [Int32]) async throws -> Form {
    var digits: [[UInt8]] = []
    for digit in 0...9 { digits.append(try await tokens(String(digit)).flatMap { Self.bytes($0) }) }
    return Form(name: "tokens", prefix: try await tokens(prefix).flatMap { Self.bytes($0) }, digits: digits)
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}

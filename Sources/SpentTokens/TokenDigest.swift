/// SHA-256 of an encoded token, in four words: cheap to compare, to sort and to hash.
package struct TokenDigest: Sendable, Hashable, Comparable {
  /// Bytes of SHA-256.
  package static let byteCount = 32

  /// The bytes in their order, as they lie in memory.
  private let words: SIMD4<UInt64>

  /// - Parameter bytes: exactly 32, which the caller computed itself.
  package init(_ bytes: [UInt8]) { self = bytes.withUnsafeBytes { TokenDigest($0) } }

  /// - Parameter bytes: as above.
  package init(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == Self.byteCount, "a token digest has 32 bytes")
    words = bytes.loadUnaligned(as: SIMD4<UInt64>.self)
  }

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  package func withUnsafeBytes<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try Swift.withUnsafeBytes(of: words, body)
  }

  package static func < (left: TokenDigest, right: TokenDigest) -> Bool {
    for index in 0..<3 where left.words[index] != right.words[index] {
      return left.words[index].bigEndian < right.words[index].bigEndian
    }
    return left.words[3].bigEndian < right.words[3].bigEndian
  }
}

/// SHA-256 of an encoded token, as four big-endian words: cheap to compare, to sort and to hash.
package struct TokenDigest: Sendable, Hashable, Comparable {
  /// Bytes of SHA-256.
  package static let byteCount = 32

  private let words: SIMD4<UInt64>

  /// - Parameter bytes: exactly 32, which the caller computed itself.
  package init(_ bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "a token digest has 32 bytes")
    words = bytes.withUnsafeBytes { buffer in
      SIMD4(
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
        UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
    }
  }

  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
      for index in 0..<4 {
        UnsafeMutableRawBufferPointer(buffer).storeBytes(
          of: words[index].bigEndian, toByteOffset: 8 * index, as: UInt64.self)
      }
      count = Self.byteCount
    }
  }

  package static func < (left: TokenDigest, right: TokenDigest) -> Bool {
    for index in 0..<3 where left.words[index] != right.words[index] {
      return left.words[index] < right.words[index]
    }
    return left.words[3] < right.words[3]
  }
}

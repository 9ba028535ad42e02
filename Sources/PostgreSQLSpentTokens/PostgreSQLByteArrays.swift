package import SpentTokens

/// A one-dimensional `bytea[]` without NULL, in PostgreSQL's binary form; big-endian.
///
///     dimensions (32) = 1 | has NULL (32) = 0 | element type (32) = 17 | length (32) | lower bound (32) = 1
///     | { element length (32), element } ...
package enum PostgreSQLByteArrays {
  private static let byteaType: UInt32 = 17

  package static func encode(_ digests: [TokenDigest]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(20 + digests.count * (4 + TokenDigest.byteCount))
    func write(_ number: UInt32) { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
    for number in [1, 0, byteaType, UInt32(digests.count), 1] { write(number) }
    for digest in digests {
      write(UInt32(TokenDigest.byteCount))
      digest.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
    return bytes
  }
}

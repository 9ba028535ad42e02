import Crypto

/// One SHA-256 hash of a Merkle tree: 32 bytes.
public struct TreeHash: Sendable, Hashable {
  public static let byteCount = 32

  /// The 32 bytes as they lie in memory; only their bytes are ever looked at.
  private var storage = SIMD4<UInt64>.zero

  /// - Throws: `tree-hash-malformed` unless there are 32 bytes.
  public init(_ bytes: some Collection<UInt8>) throws(TransparencyLogError) {
    guard bytes.count == Self.byteCount else {
      throw TransparencyLogError(
        TransparencyLogError.treeHashMalformed, "a hash has \(bytes.count) bytes, expected \(Self.byteCount)")
    }
    Swift.withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes) }
  }

  fileprivate init(_ digest: SHA256Digest) {
    Swift.withUnsafeMutableBytes(of: &storage) { memory in digest.withUnsafeBytes { memory.copyMemory(from: $0) } }
  }

  /// - Throws: `tree-hash-malformed` unless the text is the canonical base64 of 32 bytes.
  public init(base64 text: some StringProtocol) throws(TransparencyLogError) {
    guard let bytes = Base64.decode(text) else {
      throw TransparencyLogError(TransparencyLogError.treeHashMalformed, "a hash is not in canonical base64")
    }
    try self.init(bytes)
  }

  public var rawRepresentation: [UInt8] { withUnsafeBytes { Array($0) } }

  public var base64: String { Base64.encode(rawRepresentation) }

  fileprivate func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: storage, body)
  }
}

/// The hashes of RFC 6962, section 2.1.
public enum RFC6962 {
  /// The root of a tree without leaves: SHA-256 of nothing.
  public static let emptyRoot = TreeHash(SHA256().finalize())

  /// SHA-256 of 0x00 and the entry.
  public static func leafHash(_ entry: some Sequence<UInt8>) -> TreeHash {
    var hasher = SHA256()
    hasher.update(0)
    let isContiguous: Void? = entry.withContiguousStorageIfAvailable { storage in
      hasher.update(bufferPointer: UnsafeRawBufferPointer(storage))
    }
    if isContiguous == nil {
      Array(entry).withUnsafeBytes { hasher.update(bufferPointer: $0) }
    }
    return TreeHash(hasher.finalize())
  }

  /// SHA-256 of 0x01 and both children.
  public static func nodeHash(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
    var hasher = SHA256()
    hasher.update(1)
    left.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    right.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return TreeHash(hasher.finalize())
  }
}

extension SHA256 {
  fileprivate mutating func update(_ prefix: UInt8) {
    withUnsafeBytes(of: prefix) { update(bufferPointer: $0) }
  }
}

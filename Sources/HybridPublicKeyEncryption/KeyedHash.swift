package import Crypto

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
#if canImport(FoundationEssentials)
  package import FoundationEssentials
#else
  package import Foundation
#endif

/// HMAC-SHA256 under one key (RFC 2104) and the HKDF built on it (RFC 5869).
///
/// Both padded keys are absorbed when the value is made; each code then costs a copy of the two states, but for the last
/// one, which consumes the value. A context of HPKE derives three values from one secret, so this halves the work
/// (docs/decisions/0001-own-hpke-key-schedule.md).
package struct KeyedHash: Sendable {
  /// The longest output of HKDF-Expand in bytes: 255 blocks.
  package static let maximumExpandedByteCount = 255 * SHA256.byteCount

  /// The key of an empty salt: HKDF-Extract's default.
  package static let unkeyed = KeyedHash(key: UnsafeRawBufferPointer(start: nil, count: 0))

  private var inner: SHA256
  private var outer: SHA256

  package init(key: UnsafeRawBufferPointer) {
    if key.count > SHA256.blockByteCount {
      var hash = SHA256()
      hash.update(bufferPointer: key)
      self = hash.finalize().withUnsafeBytes { KeyedHash(shortKey: $0) }
    } else {
      self.init(shortKey: key)
    }
  }

  package init(key: some ContiguousBytes) { self = key.withUnsafeBytes { KeyedHash(key: $0) } }

  private init(shortKey key: UnsafeRawBufferPointer) {
    var inner = SHA256()
    var outer = SHA256()
    withUnsafeTemporaryAllocation(byteCount: SHA256.blockByteCount, alignment: 16) { block in
      block.initializeMemory(as: UInt8.self, repeating: 0)
      block.copyMemory(from: key)
      for index in block.indices { block[index] ^= 0x36 }
      inner.update(bufferPointer: UnsafeRawBufferPointer(block))
      for index in block.indices { block[index] ^= 0x36 ^ 0x5C }
      outer.update(bufferPointer: UnsafeRawBufferPointer(block))
      if let address = block.baseAddress { erase(address, block.count) }
    }
    self.inner = inner
    self.outer = outer
  }

  /// The state that a message starts from, for callers that absorb a constant beginning once.
  package var messageStart: SHA256 { inner }

  /// The code of the message absorbed by `message`, which started from `messageStart`.
  package consuming func code(finishing message: SHA256) -> SHA256Digest {
    message.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    return outer.finalize()
  }

  package consuming func code(of message: [UInt8]) -> SHA256Digest {
    inner.absorb(message)
    return finished()
  }

  /// The code of `parts`, one after the other.
  package consuming func code(of parts: [UInt8]...) -> SHA256Digest {
    for part in parts { inner.absorb(part) }
    return finished()
  }

  package consuming func code(ofBytesOf key: some ContiguousBytes) -> SHA256Digest {
    key.withUnsafeBytes { inner.update(bufferPointer: $0) }
    return finished()
  }

  /// The code of what `inner` absorbed.
  private consuming func finished() -> SHA256Digest {
    inner.finalize().withUnsafeBytes { outer.update(bufferPointer: $0) }
    return outer.finalize()
  }

  /// HKDF-Expand of at most one block: `firstBlockInfo` ends in the counter byte 1.
  package consuming func expandKey(_ firstBlockInfo: [UInt8], outputByteCount: Int) -> SymmetricKey {
    precondition(outputByteCount <= SHA256.byteCount, "one block of HKDF-SHA256 has 32 bytes")
    return code(of: firstBlockInfo).withUnsafeBytes {
      SymmetricKey(data: UnsafeRawBufferPointer(rebasing: $0[..<outputByteCount]))
    }
  }

  /// HKDF-Expand; nil when more than `maximumExpandedByteCount` bytes are asked for.
  package func expand(info: [UInt8], outputByteCount: Int) -> [UInt8]? {
    guard (0...Self.maximumExpandedByteCount).contains(outputByteCount) else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(outputByteCount + SHA256.byteCount)
    var block: SHA256Digest?
    var counter: UInt8 = 0
    while output.count < outputByteCount {
      counter += 1
      var message = inner
      block?.withUnsafeBytes { message.update(bufferPointer: $0) }
      message.absorb(info)
      withUnsafeBytes(of: counter) { message.update(bufferPointer: $0) }
      let next = code(finishing: message)
      next.withUnsafeBytes { output.append(contentsOf: $0) }
      block = next
    }
    output.removeLast(output.count - outputByteCount)
    return output
  }
}

extension SHA256 {
  package mutating func absorb(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update(bufferPointer: $0) }
  }
}

/// Clears memory in a way that no optimizer leaves out.
private func erase(_ address: UnsafeMutableRawPointer, _ byteCount: Int) {
  #if canImport(Darwin)
    memset_s(address, byteCount, 0, byteCount)
  #else
    explicit_bzero(address, byteCount)
  #endif
}

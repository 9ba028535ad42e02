public import HybridPublicKeyEncryption
import WireFormat

/// The sizes of chunked messages on the wire, for whoever must know them before anything is sealed.
extension OHTTPChunk {
  /// Length, ciphertext and tag of one chunk, in bytes.
  public static func encapsulatedByteCount(of plaintextByteCount: Int, isFinal: Bool) -> Int {
    var length = WireWriter()
    length.writeVariableLengthInteger(isFinal ? 0 : UInt64(plaintextByteCount + tagByteCount))
    return length.bytes.count + plaintextByteCount + tagByteCount
  }

  /// What a response starts with, before its first chunk, in bytes.
  public static func responseNonceByteCount(_ aead: AEADIdentifier) -> Int { ResponseSecret.entropyByteCount(aead) }
}

public import Attestation
import Crypto
import WireFormat

/// How a node's evidence vouches for the accelerators beside it (docs/formats/node-binding.md): they report over a nonce
/// that only this key and note have, and the node binding holds the digest of their reports.
public enum AcceleratorBinding {
  /// GPUs and switches of one node.
  public static let countLimit = 16

  private static let nonceLabel = Array("cloister accelerator nonce".utf8)
  private static let digestLabel = Array("cloister accelerators".utf8)
  private static let version: UInt16 = 1

  /// What every accelerator of a node is asked to sign: 32 bytes that are new with each epoch's note and key.
  ///
  /// - Parameters:
  ///   - noteDigest: SHA-256 of the cosigned epoch note that the node was given.
  ///   - keyConfiguration: the node's OHTTP key configuration for the epoch.
  public static func nonce(noteDigest: [UInt8], keyConfiguration: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.writePrefixed(UInt16.self, nonceLabel)
    writer.writeInteger(version)
    writer.writePrefixed(UInt16.self, noteDigest)
    writer.writePrefixed(UInt16.self, keyConfiguration)
    return Array(SHA256.hash(data: writer.bytes))
  }

  /// The accelerator digest of a node binding: SHA-256 over the reports in their order, 32 zero bytes without any.
  /// Endorsements are not part of it: a report's own signature decides which chain fits.
  public static func digest(of evidence: [Evidence]) -> [UInt8] {
    guard !evidence.isEmpty else { return NodeBinding.noAccelerator }
    var writer = WireWriter()
    writer.writePrefixed(UInt16.self, digestLabel)
    writer.writeInteger(version)
    writer.writeInteger(UInt8(clamping: evidence.count))
    for accelerator in evidence {
      writer.writePrefixed(UInt8.self, Array(accelerator.platform.rawValue.utf8))
      writer.writePrefixed(UInt32.self, accelerator.report)
    }
    return Array(SHA256.hash(data: writer.bytes))
  }
}

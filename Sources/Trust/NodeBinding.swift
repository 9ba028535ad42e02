import Crypto
import WireFormat

/// What a node's evidence vouches for: its SHA-512 is the report data (docs/formats/node-binding.md).
///
/// Every field is mandatory, so that no two meanings share one digest.
public struct NodeBinding: Sendable, Equatable {
  static let label = Array("cloister node binding".utf8)
  static let version: UInt16 = 1

  public var operatorOrigin: String
  public var role: String
  public var epoch: UInt64
  /// The node's OHTTP key configuration for this epoch (RFC 9458, section 3).
  public var keyConfiguration: [UInt8]
  /// RFC 6962 leaf hash of the release entry that the node runs, 32 bytes.
  public var releaseLeafHash: [UInt8]
  /// SHA-256 of the exact cosigned epoch note whose tree size equals `epoch`, 32 bytes.
  public var noteDigest: [UInt8]
  /// SHA-256 of the engine's canonical manifest, 32 bytes.
  public var engineManifestDigest: [UInt8]
  public var hasAccelerator: Bool
  /// SHA-256 of the accelerators' evidence; 32 zero bytes without any.
  public var acceleratorDigest: [UInt8]

  public init(
    operatorOrigin: String, role: String, epoch: UInt64, keyConfiguration: [UInt8], releaseLeafHash: [UInt8],
    noteDigest: [UInt8], engineManifestDigest: [UInt8], hasAccelerator: Bool, acceleratorDigest: [UInt8]
  ) {
    self.operatorOrigin = operatorOrigin
    self.role = role
    self.epoch = epoch
    self.keyConfiguration = keyConfiguration
    self.releaseLeafHash = releaseLeafHash
    self.noteDigest = noteDigest
    self.engineManifestDigest = engineManifestDigest
    self.hasAccelerator = hasAccelerator
    self.acceleratorDigest = acceleratorDigest
  }

  public static let noAccelerator = [UInt8](repeating: 0, count: 32)

  public var encoded: [UInt8] {
    var writer = WireWriter()
    writer.writePrefixed(UInt16.self, Self.label)
    writer.writeInteger(Self.version)
    writer.writePrefixed(UInt16.self, Array(operatorOrigin.utf8))
    writer.writePrefixed(UInt16.self, Array(role.utf8))
    writer.writeInteger(epoch)
    writer.writePrefixed(UInt16.self, keyConfiguration)
    writer.writePrefixed(UInt16.self, releaseLeafHash)
    writer.writePrefixed(UInt16.self, noteDigest)
    writer.writePrefixed(UInt16.self, engineManifestDigest)
    writer.writeInteger(hasAccelerator ? 1 : 0 as UInt8)
    writer.writePrefixed(UInt16.self, acceleratorDigest)
    return writer.bytes
  }

  /// SHA-512 of the encoded binding: the 64 bytes of report data.
  public var reportData: [UInt8] { Array(SHA512.hash(data: encoded)) }
}

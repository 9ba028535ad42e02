import Crypto
import StrictJSON

/// Machines by hardware identifier, or by its SHA-256 where the list is public and the machines are not.
public struct HostList: Sendable, Equatable {
  /// SEV-SNP: 64 bytes each, on Turin 8. The pages in docs/evidence say what names a machine of each platform.
  public var chipIdentifiers: Set<[UInt8]>
  /// SHA-256 of chip identifiers.
  public var chipIdentifierDigests: Set<[UInt8]>

  public init(chipIdentifiers: Set<[UInt8]> = [], chipIdentifierDigests: Set<[UInt8]> = []) {
    self.chipIdentifiers = chipIdentifiers
    self.chipIdentifierDigests = chipIdentifierDigests
  }
}

extension HostList {
  func contains(_ chipIdentifier: [UInt8]) -> Bool {
    chipIdentifiers.contains(chipIdentifier)
      || (!chipIdentifierDigests.isEmpty
        && chipIdentifierDigests.contains(Array(SHA256.hash(data: chipIdentifier))))
  }
}

extension HostList {
  var json: JSONValue {
    [
      "chipIdentifiers": chipIdentifiers.hexadecimalArray,
      "chipIdentifierDigests": chipIdentifierDigests.hexadecimalArray,
    ]
  }

  /// Identifiers of AMD's chips.
  init(json: JSONValue, member: StaticString) throws(AttestationError) {
    try self.init(json: json, member: member, byteCounts: [8, 64])
  }

  init(json: JSONValue, member: StaticString, byteCounts: Set<Int>) throws(AttestationError) {
    var reader = try PolicyReader(json, name: member)
    self.init()
    if let value = reader.optional("chipIdentifiers") {
      chipIdentifiers = try PolicyReader.bytesSet(value, "chipIdentifiers", byteCounts: byteCounts)
    }
    if let value = reader.optional("chipIdentifierDigests") {
      chipIdentifierDigests = try PolicyReader.bytesSet(value, "chipIdentifierDigests", byteCounts: [32])
    }
    try reader.finish()
  }
}

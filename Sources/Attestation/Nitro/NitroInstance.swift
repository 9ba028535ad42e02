import Crypto

extension Nitro {
  /// The EC2 instance that started the enclave. It is the one name of a machine that a document has, and it names a
  /// virtual machine: AWS tells nobody on which chip that runs.
  package struct Instance: Sendable, Equatable {
    /// `i-` and 8 or 17 digits.
    package static let byteCounts: Set<Int> = [10, 19]

    /// Such as `i-0827e799ec9232d44`.
    package let identifier: String
    /// Such as `us-east-1`, as the certificates name it.
    package let region: String

    /// - Parameters:
    ///   - leafName: common name of the leaf, `<module>.<region>.aws`.
    ///   - instanceName: common name of the leaf's issuer, `<instance>.<region>.aws.nitro-enclaves`.
    ///   - pcr4: AWS's measurement of the instance identifier; nil or zero says nothing.
    /// - Throws: `nitro-instance-mismatch`.
    package init(
      moduleID: String, leafName: String, instanceName: String, pcr4: [UInt8]?
    ) throws(AttestationError) {
      func refuse(_ what: StaticString) -> AttestationError {
        AttestationError(AttestationError.nitroInstance, "\(what)")
      }
      guard let identifier = Self.identifier(ofModule: moduleID) else {
        throw refuse("module_id is not of an enclave of an instance")
      }
      let leaf = leafName.split(separator: ".", omittingEmptySubsequences: false)
      let instance = instanceName.split(separator: ".", omittingEmptySubsequences: false)
      guard leaf.count >= 3, leaf[0] == moduleID, leaf[2] == "aws" else { throw refuse("leaf is of another module") }
      guard instance.count == 4, instance[0] == identifier, instance[1] == leaf[1], instance[2...] == leafSuffix else {
        throw refuse("issuer of the leaf is of another instance")
      }
      if let pcr4, pcr4.contains(where: { $0 != 0 }) {
        guard pcr4 == Self.measurement(identifier) else { throw refuse("PCR4 is of another instance") }
      }
      self.identifier = identifier
      region = String(leaf[1])
    }

    /// `<instance>-enc<number>` without the enclave; nil for any other form.
    static func identifier(ofModule moduleID: String) -> String? {
      let parts = moduleID.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0] == "i", isHexadecimal(parts[1]), parts[2].hasPrefix("enc"),
        isHexadecimal(parts[2].dropFirst(3)), byteCounts.contains(2 + parts[1].utf8.count)
      else { return nil }
      return "i-\(parts[1])"
    }

    /// PCR4 of enclaves of an instance: a PCR of zeros extended by the identifier (SHA-384).
    package static func measurement(_ identifier: String) -> [UInt8] {
      var hash = SHA384()
      hash.update(data: [UInt8](repeating: 0, count: Document.pcrByteCount))
      hash.update(data: Array(identifier.utf8))
      return Array(hash.finalize())
    }

    private static func isHexadecimal(_ text: Substring) -> Bool {
      !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
  }
}

/// What follows instance and region.
private let leafSuffix: ArraySlice<Substring> = ["aws", "nitro-enclaves"]

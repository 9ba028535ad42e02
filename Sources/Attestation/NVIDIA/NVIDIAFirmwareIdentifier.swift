import SwiftASN1

extension NVIDIA {
  /// What a leaf says of the firmware that holds its key (TCG, DICE Attestation Architecture 1.1, section 6.1).
  ///
  /// Hopper: 2.23.133.5.4.1, SEQUENCE { version, device key, FWID }. Blackwell: 2.23.133.5.4.1.1, DiceTcbInfo, whose
  /// member 6 lists FWIDs, of which the first counts, and whose member 7 has the operational flags.
  struct FirmwareIdentifier: Sendable {
    static let compositeDeviceIdentifier: ASN1ObjectIdentifier = [2, 23, 133, 5, 4, 1]
    static let tcbInfo: ASN1ObjectIdentifier = [2, 23, 133, 5, 4, 1, 1]
    static let byteLimit = 4096

    /// The operational flags that say that a device is not to be trusted.
    enum Flag: Int, CaseIterable {
      case notSecure = 1
      case recovery = 2
      case debug = 3
    }

    /// SHA-384 of the firmware.
    let digest: [UInt8]
    /// Bit 0 first; empty where the extension has none.
    let flags: [UInt8]

    func isSet(_ flag: Flag) -> Bool {
      let index = flag.rawValue
      return flags.count > index / 8 && flags[index / 8] & (0x80 >> (index % 8)) != 0
    }

    init(compositeDeviceIdentifier bytes: ArraySlice<UInt8>) throws(DERError) {
      var members = try DERReader(try DERReader.parse(bytes, byteLimit: Self.byteLimit))
      _ = try members.integer()
      _ = try members.sequence()
      digest = try Self.digest(try members.next())
      try members.finish()
      flags = []
    }

    init(tcbInfo bytes: ArraySlice<UInt8>) throws(DERError) {
      var members = try DERReader(try DERReader.parse(bytes, byteLimit: Self.byteLimit))
      var digest: [UInt8]?
      var flags: [UInt8] = []
      while let identifier = members.nextIdentifier {
        guard identifier.tagClass == .contextSpecific else { throw DERError() }
        let member = try members.next()
        switch identifier.tagNumber {
        case 6:
          var list = try DERReader(member, identifier: identifier)
          digest = try Self.digest(try list.next())
        case 7:
          let content = try DERReader.primitive(member, identifier)
          guard let unused = content.first, unused < 8 else { throw DERError() }
          flags = Array(content.dropFirst())
        default: break
        }
      }
      guard let digest else { throw DERError() }
      self.digest = digest
      self.flags = flags
    }

    /// SEQUENCE { hash algorithm, OCTET STRING }.
    private static func digest(_ node: ASN1Node) throws(DERError) -> [UInt8] {
      var members = try DERReader(node)
      let algorithm = try members.primitive(.objectIdentifier)
      let digest = try members.primitive(.octetString)
      try members.finish()
      guard algorithm.elementsEqual(sha384), digest.count == 48 else { throw DERError() }
      return Array(digest)
    }

    /// 2.16.840.1.101.3.4.2.2.
    private static let sha384: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]
  }
}

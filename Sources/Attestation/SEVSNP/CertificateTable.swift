extension SEVSNP {
  /// The certificate table of an extended guest request (GHCB specification, SNP_EXT_GUEST_REQUEST): entries of a GUID
  /// (16 bytes), an offset from the table's start and a length (32 bits each, least significant byte first), ended by
  /// an entry of zeros.
  public struct CertificateTable: Sendable, Equatable {
    public static let byteLimit = 1 << 16
    public static let entryLimit = 32
    private static let entryByteCount = 24

    // GUIDs in the order in which they are written as text. Hosts are seen to store them so, and also with the bytes
    // of their first three fields reversed; both are read.
    /// 63da758d-e664-4564-adc5-f4b93be8accd
    public static let vcek: [UInt8] = [
      0x63, 0xDA, 0x75, 0x8D, 0xE6, 0x64, 0x45, 0x64, 0xAD, 0xC5, 0xF4, 0xB9, 0x3B, 0xE8, 0xAC, 0xCD,
    ]
    /// a8074bc2-a25a-483e-aae6-39c045a0b8a1
    public static let vlek: [UInt8] = [
      0xA8, 0x07, 0x4B, 0xC2, 0xA2, 0x5A, 0x48, 0x3E, 0xAA, 0xE6, 0x39, 0xC0, 0x45, 0xA0, 0xB8, 0xA1,
    ]
    /// 4ab7b379-bbac-4fe4-a02f-05aef327c782
    public static let ask: [UInt8] = [
      0x4A, 0xB7, 0xB3, 0x79, 0xBB, 0xAC, 0x4F, 0xE4, 0xA0, 0x2F, 0x05, 0xAE, 0xF3, 0x27, 0xC7, 0x82,
    ]
    /// c0b406a4-a803-4952-9743-3fb6014cd0ae
    public static let ark: [UInt8] = [
      0xC0, 0xB4, 0x06, 0xA4, 0xA8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3F, 0xB6, 0x01, 0x4C, 0xD0, 0xAE,
    ]
    /// 92f81bc3-5811-4d3d-97ff-d19f88dc67ea
    public static let crl: [UInt8] = [
      0x92, 0xF8, 0x1B, 0xC3, 0x58, 0x11, 0x4D, 0x3D, 0x97, 0xFF, 0xD1, 0x9F, 0x88, 0xDC, 0x67, 0xEA,
    ]

    private static let knownGUIDs: Set<[UInt8]> = {
      let written = [vcek, vlek, ask, ark, crl]
      return Set(written + written.map(fieldsReversed))
    }()

    private static func fieldsReversed(_ guid: [UInt8]) -> [UInt8] {
      guid[0..<4].reversed() + guid[4..<6].reversed() + guid[6..<8].reversed() + guid[8...]
    }

    public struct Entry: Sendable, Equatable {
      public let guid: [UInt8]
      public let content: [UInt8]

      public init(guid: [UInt8], content: [UInt8]) {
        self.guid = guid
        self.content = content
      }
    }

    public let entries: [Entry]

    /// The certificates and revocation lists, DER or PEM; entries with other GUIDs belong to the host and are left out.
    public var endorsements: [[UInt8]] {
      entries.filter { Self.knownGUIDs.contains($0.guid) && !$0.content.isEmpty }.map(\.content)
    }

    /// - Throws: `endorsement-limit`, `endorsement-unreadable`.
    public init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard bytes.count <= Self.byteLimit else {
        throw AttestationError(
          AttestationError.endorsementLimit,
          "certificate table has \(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
      }
      var entries: [Entry] = []
      var position = 0
      while true {
        guard position + Self.entryByteCount <= bytes.count else { throw Self.unreadable("has no end entry") }
        let header = bytes[position..<position + Self.entryByteCount]
        position += Self.entryByteCount
        if header.allSatisfy({ $0 == 0 }) { break }
        guard entries.count < Self.entryLimit else {
          throw AttestationError(
            AttestationError.endorsementLimit, "certificate table has more than \(Self.entryLimit) entries")
        }
        let offset = Self.integer(header.dropFirst(16).prefix(4))
        let byteCount = Self.integer(header.dropFirst(20))
        guard offset <= bytes.count, byteCount <= bytes.count - offset else {
          throw Self.unreadable("has an entry beyond its end")
        }
        entries.append(
          Entry(guid: Array(header.prefix(16)), content: Array(bytes[offset..<offset + byteCount])))
      }
      guard !entries.isEmpty else { throw Self.unreadable("has no entries") }
      self.entries = entries
    }

    private static func unreadable(_ what: StaticString) -> AttestationError {
      AttestationError(AttestationError.endorsementUnreadable, "certificate table \(what)")
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> Int {
      bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }
}

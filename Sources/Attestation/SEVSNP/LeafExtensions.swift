extension SEVSNP {
  /// What AMD's extensions (1.3.6.1.4.1.3704.1) say in a VCEK or VLEK.
  struct LeafExtensions: Sendable, Equatable {
    /// Such as `Milan-B0` or `Genoa`.
    let productName: String
    let product: Product?
    let tcb: TCBVersion
    /// 64 bytes, on Turin 8; nil in a VLEK.
    let hardwareIdentifier: [UInt8]?
    /// The cloud provider of a VLEK, such as `CN=cc-us-east-2.amazonaws.com`; nil in a VCEK.
    let cloudProvider: String?

    /// - Parameter extensions: contents by what follows the arc: 1 structure version, 2 product name, 3.x security
    ///   versions, 4 hardware identifier, 5 cloud provider.
    init(_ extensions: [[UInt8]: ArraySlice<UInt8>]) throws(DERError) {
      // A security version that is not known cannot be compared, so the leaf is not understood.
      for case let arc in extensions.keys where arc.first == 3 {
        guard arc.count == 2, (1...9).contains(arc[1]) else { throw DERError() }
      }
      guard let name = extensions[[2]] else { throw DERError() }
      productName = try DERReader.text(name, byteLimit: 64)
      product = Product(productName: productName)
      if let version = extensions[[1]] { _ = try DERReader.byte(version) }

      func component(_ number: UInt8) throws(DERError) -> UInt8? {
        guard let content = extensions[[3, number]] else { return nil }
        return try DERReader.byte(content)
      }
      func required(_ number: UInt8) throws(DERError) -> UInt8 {
        guard let value = try component(number) else { throw DERError() }
        return value
      }
      let isTurin = product == .turin
      let spl4 = try component(4) ?? 0
      var reserved = UInt32(try component(5) ?? 0)
      reserved |= UInt32(try component(6) ?? 0) << 8
      reserved |= UInt32(try component(7) ?? 0) << 16
      if isTurin {
        guard spl4 == 0 else { throw DERError() }
      } else {
        guard try component(9) == nil else { throw DERError() }
        reserved = reserved << 8 | UInt32(spl4)
      }
      tcb = TCBVersion(
        fmc: isTurin ? try required(9) : 0, bootLoader: try required(1), tee: try required(2), snp: try required(3),
        microcode: try required(8), reserved: reserved)
      hardwareIdentifier = try extensions[[4]].map(Self.hardwareIdentifier)
      if let provider = extensions[[5]] {
        cloudProvider = try DERReader.text(provider, byteLimit: 256)
      } else {
        cloudProvider = nil
      }
    }

    /// The identifier stands in the extension as it is; some certificates wrap it in an OCTET STRING.
    private static func hardwareIdentifier(_ content: ArraySlice<UInt8>) throws(DERError) -> [UInt8] {
      switch content.count {
      case 8, 64: return Array(content)
      case 10, 66:
        return Array(try DERReader.primitive(try DERReader.parse(content, byteLimit: 66), .octetString))
      default: throw DERError()
      }
    }
  }
}

import StrictJSON
import WireFormat

extension TDX {
  /// What the vendor says of one family of platforms (Intel PCS API, TCB info version 3 for TDX). Parsing says nothing
  /// about who wrote it.
  struct TCBInfo: Sendable {
    static let byteLimit = 1 << 18
    static let levelLimit = 256
    static let moduleLimit = 64

    /// What a TDX module must be.
    struct Module: Sendable {
      /// 48 bytes.
      let mrSigner: [UInt8]
      /// 8 bytes each.
      let attributes: [UInt8]
      let attributesMask: [UInt8]

      func matches(_ body: Quote.Body) -> Bool {
        body.mrSignerSEAM.elementsEqual(mrSigner)
          && zip(body.seamAttributes, attributesMask).map { $0 & $1 } == attributes
      }
    }

    /// A module by its major version.
    struct ModuleIdentity: Sendable {
      /// `TDX_` and two hexadecimal digits.
      let id: String
      let module: Module
      let levels: [PartLevel]
    }

    struct Level: Sendable {
      /// 16 each.
      let sgxComponents: [UInt8]
      let tdxComponents: [UInt8]
      let pceSVN: UInt16
      let date: Instant
      let status: TCBStatus
      let advisories: [String]
    }

    let issueDate: Instant
    let nextUpdate: Instant
    /// 6 bytes.
    let fmspc: [UInt8]
    /// 2 bytes.
    let pceID: [UInt8]
    /// Counts the vendor's TCB recoveries.
    let evaluationDataNumber: UInt32
    /// For modules of major version 0.
    let module: Module
    let moduleIdentities: [ModuleIdentity]
    /// The highest first.
    let levels: [Level]

    /// - Throws: `collateral-malformed`, `collateral-mismatch`.
    init(parsing text: [UInt8]) throws(AttestationError) {
      let reader = try CollateralReader(parsing: text, byteLimit: Self.byteLimit, "TCB info")
      let version: UInt32 = try reader.integer("version")
      guard try reader.text("id") == "TDX", version == 3 else {
        throw AttestationError(AttestationError.collateralMismatch, "TCB info is not of TDX in version 3")
      }
      issueDate = try reader.instant("issueDate")
      nextUpdate = try reader.instant("nextUpdate")
      fmspc = try reader.bytes("fmspc", byteCount: 6)
      pceID = try reader.bytes("pceId", byteCount: 2)
      guard try reader.integer("tcbType") == UInt32(0) else {
        throw CollateralReader.malformed("tcbType is not 0")
      }
      evaluationDataNumber = try reader.integer("tcbEvaluationDataNumber")
      module = try Module(json: try reader.value("tdxModule"))
      if let value = reader.optional("tdxModuleIdentities") {
        guard let elements = value.elements, elements.count <= Self.moduleLimit else {
          throw CollateralReader.malformed("tdxModuleIdentities is no list of modules")
        }
        var identities: [ModuleIdentity] = []
        for element in elements { identities.append(try ModuleIdentity(json: element)) }
        moduleIdentities = identities
      } else {
        moduleIdentities = []
      }
      levels = try reader.list("tcbLevels", limit: Self.levelLimit, Level.init(json:))
    }
  }

  /// A level of a TDX module or a quoting enclave.
  struct PartLevel: Sendable {
    let svn: UInt16
    let date: Instant
    let status: TCBStatus
    let advisories: [String]

    /// - Parameter statuses: what the vendor may say of this kind of part.
    init(json: JSONText.Value, statuses: Set<TCBStatus>) throws(AttestationError) {
      let reader = try CollateralReader(json, "tcbLevel")
      let tcb = try CollateralReader(try reader.value("tcb"), "tcb")
      svn = try tcb.integer("isvsvn")
      date = try reader.instant("tcbDate")
      status = try reader.status(statuses)
      advisories = try reader.advisories()
    }
  }
}

extension TDX.TCBInfo.Module {
  fileprivate init(json: JSONText.Value) throws(AttestationError) {
    let reader = try CollateralReader(json, "tdxModule")
    try self.init(reader)
  }

  fileprivate init(_ reader: CollateralReader) throws(AttestationError) {
    mrSigner = try reader.bytes("mrsigner", byteCount: 48)
    attributes = try reader.bytes("attributes", byteCount: 8)
    attributesMask = try reader.bytes("attributesMask", byteCount: 8)
  }
}

extension TDX.TCBInfo.ModuleIdentity {
  fileprivate init(json: JSONText.Value) throws(AttestationError) {
    let reader = try CollateralReader(json, "tdxModuleIdentity")
    id = try reader.text("id").uppercased()
    module = try TDX.TCBInfo.Module(reader)
    levels = try reader.list("tcbLevels", limit: TDX.TCBInfo.levelLimit) { json throws(AttestationError) in
      try TDX.PartLevel(json: json, statuses: TDX.TCBStatus.ofModules)
    }
  }
}

extension TDX.TCBInfo.Level {
  fileprivate init(json: JSONText.Value) throws(AttestationError) {
    let reader = try CollateralReader(json, "tcbLevel")
    let tcb = try CollateralReader(try reader.value("tcb"), "tcb")
    sgxComponents = try Self.components(tcb, "sgxtcbcomponents")
    tdxComponents = try Self.components(tcb, "tdxtcbcomponents")
    pceSVN = try tcb.integer("pcesvn")
    date = try reader.instant("tcbDate")
    status = try reader.status(TDX.TCBStatus.ofPlatforms)
    advisories = try reader.advisories()
  }

  private static func components(
    _ tcb: CollateralReader, _ member: StaticString
  ) throws(AttestationError) -> [UInt8] {
    let components = try tcb.list(member, limit: 16) { value throws(AttestationError) -> UInt8 in
      guard let number = value.member("svn")?.integer, let svn = UInt8(exactly: number) else {
        throw CollateralReader.malformed("\(member) is not a list of security version numbers")
      }
      return svn
    }
    guard components.count == 16 else { throw CollateralReader.malformed("\(member) has not 16 components") }
    return components
  }
}

import StrictJSON

extension TDX {
  /// What the vendor says of its quoting enclave for TDX (Intel PCS API, enclave identity version 2). Parsing says
  /// nothing about who wrote it.
  struct QuotingEnclaveIdentity: Sendable {
    static let byteLimit = 1 << 16

    let issueDate: Instant
    let nextUpdate: Instant
    let evaluationDataNumber: UInt32
    /// 4 bytes each, in the order of the report.
    let miscSelect: [UInt8]
    let miscSelectMask: [UInt8]
    /// 16 bytes each.
    let attributes: [UInt8]
    let attributesMask: [UInt8]
    /// 32 bytes.
    let mrSigner: [UInt8]
    let productID: UInt16
    /// The highest first.
    let levels: [PartLevel]

    /// - Throws: `collateral-malformed`, `collateral-mismatch`.
    init(parsing text: [UInt8]) throws(AttestationError) {
      let reader = try CollateralReader(parsing: text, byteLimit: Self.byteLimit, "QE identity")
      let version: UInt32 = try reader.integer("version")
      guard try reader.text("id") == "TD_QE", version == 2 else {
        throw AttestationError(AttestationError.collateralMismatch, "QE identity is not of TD_QE in version 2")
      }
      issueDate = try reader.instant("issueDate")
      nextUpdate = try reader.instant("nextUpdate")
      evaluationDataNumber = try reader.integer("tcbEvaluationDataNumber")
      miscSelect = try reader.bytes("miscselect", byteCount: 4)
      miscSelectMask = try reader.bytes("miscselectMask", byteCount: 4)
      attributes = try reader.bytes("attributes", byteCount: 16)
      attributesMask = try reader.bytes("attributesMask", byteCount: 16)
      mrSigner = try reader.bytes("mrsigner", byteCount: 32)
      productID = try reader.integer("isvprodid")
      levels = try reader.list("tcbLevels", limit: TCBInfo.levelLimit) { json throws(AttestationError) in
        try PartLevel(json: json, statuses: TCBStatus.ofEnclaves)
      }
    }

    /// The fields in which a report differs; none if it is of this enclave.
    func differences(from report: EnclaveReport) -> [String] {
      func masked(_ bytes: ArraySlice<UInt8>, _ mask: [UInt8]) -> [UInt8] { zip(bytes, mask).map { $0 & $1 } }
      let matches = [
        ("MISCSELECT", masked(report.miscSelect, miscSelectMask) == miscSelect),
        ("ATTRIBUTES", masked(report.attributes, attributesMask) == attributes),
        ("MRSIGNER", report.mrSigner.elementsEqual(mrSigner)), ("ISVPRODID", report.productID == productID),
      ]
      return matches.filter { !$0.1 }.map(\.0)
    }
  }
}

package import Foundation
package import StrictJSON
import WireFormat

/// Collateral before the simulated vendor signs it. The defaults are those under which a simulated platform is up to
/// date; tests change a member to get a document that is wrong in one respect.
package struct SimulatedTDXCollateral: Sendable {
  package var tcbInfo: [String: JSONValue]
  package var enclaveIdentity: [String: JSONValue]
  /// Texts that are signed instead, whatever they are.
  package var tcbInfoText: String?
  package var enclaveIdentityText: String?
  /// Nil leaves a list out.
  package var rootList: SimulatedTDXRevocationList?
  package var certificateList: SimulatedTDXRevocationList?
  package var tcbInfoSigner: SimulatedAuthority
  package var enclaveIdentitySigner: SimulatedAuthority
  /// Certificates in DER above a signer.
  package var issuers: [[UInt8]]

  package init(vendor: SimulatedTDXVendor, at time: Date) throws {
    let issued = time.addingTimeInterval(-Double(SimulatedVendor.backdating))
    let dates: [String: JSONValue] = [
      "issueDate": .string(issued.formatted(.iso8601)),
      "nextUpdate": .string(issued.addingTimeInterval(30 * 86_400).formatted(.iso8601)),
      "tcbEvaluationDataNumber": 20,
    ]
    tcbInfo = dates.merging(Self.tcbInfo) { first, _ in first }
    enclaveIdentity = dates.merging(Self.enclaveIdentity) { first, _ in first }
    rootList = SimulatedTDXRevocationList(of: vendor.rootAuthority, at: issued)
    certificateList = SimulatedTDXRevocationList(of: vendor.certificateAuthority, at: issued)
    tcbInfoSigner = vendor.signer
    enclaveIdentitySigner = vendor.signer
    issuers = [try vendor.rootAuthority.derBytes]
  }

  package func bytes() throws -> [UInt8] {
    var members: [String: JSONValue] = [:]
    for (name, value, replacement, signer) in [
      ("tcb_info", tcbInfo, tcbInfoText, tcbInfoSigner),
      ("qe_identity", enclaveIdentity, enclaveIdentityText, enclaveIdentitySigner),
    ] {
      let text = replacement ?? JSONValue.object(value).canonicalText
      members[name] = .string(text)
      members["\(name)_signature"] = .string(try signer.rawSignature(over: Array(text.utf8)).hexadecimal)
      members["\(name)_issuer_chain"] = .string(
        String(decoding: SimulatedPEM.text(certificates: [try signer.derBytes] + issuers), as: UTF8.self))
    }
    members["root_ca_crl"] = try rootList.map { .string(try $0.derBytes().hexadecimal) }
    members["pck_crl"] = try certificateList.map { .string(try $0.derBytes().hexadecimal) }
    return JSONValue.object(members).canonicalBytes
  }

  private static let zeros = JSONValue.string(String(repeating: "0", count: 96))
  private static let module: [String: JSONValue] = [
    "mrsigner": zeros, "attributes": "0000000000000000", "attributesMask": "FFFFFFFFFFFFFFFF",
  ]

  /// A level of a platform.
  package static func level(
    sgx: [UInt8], tdx: [UInt8], pceSVN: Int64, status: String, advisories: [String] = []
  ) -> JSONValue {
    func components(_ numbers: [UInt8]) -> JSONValue {
      .array((numbers + Array(repeating: 0, count: 16 - numbers.count)).map { ["svn": .integer(Int64($0))] })
    }
    return [
      "tcb": [
        "sgxtcbcomponents": components(sgx), "tdxtcbcomponents": components(tdx), "pcesvn": .integer(pceSVN),
      ],
      "tcbDate": "2026-03-11T00:00:00Z", "tcbStatus": .string(status),
      "advisoryIDs": .array(advisories.map { .string($0) }),
    ]
  }

  /// A level of a TDX module or a quoting enclave.
  package static func partLevel(_ svn: Int64, status: String, advisories: [String] = []) -> JSONValue {
    [
      "tcb": ["isvsvn": .integer(svn)], "tcbDate": "2026-03-11T00:00:00Z", "tcbStatus": .string(status),
      "advisoryIDs": .array(advisories.map { .string($0) }),
    ]
  }

  /// - Parameter mrSigner: 96 hexadecimal digits; nil names the vendor.
  package static func moduleIdentity(_ id: String, levels: [JSONValue], mrSigner: String? = nil) -> JSONValue {
    var members = module
    members["id"] = .string(id)
    members["tcbLevels"] = .array(levels)
    if let mrSigner { members["mrsigner"] = .string(mrSigner) }
    return .object(members)
  }

  private static let tcbInfo: [String: JSONValue] = [
    "id": "TDX", "version": 3, "fmspc": .string(SimulatedTDXVendor.fmspc.hexadecimal), "pceId": "0000", "tcbType": 0,
    "tdxModule": .object(module),
    "tdxModuleIdentities": [
      moduleIdentity(
        "TDX_01",
        levels: [
          partLevel(5, status: "UpToDate"),
          partLevel(2, status: "OutOfDate", advisories: ["SIMULATED-SA-00002"]), partLevel(1, status: "Revoked"),
        ])
    ],
    "tcbLevels": [
      level(sgx: [5, 5, 2, 2, 4, 1, 0, 5], tdx: [5, 0, 3], pceSVN: 13, status: "UpToDate"),
      level(
        sgx: [4, 4, 2, 2, 3, 1, 0, 5], tdx: [5, 0, 2], pceSVN: 13, status: "OutOfDate",
        advisories: ["SIMULATED-SA-00001"]),
      level(sgx: [3, 3, 2, 2, 3, 1, 0, 5], tdx: [5, 0, 2], pceSVN: 5, status: "Revoked"),
    ],
  ]

  private static let enclaveIdentity: [String: JSONValue] = [
    "id": "TD_QE", "version": 2, "miscselect": "00000000", "miscselectMask": "FFFFFFFF",
    "attributes": "11000000000000000000000000000000", "attributesMask": "FBFFFFFFFFFFFFFF0000000000000000",
    "mrsigner": .string(SimulatedTDXVendor.enclaveSigner.hexadecimal), "isvprodid": 2,
    "tcbLevels": [
      partLevel(4, status: "UpToDate"), partLevel(3, status: "OutOfDate", advisories: ["SIMULATED-SA-00003"]),
      partLevel(2, status: "Revoked"),
    ],
  ]
}

extension SimulatedAuthority {
  /// r and s, most significant byte first.
  fileprivate func rawSignature(over bytes: [UInt8]) throws -> [UInt8] {
    guard case .p256(let key) = key else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "signer of collateral is not on P-256")
    }
    return try SimulatedTDXPlatform.signature(over: bytes, by: key)
  }
}

/// A revocation list before its authority signs it.
package struct SimulatedTDXRevocationList: Sendable {
  package var authority: SimulatedAuthority
  /// Seconds since 1970.
  package var thisUpdate: Int64
  package var nextUpdate: Int64
  /// INTEGER contents.
  package var revokedSerialNumbers: [[UInt8]] = []

  package init(of authority: SimulatedAuthority, at time: Date) {
    self.authority = authority
    thisUpdate = Int64(time.timeIntervalSince1970)
    nextUpdate = thisUpdate + 30 * 86_400
  }

  package func derBytes() throws -> [UInt8] {
    var template = try authority.revocationList(thisUpdate: thisUpdate, lifetime: nextUpdate - thisUpdate)
    template.revokedSerialNumbers = revokedSerialNumbers
    return try template.signed(by: authority.key)
  }
}

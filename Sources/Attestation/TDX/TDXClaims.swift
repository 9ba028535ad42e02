import StrictJSON
import WireFormat

extension TDX.AuthenticatedQuote {
  /// What the quote says, by the member names of docs/evidence/tdx.md. Bytes are hexadecimal.
  var claims: [String: JSONValue] {
    let body = quote.body
    var claims: [String: JSONValue] = [
      "platform": "tdx",
      "simulated": .boolean(chain.path.trustedRoot == .simulated),
      "root": .string(chain.path.trustedRoot.name),
      "version": .integer(Int64(quote.version)),
      "bodyType": .integer(Int64(body.kind.rawValue)),
      "qeVendorID": .string(quote.quotingEnclaveVendor.hexadecimal),
      "userData": .string(quote.userData.hexadecimal),
      "teeTCBSVN": .string(body.teeTCBSVN.hexadecimal),
      "mrseam": .string(body.mrSEAM.hexadecimal),
      "mrsignerseam": .string(body.mrSignerSEAM.hexadecimal),
      "seamAttributes": .string(body.seamAttributes.hexadecimal),
      "attributes": .string(Self.hexadecimal(body.attributes)),
      "attributesBits": .array(
        TDX.AttributeBit.allCases.filter { body.attributes >> $0.index & 1 == 1 }.map { .string($0.rawValue) }),
      "xfam": .string(Self.hexadecimal(body.xfam)),
      "mrtd": .string(body.mrtd.hexadecimal),
      "mrconfigid": .string(body.mrConfigID.hexadecimal),
      "mrowner": .string(body.mrOwner.hexadecimal),
      "mrownerconfig": .string(body.mrOwnerConfig.hexadecimal),
      "rtmrs": .array(body.rtmrs.map { .string($0.hexadecimal) }),
      "rtmrDigest": .string(TDX.Measurements(body).rtmrDigest.hexadecimal),
      "reportData": .string(body.reportData.hexadecimal),
      "trailingByteCount": .integer(Int64(quote.trailingBytes.count)),
      "quotingEnclave": enclaveClaims,
      "pck": platformClaims,
    ]
    if let svn = body.currentTEETCBSVN { claims["currentTEETCBSVN"] = .string(svn.hexadecimal) }
    if let service = body.mrServiceTD { claims["mrservicetd"] = .string(service.hexadecimal) }
    if let assessment, let collateral = chain.collateral {
      claims["tcbStatus"] = .string(assessment.status?.rawValue ?? "Unsupported")
      claims["advisories"] = .array(assessment.advisories.map { .string($0) })
      claims["collateral"] = collateral.claims(assessment)
    }
    return claims
  }

  private var enclaveClaims: JSONValue {
    let report = quote.quotingEnclaveReport
    return [
      "mrenclave": .string(report.mrEnclave.hexadecimal), "mrsigner": .string(report.mrSigner.hexadecimal),
      "productID": .integer(Int64(report.productID)), "svn": .integer(Int64(report.svn)),
      "cpuSVN": .string(report.cpuSVN.hexadecimal), "attributes": .string(report.attributes.hexadecimal),
      "miscSelect": .string(report.miscSelect.hexadecimal),
    ]
  }

  private var platformClaims: JSONValue {
    let platform = chain.platform
    var claims: [String: JSONValue] = [
      "ppid": .string(platform.ppid.hexadecimal), "fmspc": .string(platform.fmspc.hexadecimal),
      "pceID": .string(platform.pceID.hexadecimal), "pceSVN": .integer(Int64(platform.pceSVN)),
      "cpuSVN": .string(platform.cpuSVN.hexadecimal), "sgxType": .integer(Int64(platform.sgxType)),
      "components": .array(platform.components.map { .integer(Int64($0)) }),
    ]
    if let instance = platform.instanceID { claims["platformInstanceID"] = .string(instance.hexadecimal) }
    for (bit, flag) in platform.configuration ?? [:] { claims[bit.rawValue] = .boolean(flag) }
    return .object(claims)
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    withUnsafeBytes(of: value.bigEndian) { "0x" + Array($0).hexadecimal }
  }
}

extension TDX.VerifiedCollateral {
  fileprivate func claims(_ assessment: TDX.TCBAssessment) -> JSONValue {
    func name(_ status: TDX.TCBStatus?) -> JSONValue { .string(status?.rawValue ?? "Unsupported") }
    var claims: [String: JSONValue] = [
      "platformStatus": name(assessment.platformStatus), "quotingEnclaveStatus": name(assessment.quotingEnclaveStatus),
      "moduleKnown": .boolean(assessment.isModuleKnown),
      "tcbInfoIssueDate": .string(tcbInfo.issueDate.text), "tcbInfoNextUpdate": .string(tcbInfo.nextUpdate.text),
      "tcbInfoEvaluationDataNumber": .integer(Int64(tcbInfo.evaluationDataNumber)),
      "qeIdentityIssueDate": .string(enclaveIdentity.issueDate.text),
      "qeIdentityNextUpdate": .string(enclaveIdentity.nextUpdate.text),
      "qeIdentityEvaluationDataNumber": .integer(Int64(enclaveIdentity.evaluationDataNumber)),
    ]
    if let status = assessment.moduleStatus { claims["moduleStatus"] = name(status) }
    if let date = assessment.platformDate { claims["tcbDate"] = .string(date.text) }
    return .object(claims)
  }
}

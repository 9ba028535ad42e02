import StrictJSON
import WireFormat

extension SEVSNP.AuthenticatedReport {
  /// What the report says, by the member names of docs/evidence/sev-snp.md. Bytes are hexadecimal.
  var claims: [String: JSONValue] {
    var claims: [String: JSONValue] = [
      "platform": "sev-snp",
      "simulated": .boolean(chain.trustedRoot == .simulated),
      "root": .string(chain.trustedRoot.name),
      "product": .string(product.rawValue),
      "productName": .string(chain.leafExtensions.productName),
      "signingKey": .string(chain.signingKey.rawValue),
      "version": .integer(Int64(report.version)),
      "guestSVN": .integer(Int64(report.guestSVN)),
      "guestPolicy": .string(Self.hexadecimal(report.guestPolicy)),
      "guestPolicyBits": Self.names(SEVSNP.GuestPolicyBit.allCases) { report.guestPolicy >> $0.index & 1 == 1 },
      "platformInfo": .string(Self.hexadecimal(report.platformInfo)),
      "platformInfoBits": Self.names(SEVSNP.PlatformInfoBit.allCases) { report.platformInfo >> $0.index & 1 == 1 },
      "familyID": .string(report.familyID.hexadecimal),
      "imageID": .string(report.imageID.hexadecimal),
      "vmpl": .integer(Int64(report.vmpl)),
      "reportData": .string(report.reportData.hexadecimal),
      "measurement": .string(report.measurement.hexadecimal),
      "hostData": .string(report.hostData.hexadecimal),
      "idKeyDigest": .string(report.idKeyDigest.hexadecimal),
      "authorKeyDigest": .string(report.authorKeyDigest.hexadecimal),
      "authorKeyEnabled": .boolean(report.isAuthorKeyEnabled),
      "chipKeyMasked": .boolean(report.isChipKeyMasked),
      "reportID": .string(report.reportID.hexadecimal),
      "migrationAgentReportID": .string(report.migrationAgentReportID.hexadecimal),
      "chipID": .string(report.chipID.hexadecimal),
      "reportedTCB": reportedTCB.json,
      "committedTCB": committedTCB.json,
      "currentTCB": currentTCB.json,
      "launchTCB": launchTCB.json,
      "currentFirmware": .string(report.currentFirmware.text),
      "committedFirmware": .string(report.committedFirmware.text),
    ]
    if let processor = report.processor {
      claims["processor"] = [
        "family": .integer(Int64(processor.family)), "model": .integer(Int64(processor.model)),
        "stepping": .integer(Int64(processor.stepping)),
      ]
    }
    if report.version >= 5 {
      claims["launchMitigations"] = .string(Self.hexadecimal(report.launchMitigations))
      claims["currentMitigations"] = .string(Self.hexadecimal(report.currentMitigations))
    }
    if let provider = chain.leafExtensions.cloudProvider { claims["cloudProvider"] = .string(provider) }
    return claims
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    withUnsafeBytes(of: value.bigEndian) { "0x" + Array($0).hexadecimal }
  }

  private static func names<Bit: RawRepresentable<String>>(_ bits: [Bit], _ isSet: (Bit) -> Bool) -> JSONValue {
    .array(bits.filter(isSet).map { .string($0.rawValue) })
  }
}

extension SEVSNP.TCBVersion {
  /// One member per component.
  var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: components.map { ($0.name, .integer(Int64($0.value))) }))
  }
}

extension SEVSNP.FirmwareVersion {
  var text: String { "\(major).\(minor).\(build)" }
}

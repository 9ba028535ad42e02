import Crypto
import CryptoExtras
import StrictJSON
import WireFormat

extension AzureSNP.AuthenticatedRuntime {
  /// What stands beside the claims of the hardware report, by the member names of docs/evidence/azure-snp.md.
  var claims: [String: JSONValue] {
    var claims: [String: JSONValue] = [
      "platform": "azure-snp",
      "userData": .string(data.userData.hexadecimal),
      "attestationKeyDigest": .string(
        Array(SHA256.hash(data: data.attestationKey.derRepresentation)).hexadecimal),
      "vmConfiguration": .object(data.configuration),
    ]
    if !data.otherMembers.isEmpty { claims["otherRuntimeData"] = .object(data.otherMembers) }
    if let quote { claims["quote"] = quote.claims }
    return claims
  }
}

extension AzureSNP.AuthenticatedQuote {
  fileprivate var claims: JSONValue {
    [
      "qualifiedSigner": .string(quote.qualifiedSigner.hexadecimal),
      "nonce": .string(quote.extraData.hexadecimal),
      "clock": .integer(Int64(clamping: quote.clock)),
      "resetCount": .integer(Int64(quote.resetCount)),
      "restartCount": .integer(Int64(quote.restartCount)),
      "clockSafe": .boolean(quote.isClockSafe),
      "firmwareVersion": .string(withUnsafeBytes(of: quote.firmwareVersion.bigEndian) { Array($0).hexadecimal }),
      "pcrs": .object(AzureSNP.Measurements.members(pcrs)),
    ]
  }
}

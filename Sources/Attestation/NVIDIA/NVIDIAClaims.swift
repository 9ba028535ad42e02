import StrictJSON
import WireFormat

extension NVIDIA.AuthenticatedReport {
  /// What the report says, by the member names of docs/evidence/nvidia.md. Bytes are hexadecimal.
  var claims: [String: JSONValue] {
    let opaque = report.opaque
    var claims: [String: JSONValue] = [
      "platform": .string(opaque.platform.rawValue),
      "simulated": .boolean(chain.path.trustedRoot == .simulated),
      "root": .string(chain.path.trustedRoot.name),
      "architecture": .string(chain.architecture.rawValue),
      "chip": .string(chain.chip),
      "deviceName": .string(chain.deviceName),
      "deviceKeyDigest": .string(chain.chipIdentifier.hexadecimal),
      "deviceSerialNumber": .string(chain.device.serialNumberBytes.hexadecimal),
      "attestationKeySerialNumber": .string(chain.leaf.serialNumberBytes.hexadecimal),
      "requestAttributes": .integer(Int64(report.requestAttributes)),
      "requestedOperation": .integer(Int64(report.requestedOperation)),
      "slot": .integer(Int64(report.slot)),
      "responseParameters": [
        .integer(Int64(report.responseParameters.first)), .integer(Int64(report.responseParameters.second)),
      ],
      "nonce": .string(report.nonce.hexadecimal),
      "responderNonce": .string(report.responderNonce.hexadecimal),
      "measurement": .string(measurement.hexadecimal),
      "measurements": .object(
        Dictionary(uniqueKeysWithValues: report.blocks.map { (String($0.index), .string($0.value.hexadecimal)) })),
      "measurementKinds": .object(
        Dictionary(
          uniqueKeysWithValues: report.blocks.map { (String($0.index), .integer(Int64($0.kind))) })),
      "opaque": .object(
        Dictionary(
          uniqueKeysWithValues: opaque.fields.map { field in
            let name = NVIDIA.OpaqueData.name(field.type, platform: opaque.platform) ?? "unknown\(field.type)"
            return (name, .string(field.value.hexadecimal))
          })),
      "switches": opaque.switchIdentifiers.hexadecimalArray,
      "gpus": opaque.gpuIdentifiers.hexadecimalArray,
    ]
    addOptional(&claims)
    return claims
  }

  /// What not every device reports.
  private func addOptional(_ claims: inout [String: JSONValue]) {
    let opaque = report.opaque
    claims["driverVersion"] = opaque.driverVersion.map(JSONValue.string)
    claims["vbiosVersion"] = opaque.vbiosVersion.map(JSONValue.string)
    claims["board"] = opaque.board.map(JSONValue.string)
    claims["protectedPCIe"] = opaque.protectedPCIe.map { .boolean($0 == .enabled) }
    claims["nvdec0"] = opaque.nvdec0.map { .boolean($0 == .enabled) }
    claims["featureFlag"] = opaque.featureFlag.flatMap { Int64(exactly: $0) }.map(JSONValue.integer)
    claims["devicePDI"] = opaque.ownIdentifier.map { .string($0.hexadecimal) }
    if let firmware = chain.firmware {
      claims["firmwareIdentifier"] = .string(firmware.digest.hexadecimal)
      claims["firmwareFlags"] = .string(firmware.flags.hexadecimal)
    }
  }
}

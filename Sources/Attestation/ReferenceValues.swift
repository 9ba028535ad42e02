import StrictJSON
import WireFormat

/// Measurements that are good (RFC 9334, section 2), from logged releases.
public struct ReferenceValues: Sendable, Equatable {
  /// Launch measurements of SEV-SNP guests, 48 bytes each.
  public var sevSNPMeasurements: Set<[UInt8]>
  /// What the virtual TPM of an Azure guest may have measured, beneath a paravisor of `sevSNPMeasurements`.
  public var azureSNPMeasurements: Set<AzureSNP.Measurements>
  public var tdxMeasurements: Set<TDX.Measurements>
  public var nitroMeasurements: Set<Nitro.Measurements>
  /// Golden values of GPUs and switches.
  public var nvidiaMeasurements: [NVIDIA.Measurements]

  public init(
    sevSNPMeasurements: Set<[UInt8]> = [], azureSNPMeasurements: Set<AzureSNP.Measurements> = [],
    tdxMeasurements: Set<TDX.Measurements> = [], nitroMeasurements: Set<Nitro.Measurements> = [],
    nvidiaMeasurements: [NVIDIA.Measurements] = []
  ) {
    self.sevSNPMeasurements = sevSNPMeasurements
    self.azureSNPMeasurements = azureSNPMeasurements
    self.tdxMeasurements = tdxMeasurements
    self.nitroMeasurements = nitroMeasurements
    self.nvidiaMeasurements = nvidiaMeasurements
  }

  public func isEmpty(for platform: Platform) -> Bool {
    switch platform {
    case .sevSNP: sevSNPMeasurements.isEmpty
    case .azureSNP: sevSNPMeasurements.isEmpty || azureSNPMeasurements.isEmpty
    case .tdx: tdxMeasurements.isEmpty
    case .nitro: nitroMeasurements.isEmpty
    case .nvidiaGPU, .nvidiaSwitch: !nvidiaMeasurements.contains { $0.platform == platform }
    }
  }
}

extension ReferenceValues {
  var json: JSONValue {
    [
      "sevSNP": sevSNPMeasurements.hexadecimalArray, "azureSNP": .sortedArray(azureSNPMeasurements.map(\.json)),
      "tdx": .sortedArray(tdxMeasurements.map(\.json)), "nitro": .sortedArray(nitroMeasurements.map(\.json)),
      "nvidia": .array(nvidiaMeasurements.map(\.json)),
    ]
  }

  init(json: JSONValue) throws(AttestationError) {
    var reader = try PolicyReader(json, name: "referenceValues")
    self.init()
    if let value = reader.optional("sevSNP") {
      sevSNPMeasurements = try PolicyReader.bytesSet(value, "sevSNP", byteCounts: [48])
    }
    if let value = reader.optional("azureSNP") {
      azureSNPMeasurements = Set(try PolicyReader.list(value, "azureSNP", AzureSNP.Measurements.init(json:)))
    }
    if let value = reader.optional("tdx") {
      tdxMeasurements = Set(try PolicyReader.list(value, "tdx", TDX.Measurements.init(json:)))
    }
    if let value = reader.optional("nitro") {
      nitroMeasurements = Set(try PolicyReader.list(value, "nitro", Nitro.Measurements.init(json:)))
    }
    if let value = reader.optional("nvidia") {
      nvidiaMeasurements = try PolicyReader.list(value, "nvidia", NVIDIA.Measurements.init(json:))
    }
    try reader.finish()
  }
}

extension JSONValue {
  /// Sorted by canonical text, so that one set has one text.
  fileprivate static func sortedArray(_ elements: [JSONValue]) -> JSONValue {
    .array(elements.sorted { $0.canonicalText < $1.canonicalText })
  }
}

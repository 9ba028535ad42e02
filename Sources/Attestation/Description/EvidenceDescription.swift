import WireFormat

/// One field of evidence, said for a person. Nothing of it was verified.
public struct FieldDescription: Sendable, Equatable {
  /// Where the field begins, in bytes from the start of the evidence.
  public let offset: Int
  public let byteCount: Int
  /// May hold the name of a member of the evidence; escaped, as value and meaning are.
  public let name: String
  /// The value, with everything escaped that a terminal would act on.
  public let value: String
  /// What the field and this value of it mean.
  public let meaning: String

  init(offset: Int, byteCount: Int, name: String, value: String, meaning: String) {
    self.offset = offset
    self.byteCount = byteCount
    self.name = EvidenceDescription.printable(name)
    self.value = EvidenceDescription.printable(value)
    self.meaning = EvidenceDescription.printable(meaning)
  }
}

/// Explains evidence field by field, without verifying anything: whoever made the bytes chose every value.
public enum EvidenceDescription {
  /// - Throws: what the parser of the platform throws for evidence that is none of it.
  public static func describe(_ bytes: [UInt8], platform: Platform) throws(AttestationError) -> [FieldDescription] {
    switch platform {
    case .sevSNP: try SEVSNP.Report(parsing: bytes).description
    case .azureSNP: try AzureSNP.describe(bytes)
    case .tdx: try TDX.describe(bytes)
    case .nitro: try Nitro.describe(bytes)
    case .nvidiaGPU, .nvidiaSwitch: try NVIDIA.describe(bytes, platform: platform)
    }
  }

  /// The platform whose evidence begins like these bytes; nil where none does. A guess: nothing else is looked at.
  ///
  /// Evidence of NVIDIA's switches begins as that of its GPUs, and is taken for it.
  public static func platform(of bytes: [UInt8]) -> Platform? {
    let start = Array(bytes.prefix(8))
    guard start.count == 8 else { return nil }
    if start.prefix(4).elementsEqual("HCLA".utf8) { return .azureSNP }
    if (start[0] == 4 || start[0] == 5) && start[1] == 0 && start[4...7].elementsEqual([0x81, 0, 0, 0]) { return .tdx }
    // A COSE_Sign1 array, with or without its tag.
    if start[0] == 0x84 || (start[0] == 0xD2 && start[1] == 0x84) { return .nitro }
    // SPDM 1.1 GET_MEASUREMENTS, or the SDK's JSON.
    if (start[0] == 0x11 && start[1] == 0xE0) || start[0] == UInt8(ascii: "[") { return .nvidiaGPU }
    let version = start.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return SEVSNP.Report.knownVersions.contains(version) ? .sevSNP : nil
  }

  /// Everything escaped that a terminal would act on: control and format characters, separators, and what is no
  /// character at all.
  public static func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

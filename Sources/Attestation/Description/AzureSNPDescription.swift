import StrictJSON
import WireFormat

extension AzureSNP {
  /// The paravisor's header, the hardware report in it, and the runtime data that the report binds; each byte in
  /// exactly one field but for the members of the runtime data, which follow it.
  ///
  /// - Throws: the codes of `HCLReport`.
  static func describe(_ bytes: [UInt8]) throws(AttestationError) -> [FieldDescription] {
    let hcl = try HCLReport(parsing: bytes)
    var table = FieldTable(bytes)
    table.describeHCLHeader()
    table.append(
      hcl.report.description.map { field in
        FieldDescription(
          offset: field.offset + HCLReport.headerByteCount, byteCount: field.byteCount,
          name: "hardware report: \(field.name)", value: field.value,
          meaning: field.name == "REPORT_DATA"
            ? "SHA-256 of the runtime data below, then zeros: so the hardware vouches for them." : field.meaning)
      }, byteCount: SEVSNP.Report.byteCount)
    table.describeDataHeader()
    let offset = table.nextOffset
    table.add(
      "runtime data", hcl.runtimeData.count, value: "\(hcl.runtimeData.count) bytes of JSON",
      meaning: "What the paravisor says of itself and its virtual machine; bound by the hardware report.")
    table.addReserved(table.remainingByteCount, "padding")
    return table.fields + members(hcl.runtimeData, offset: offset)
  }

  /// The members of the runtime data, each with the offset of the whole, for JSON has no fixed places.
  private static func members(_ runtimeData: [UInt8], offset: Int) -> [FieldDescription] {
    guard case .object(let members)? = try? JSONValue(parsing: runtimeData) else {
      return [
        FieldDescription(
          offset: offset, byteCount: runtimeData.count, name: "runtime data: unreadable", value: "",
          meaning: "Not the JSON object that is expected.")
      ]
    }
    return members.sorted { $0.key < $1.key }.flatMap { name, value -> [FieldDescription] in
      func field(_ name: String, _ value: JSONValue, _ meaning: String) -> FieldDescription {
        FieldDescription(
          offset: offset, byteCount: runtimeData.count, name: "runtime data: \(name)", value: text(value),
          meaning: meaning)
      }
      switch (name, value) {
      case ("vm-configuration", .object(let configuration)):
        return configuration.sorted { $0.key < $1.key }.map { flag, value in
          field("\(name).\(flag)", value, meaning(ofFlag: flag, value))
        }
      case ("keys", _):
        return [field(name, value, "Keys of the virtual TPM; HCLAkPub signs its quotes, HCLEkPub names the TPM.")]
      case ("user-data", _): return [field(name, value, "Chosen by the guest before it asked for the report.")]
      default: return [field(name, value, "Not known here.")]
      }
    }
  }

  private static func text(_ value: JSONValue) -> String {
    let text = value.canonicalText
    return text.count > 200 ? "\(text.prefix(200))… (\(text.utf8.count) bytes)" : text
  }

  private static func meaning(ofFlag name: String, _ value: JSONValue) -> String {
    guard let flag = VMConfigurationFlag.allCases.first(where: { $0.member == name }) else {
      return "Of the virtual machine's configuration; not known here."
    }
    let isSet = value == .boolean(true)
    return switch flag {
    case .secureBoot: isSet ? "Only signed boot loaders start." : "ANY BOOT LOADER MAY START."
    case .tpmEnabled: isSet ? "There is a virtual TPM." : "There is no virtual TPM, and so no measured boot."
    case .consoleEnabled: isSet ? "The host can watch the console." : "The console is off."
    case .interactiveConsoleEnabled: isSet ? "THE HOST CAN TYPE INTO THE CONSOLE." : "Nobody types into the console."
    case .filteredDevicesAllowed: isSet ? "The host may offer devices through a filter." : "No filtered devices."
    }
  }
}

extension FieldTable {
  fileprivate mutating func describeHCLHeader() {
    addBytes("signature", 4, meaning: "HCLA, the mark of the paravisor's reports.")
    addInteger("version", 4) { "The format of this header: version \($0)." }
    addInteger("size", 4) { "Header, report and runtime data have \($0) bytes." }
    addInteger("request type", 4) { $0 == 2 ? "For the key that signs the virtual TPM's quotes." : "Not known." }
    addInteger("status", 4) { $0 == 0 ? "No error." : "Not known; 0 is expected." }
    addReserved(12)
  }

  fileprivate mutating func describeDataHeader() {
    addInteger("runtime data: size with header", 4) { "\($0) bytes." }
    addInteger("runtime data: version", 4) { "Version \($0)." }
    addInteger("report type", 4) { $0 == 2 ? "The hardware report is of SEV-SNP." : "Not SEV-SNP." }
    addInteger("digest type", 4) { $0 == 1 ? "The hardware report binds SHA-256 of the runtime data." : "Not known." }
    addInteger("runtime data: size", 4) { "\($0) bytes follow." }
  }
}

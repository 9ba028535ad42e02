import WireFormat

extension NVIDIA {
  /// The request, and every field of the answer, each byte in exactly one (DSP0274, SPDM 1.1).
  ///
  /// - Throws: the codes of `Report`.
  static func describe(_ bytes: [UInt8], platform: Platform) throws(AttestationError) -> [FieldDescription] {
    let report = try Report(parsing: bytes, platform: platform)
    var table = FieldTable(bytes)
    table.describeRequest()
    table.describeResponse(blockCount: report.blocks.count)
    table.addBytes("nonce of the responder", 32, meaning: "Chosen by the device, so that no two answers are the same.")
    table.addInteger("opaque data size", 2) { "\($0) bytes follow: what NVIDIA's firmware adds." }
    for field in report.opaque.fields { table.describeOpaque(field, report.opaque) }
    table.addBytes("signature", 96, meaning: "ECDSA on P-384 by the device's certificate over all bytes before: r, s.")
    return table.fields
  }
}

extension FieldTable {
  fileprivate mutating func describeHead(_ name: String) {
    addBytes("\(name): SPDM version", 1, meaning: "0x11 is version 1.1.")
    addBytes(
      "\(name): code", 1,
      meaning: name == "request" ? "0xE0 asks for measurements." : "0x60 is the answer with measurements.")
  }

  fileprivate mutating func describeRequest() {
    describeHead("request")
    addBytes("request: attributes", 1, meaning: "Bit 0 asks for a signature.")
    addBytes("request: operation", 1, meaning: "0xFF asks for every measurement.")
    addBytes("nonce of the requester", 32, meaning: "Chosen by whoever asked, so that the answer is fresh.")
    addBytes("request: slot", 1, meaning: "Which of the device's certificate chains is to sign.")
  }

  fileprivate mutating func describeResponse(blockCount: Int) {
    describeHead("answer")
    addBytes("answer: first parameter", 1, meaning: "Total number of measurements where it was asked for, else zero.")
    addBytes("answer: second parameter", 1, meaning: "The slot of the chain that signed.")
    addInteger("number of blocks", 1) { "\($0) measurements follow." }
    addInteger("record size", 3) { "\($0) bytes follow." }
    for _ in 0..<blockCount {
      let index = nextLittleEndian(1)
      let head = Array(next(7))
      guard head.count == 7 else { return }
      let byteCount = Int(head[5]) | Int(head[6]) << 8
      let name = "measurement \(index)"
      addBytes("\(name): head", 7, meaning: Self.measurementMeaning(head[4]))
      let isZero = next(byteCount).allSatisfy { $0 == 0 }
      addBytes(
        name, byteCount,
        meaning: isZero
          ? "Zero: not made on this device."
          : "A reference manifest's entry \(Int(index) - 1) holds the value it must be.")
    }
  }

  private static func measurementMeaning(_ type: UInt8) -> String {
    let kinds = [0: "immutable ROM", 1: "mutable firmware", 2: "hardware configuration", 3: "firmware configuration"]
    let kind = kinds[Int(type & 0x7F)] ?? "something not known"
    return "Index, form and size; measured is \(kind), \(type & 0x80 == 0 ? "as a digest" : "as it is")."
  }

  fileprivate mutating func describeOpaque(_ field: NVIDIA.OpaqueData.Field, _ opaque: NVIDIA.OpaqueData) {
    let name = NVIDIA.OpaqueData.name(field.type, platform: opaque.platform) ?? "unknown field"
    addBytes("\(name): head", 4, meaning: "Type \(field.type) and the size of the value.")
    // A flag is one byte, whatever letter it may be.
    let text =
      field.type == 6 ? opaque.vbiosVersion : field.value.count > 1 ? opaque.text(field.type) : nil
    add(
      name, field.value.count, value: text ?? Self.hexadecimal(field.value),
      meaning: opaque.meaning(field.type) ?? "What its value means is not published.")
  }
}

extension NVIDIA.OpaqueData {
  fileprivate func meaning(_ type: UInt16) -> String? {
    switch type {
    case 3: "Version of the driver, which names its reference manifest."
    case 6: "Version of the VBIOS, which with the board names its reference manifest."
    case 11: nvdec0 == .disabled ? "The first video decoder is off." : nvdec0 == .enabled ? "It is on." : nil
    case 12: "How often each measurement was extended."
    case 15, 17, 18: "Part of the name of the board."
    case 20: "Identifier of the firmware, which the leaf certificate holds too."
    case 21:
      protectedPCIe == .enabled
        ? "PROTECTED PCIe IS ON: data cross NVLink in clear."
        : protectedPCIe == .disabled ? "Protected PCIe is off." : nil
    case 22: platform == .nvidiaGPU ? "The switches at the GPU's links." : "The switch's own identifier."
    case 26 where platform == .nvidiaSwitch: "The GPUs at the switch's ports."
    default: nil
    }
  }
}

extension SEVSNP.Report {
  /// Every field in its order, each byte in exactly one (AMD 56860, table ATTESTATION_REPORT).
  var description: [FieldDescription] {
    var table = FieldTable(bytes)
    describeHead(&table)
    describeLaunch(&table)
    describeMachine(&table)
    describeSignature(&table)
    return table.fields
  }

  /// Of the report's own word; before version 3 it names no processor, and Milan's layout is shown.
  private var product: SEVSNP.Product? { processor.flatMap { SEVSNP.Product(family: $0.family, model: $0.model) } }

  private func describeHead(_ table: inout FieldTable) {
    table.addInteger("version", 4) { "The format of this report: version \($0) of 2 to 5 that are known." }
    table.addInteger("guest SVN", 4) { _ in "The guest image's own security version, as its owner counts it." }
    table.add(
      "guest policy", 8, value: FieldTable.hexadecimal(guestPolicy, byteCount: 8), meaning: guestPolicyMeaning)
    table.addBytes("family ID", 16, meaning: "The image family, as the guest's owner named it in an ID block.")
    table.addBytes("image ID", 16, meaning: "The image, as the guest's owner named it in an ID block.")
    table.addInteger("VMPL", 4) { level in
      level == 0
        ? "The most privileged level inside the guest asked for this report."
        : "Level \(level) inside the guest asked for this report; lower numbers are more privileged and can see into it."
    }
    table.addInteger("signature algorithm", 4) {
      $0 == 1 ? "ECDSA on P-384 with SHA-384." : "Not known; 1 is expected."
    }
    describeTCB("current TCB", "The firmware that runs on the machine now", &table)
    table.add(
      "platform information", 8, value: FieldTable.hexadecimal(platformInfo, byteCount: 8),
      meaning: platformInfoMeaning)
    table.add("flags", 4, value: FieldTable.hexadecimal(UInt64(keyFlags), byteCount: 4), meaning: flagsMeaning)
    table.addReserved(4)
  }

  private func describeLaunch(_ table: inout FieldTable) {
    table.addBytes(
      "REPORT_DATA", 64,
      meaning: "Chosen by whoever asked for the report; a verifier expects the digest of a key or a nonce here.")
    table.addBytes("measurement", 48, meaning: "Digest of everything that was in the guest's memory at launch.")
    table.addBytes("host data", 32, meaning: "Chosen by the host at launch; zero where it chose nothing.")
    table.addBytes("ID key digest", 48, meaning: "Digest of the key that signed the ID block; zero without one.")
    table.addBytes(
      "author key digest", 48, meaning: "Digest of the key that certified the ID key; zero without one.")
    table.addBytes("report ID", 32, meaning: "Names this run of this guest.")
    table.addBytes(
      "report ID of the migration agent", 32,
      meaning: migrationAgentReportID.allSatisfy { $0 == 0xFF }
        ? "None: no migration agent is bound to the guest." : "The agent that may move the guest elsewhere.")
  }

  private func describeMachine(_ table: inout FieldTable) {
    describeTCB("reported TCB", "The firmware version that the signing key was derived for", &table)
    if let processor {
      let name = product?.certificateName ?? "no product that is known"
      table.add("CPUID family", 1, value: String(processor.family), meaning: "With the model: \(name).")
      table.add("CPUID model", 1, value: String(processor.model), meaning: "With the family: \(name).")
      table.add("CPUID stepping", 1, value: String(processor.stepping), meaning: "The revision of the processor.")
      table.addReserved(21)
    } else {
      table.addReserved(24)
    }
    table.addBytes(
      "chip ID", 64,
      meaning: chipID.allSatisfy { $0 == 0 }
        ? "Masked: the report does not say which chip made it." : "Names the one chip that made this report.")
    describeTCB("committed TCB", "The lowest firmware that the machine can still be set back to", &table)
    for (name, version) in [("current firmware", currentFirmware), ("committed firmware", committedFirmware)] {
      let when = name.hasPrefix("current") ? "runs now" : "cannot be undercut any more"
      table.add(name, 3, value: version.text, meaning: "Version of the SNP firmware that \(when).")
      table.addReserved(1)
    }
    describeTCB("launch TCB", "The firmware when the guest was launched", &table)
    if version >= 5 {
      for name in ["launch", "current"] {
        table.addBytes(
          "\(name) mitigations", 8, meaning: "Mitigations in effect, one bit each; AMD publishes no list to hold it to."
        )
      }
      table.addReserved(152)
    } else {
      table.addReserved(168)
    }
  }

  private func describeSignature(_ table: inout FieldTable) {
    table.addBytes("signature r", 72, meaning: "First half of the signature over bytes 0 to 671, least byte first.")
    table.addBytes("signature s", 72, meaning: "Second half of the signature, least byte first.")
    table.addReserved(368, "after the signature")
  }

  /// One field a component, in the product's layout.
  private func describeTCB(_ name: String, _ what: String, _ table: inout FieldTable) {
    let boot: [(String, Int, String)] = [
      ("boot loader", 1, "of the security processor's boot loader"),
      ("TEE", 1, "of the security processor's operating system"),
    ]
    let snp = ("SNP", 1, "of the SNP firmware")
    let layout: [(String, Int, String)] =
      product == .turin
      ? [("FMC", 1, "of the first mutable code")] + boot + [snp, ("reserved", 3, "")]
      : boot + [("reserved", 4, ""), snp]
    for (component, byteCount, meaning) in layout + [("microcode", 1, "of the processor's microcode")] {
      if component == "reserved" {
        table.addReserved(byteCount, "\(name): reserved")
      } else {
        table.addInteger("\(name): \(component)", byteCount) { _ in "\(what): security version \(meaning)." }
      }
    }
  }
}

extension SEVSNP.Report {
  private var guestPolicyMeaning: String {
    let abi = "What the guest's owner allows. Firmware ABI at least \(guestPolicy >> 8 & 0xFF).\(guestPolicy & 0xFF)."
    let known = SEVSNP.GuestPolicyBit.allCases
    let bits = known.map { bit in "\(bit.rawValue): \(bit.meaning(isSet: guestPolicy >> bit.index & 1 == 1))" }
    return ([abi] + bits + Self.unknown(guestPolicy >> 26, from: 26)).joined(separator: " ")
  }

  private var platformInfoMeaning: String {
    let known = SEVSNP.PlatformInfoBit.allCases
    let bits = known.map { bit in "\(bit.rawValue): \(bit.meaning(isSet: platformInfo >> bit.index & 1 == 1))" }
    let other = platformInfo & ~known.reduce(0) { $0 | UInt64(1) << $1.index }
    return (["How the machine is set up."] + bits + Self.unknown(other, from: 0)).joined(separator: " ")
  }

  private var flagsMeaning: String {
    let key =
      switch signingKey {
      case .vcek: "Signed by the VCEK, the key of this one chip."
      case .vlek: "Signed by a VLEK, a key of one cloud provider for all of its chips."
      case nil: "Names no signing key that is known."
      }
    return [
      key, isAuthorKeyEnabled ? "The author key is in use." : "No author key.",
      isChipKeyMasked ? "The chip's own key is masked." : "",
      keyFlags >> 5 == 0 ? "" : "Reserved bits are set: something unknown is in use.",
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func unknown(_ bits: UInt64, from index: Int) -> [String] {
    let set = (0..<64 - index).filter { bits >> $0 & 1 == 1 }.map { String($0 + index) }
    return set.isEmpty ? [] : ["Bits \(set.joined(separator: ", ")) are set, whose meaning is not known."]
  }
}

extension SEVSNP.GuestPolicyBit {
  fileprivate func meaning(isSet: Bool) -> String {
    switch self {
    case .smt: isSet ? "two threads may share a core." : "the guest runs only with SMT off."
    case .reservedOne: isSet ? "one, as it must be." : "zero, which the format does not allow."
    case .migrationAgent: isSet ? "a migration agent may take the guest elsewhere." : "no migration agent."
    case .debug: isSet ? "DEBUG IS ON: the host can read and change all of the guest's memory." : "debugging is off."
    case .singleSocket: isSet ? "one socket only." : "the guest may spread over several sockets."
    case .cxl: isSet ? "memory on CXL devices may be used." : "no memory on CXL devices."
    case .aes256XTS: isSet ? "memory must be encrypted with AES-256-XTS." : "memory may be encrypted with AES-128."
    case .raplDisabled: isSet ? "power readings must be off." : "the host may read power use, a side channel."
    case .ciphertextHiding:
      isSet ? "the host may not see encrypted memory." : "the host may watch encrypted memory change, a side channel."
    case .pageSwapDisabled: isSet ? "pages may not be moved or swapped." : "the host may move and swap pages."
    }
  }
}

extension SEVSNP.PlatformInfoBit {
  fileprivate func meaning(isSet: Bool) -> String {
    switch self {
    case .smt: isSet ? "SMT is on." : "SMT is off."
    case .tsme: isSet ? "all memory is encrypted." : "memory outside guests is not encrypted."
    case .ecc: isSet ? "memory corrects errors." : "memory without error correction."
    case .raplDisabled: isSet ? "power readings are off." : "the host can read power use, a side channel."
    case .ciphertextHiding: isSet ? "the host cannot see encrypted memory." : "the host can watch encrypted memory."
    case .aliasCheck:
      isSet ? "no two addresses reach one cell of memory, checked since reset." : "memory was not checked for aliases."
    case .tio: isSet ? "devices may be let into guests (SEV-TIO)." : "no devices inside guests."
    }
  }
}

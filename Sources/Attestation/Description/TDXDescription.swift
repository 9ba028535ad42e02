extension TDX {
  /// Every field of a quote, each byte in exactly one (Intel's TDX DCAP Quoting Library API, appendix A).
  ///
  /// - Throws: `evidence-length`, `evidence-version`.
  static func describe(_ bytes: [UInt8]) throws(AttestationError) -> [FieldDescription] {
    guard bytes.count >= 48 + 584 else {
      throw AttestationError(
        AttestationError.evidenceLength, "quote has \(bytes.count) bytes, expected 632 or more")
    }
    let version = Int(bytes[0]) | Int(bytes[1]) << 8
    guard version == 4 || version == 5 else {
      throw AttestationError(AttestationError.evidenceVersion, "quote version is \(version), expected 4 or 5")
    }
    var table = FieldTable(bytes)
    table.describeQuoteHeader()
    var isLongBody = false
    if version == 5 {
      isLongBody = table.nextLittleEndian(2) == 3
      table.addInteger("body type", 2) {
        switch $0 {
        case 2: "A report of TDX 1.0."
        case 3: "A report of TDX 1.5."
        default: "No TDX report that is known."
        }
      }
      table.addInteger("body size", 4) { "The report that follows has \($0) bytes." }
    }
    table.describeTDReport(isLong: isLongBody)
    table.describeQuoteSignature()
    return table.fields
  }
}

extension FieldTable {
  fileprivate mutating func describeQuoteHeader() {
    addInteger("version", 2) { "The format of this quote: version \($0)." }
    addInteger("attestation key type", 2) { $0 == 2 ? "ECDSA on P-256." : "Not known; 2 is expected." }
    addInteger("TEE type", 4) { $0 == 0x81 ? "Intel TDX." : $0 == 0 ? "Intel SGX, which is no TDX." : "Not known." }
    addReserved(4)
    addBytes("QE vendor ID", 16, meaning: "Who made the quoting enclave; 939a7233… is Intel.")
    addBytes("user data", 20, meaning: "The quoting enclave's own; its first bytes name the platform to Intel's tools.")
  }

  fileprivate mutating func describeTDReport(isLong: Bool) {
    addBytes(
      "TEE TCB SVN", 16,
      meaning: "Security versions of the TDX module and its loader, one byte a component, as they were at launch.")
    addBytes("MRSEAM", 48, meaning: "Digest of the TDX module, the software of Intel's that keeps the host out.")
    addBytes("MRSIGNERSEAM", 48, meaning: "Who signed the TDX module; zero is Intel.")
    addBytes("SEAM attributes", 8, meaning: "Attributes of the TDX module; zero for a production module.")
    let attributes = nextLittleEndian(8)
    add(
      "TD attributes", 8, value: Self.hexadecimal(attributes, byteCount: 8),
      meaning: TDX.attributeMeaning(attributes))
    let xfam = nextLittleEndian(8)
    add(
      "XFAM", 8, value: Self.hexadecimal(xfam, byteCount: 8),
      meaning: "Which extended processor features the guest may use, one bit each, as in XCR0 and IA32_XSS.")
    addBytes(
      "MRTD", 48, meaning: "Digest of everything that was in the guest's memory at launch, its firmware above all.")
    addBytes("MRCONFIGID", 48, meaning: "Chosen by whoever launched the guest, for its configuration.")
    addBytes("MROWNER", 48, meaning: "Chosen by whoever launched the guest, for its owner.")
    addBytes("MROWNERCONFIG", 48, meaning: "Chosen by whoever launched the guest, for its owner's configuration.")
    let registers = [
      "the firmware's configuration", "the boot loader and kernel", "the command line and initial file system",
      "what the running system chose to measure",
    ]
    for (index, what) in registers.enumerated() {
      addBytes(
        "RTMR\(index)", 48,
        meaning: "Extended while the guest ran, by custom with \(what); an event log replays into it.")
    }
    addBytes(
      "REPORTDATA", 64,
      meaning: "Chosen by whoever asked for the quote; a verifier expects the digest of a key or a nonce here.")
    if isLong {
      addBytes("TEE TCB SVN 2", 16, meaning: "Security versions of the TDX module as it runs now.")
      addBytes(
        "MRSERVICETD", 48, meaning: "Service guests bound to this one, such as one that migrates it; zero without.")
    }
  }

  fileprivate mutating func describeQuoteSignature() {
    let available = max(0, remainingByteCount - 4)
    let byteCount = Int(min(nextLittleEndian(4), UInt64(available)))
    addInteger("signature data size", 4) { "\($0) bytes follow, of which \(available) or fewer are in the file." }
    var inner = FieldTable(next(byteCount), base: nextOffset)
    inner.describeSignatureData()
    append(inner)
    let isZero = next(remainingByteCount).allSatisfy { $0 == 0 }
    addBytes(
      "after the quote", remainingByteCount,
      meaning: "Outside of every signature"
        + (isZero ? "; zero padding." : ", and NOT zero: anybody may have added it."))
  }

  private mutating func describeSignatureData() {
    addBytes("quote signature", 64, meaning: "ECDSA by the attestation key over all bytes before the size: r, s.")
    addBytes("attestation key", 64, meaning: "Public key of the quoting enclave, P-256: x, y.")
    let type = nextLittleEndian(2)
    addInteger("certification data type", 2) {
      $0 == 6 ? "The quoting enclave's report, and the chain of the key that signed it." : "Not known; 6 is expected."
    }
    addInteger("certification data size", 4) { "\($0) bytes follow." }
    if type == 6 { describeQuotingEnclave() }
    addBytes("rest of the signature data", remainingByteCount, meaning: "Nothing is known of it.")
  }

  /// The report of the SGX enclave that made the attestation key.
  private mutating func describeQuotingEnclave() {
    addBytes("QE: CPU SVN", 16, meaning: "Security versions of the processor's microcode when the enclave ran.")
    addBytes("QE: MISCSELECT", 4, meaning: "Which extra information the enclave reports on exceptions.")
    addReserved(28, "QE: reserved")
    let flags = nextLittleEndian(8)
    addBytes(
      "QE: attributes", 16,
      meaning: flags & 2 == 2
        ? "DEBUG IS ON: the host can read the quoting enclave." : "Debugging is off in the quoting enclave.")
    addBytes("QE: MRENCLAVE", 32, meaning: "Digest of the quoting enclave.")
    addReserved(32, "QE: reserved")
    addBytes("QE: MRSIGNER", 32, meaning: "Digest of the key that signed the quoting enclave, Intel's.")
    addReserved(96, "QE: reserved")
    addInteger("QE: ISVPRODID", 2) { _ in "Which enclave of its maker's this is." }
    addInteger("QE: ISVSVN", 2) { _ in "Security version of the quoting enclave." }
    addReserved(60, "QE: reserved")
    addBytes(
      "QE: report data", 64,
      meaning: "SHA-256 of the attestation key and the authentication data: so the enclave vouches for the key.")
    addBytes("QE report signature", 64, meaning: "ECDSA by the platform's PCK key over the enclave's report: r, s.")
    let dataByteCount = Int(nextLittleEndian(2))
    addInteger("QE authentication data size", 2) { "\($0) bytes follow." }
    addBytes("QE authentication data", dataByteCount, meaning: "Hashed with the attestation key.")
    addInteger("certificate type", 2) { $0 == 5 ? "A chain in PEM." : "Not known; 5 is expected." }
    let chainByteCount = Int(min(nextLittleEndian(4), UInt64(Int32.max)))
    addInteger("certificate size", 4) { "\($0) bytes follow." }
    let text = String(decoding: next(chainByteCount), as: UTF8.self)
    let count = text.occurrences(of: "-----BEGIN CERTIFICATE-----")
    add(
      "PCK chain", chainByteCount, value: "\(count) certificates in PEM",
      meaning: "The platform's certificate (PCK), its authority and Intel's root; it says which platform this is.")
  }
}

extension TDX {
  fileprivate static func attributeMeaning(_ attributes: UInt64) -> String {
    let bits = AttributeBit.allCases.map { "\($0.rawValue): \($0.meaning(isSet: attributes >> $0.index & 1 == 1))" }
    let known = AttributeBit.allCases.reduce(0) { $0 | UInt64(1) << $1.index }
    let unknown = (0..<64).filter { (attributes & ~known) >> $0 & 1 == 1 }.map(String.init)
    let warning =
      unknown.isEmpty ? [] : ["Bits \(unknown.joined(separator: ", ")) are set, whose meaning is not known."]
    return (bits + warning).joined(separator: " ")
  }
}

extension TDX.AttributeBit {
  fileprivate func meaning(isSet: Bool) -> String {
    switch self {
    case .debug: isSet ? "DEBUG IS ON: the host can read and change all of the guest's memory." : "debugging is off."
    case .hgsPlusProfile, .performanceProfile, .pmtProfile:
      isSet ? "the host may profile the guest, a side channel." : "off."
    case .icssd: isSet ? "on; its meaning could not be confirmed." : "off."
    case .lass: isSet ? "linear address space separation may be used." : "off."
    case .septVEDisable:
      isSet
        ? "the host cannot inject exceptions by taking pages away." : "the host may inject exceptions by taking pages."
    case .migratable: isSet ? "the guest may be moved to another machine." : "the guest stays on its machine."
    case .pks: isSet ? "protection keys for supervisor pages may be used." : "off."
    case .keyLocker: isSet ? "Key Locker may be used." : "off."
    case .tpa: isSet ? "the guest is a service that vouches for others." : "off."
    case .perfmon: isSet ? "performance counters may be used in the guest." : "off."
    }
  }
}

extension String {
  /// How often a word occurs.
  fileprivate func occurrences(of word: String) -> Int { ranges(of: word).count }
}

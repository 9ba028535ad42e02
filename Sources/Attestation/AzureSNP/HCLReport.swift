import WireFormat

extension AzureSNP {
  /// What Azure's paravisor writes for its guest: a hardware report and the runtime data whose digest the report binds.
  ///
  ///     000  "HCLA", version 1 or 2, size of all, request type, status 0, 12 zero bytes   (not signed)
  ///     020  hardware report, 1,184 bytes; its REPORT_DATA is SHA-256 of the runtime data and 32 zero bytes
  ///     4C0  size of header and data, version 1 or 2, report type, digest type, size of data (not signed)
  ///     4D4  in version 2 capabilities, 4 bytes (not signed); runtime data, JSON; then zero bytes
  ///
  /// Integers have 4 bytes, least significant first. Parsing says nothing about who wrote it.
  package struct HCLReport: Sendable, Equatable {
    package static let byteLimit = 16 << 10
    static let headerByteCount = 32
    static let dataHeaderByteCount = 20
    static let prefixByteCount = headerByteCount + SEVSNP.Report.byteCount + dataHeaderByteCount

    /// `HCLA`.
    static let magic: UInt32 = 0x414C_4348
    static let knownVersions: ClosedRange<UInt32> = 1...2
    /// For a certificate of the attestation key; the paravisor makes other requests to its host alone.
    static let requestType: UInt32 = 2
    /// 4 is TDX.
    static let sevSNPReportType: UInt32 = 2
    static let sha256DigestType: UInt32 = 1

    package let report: SEVSNP.Report
    package let runtimeData: [UInt8]

    /// - Throws: `evidence-length`, `evidence-version`, `hcl-malformed`, `hcl-report-type`.
    package init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard (Self.prefixByteCount...Self.byteLimit).contains(bytes.count) else {
        throw AttestationError(
          AttestationError.evidenceLength,
          "HCL report has \(bytes.count) bytes, expected \(Self.prefixByteCount) to \(Self.byteLimit)")
      }
      let fields = try Fields(bytes)
      try fields.requireKnownValues()
      // Neither overflows: both are at most the limit where the comparison holds.
      let start = Self.prefixByteCount + fields.capabilitiesByteCount
      let dataByteCount = bytes.count - start
      guard fields.dataByteCount <= dataByteCount else {
        throw AttestationError(
          AttestationError.evidenceLength,
          "runtime data has \(fields.dataByteCount) bytes, \(dataByteCount) are left for it")
      }
      let count = Int(fields.dataByteCount)
      guard fields.totalByteCount == start + count,
        fields.headedByteCount == Self.dataHeaderByteCount + fields.capabilitiesByteCount + count,
        bytes[(start + count)...].allSatisfy({ $0 == 0 })
      else { throw Fields.malformed("sizes of header, runtime data and padding do not agree") }
      report = try SEVSNP.Report(parsing: fields.report)
      runtimeData = Array(bytes[start..<start + count])
    }

    /// The integers around the hardware report.
    private struct Fields {
      var integers: [UInt32] = []
      var report: [UInt8] = []

      init(_ bytes: [UInt8]) throws(AttestationError) {
        var cursor = WireCursor(bytes)
        do {
          for _ in 0..<HCLReport.headerByteCount / 4 { integers.append(try Self.integer(&cursor)) }
          report = Array(try cursor.readBytes(SEVSNP.Report.byteCount, field: "hardware report"))
          for _ in 0..<HCLReport.dataHeaderByteCount / 4 { integers.append(try Self.integer(&cursor)) }
        } catch {
          throw AttestationError(AttestationError.evidenceLength, error.message)
        }
      }

      private static func integer(_ cursor: inout WireCursor) throws(WireError) -> UInt32 {
        try cursor.readInteger(UInt32.self, field: "HCL header").byteSwapped
      }

      var totalByteCount: UInt32 { integers[2] }
      var headedByteCount: UInt32 { integers[8] }
      var dataByteCount: UInt32 { integers[12] }
      /// Bits of what the paravisor asks of its host, which version 2 has before the data. Nothing signs them.
      var capabilitiesByteCount: Int { integers[9] == 2 ? 4 : 0 }

      static func malformed(_ what: StaticString) -> AttestationError {
        AttestationError(AttestationError.hclMalformed, "\(what)")
      }

      func requireKnownValues() throws(AttestationError) {
        guard integers[0] == HCLReport.magic else { throw Self.malformed("HCL report does not begin with HCLA") }
        guard HCLReport.knownVersions.contains(integers[1]) else {
          throw AttestationError(
            AttestationError.evidenceVersion, "HCL report version is \(integers[1]), expected 1 or 2")
        }
        guard integers[3] == HCLReport.requestType, integers[4..<8].allSatisfy({ $0 == 0 }) else {
          throw Self.malformed("request type, status or reserved bytes of the HCL report are not known")
        }
        guard HCLReport.knownVersions.contains(integers[9]), integers[11] == HCLReport.sha256DigestType else {
          throw Self.malformed("version or digest type of the runtime data is not known")
        }
        guard integers[10] == HCLReport.sevSNPReportType else {
          throw AttestationError(
            AttestationError.hclReportType, "hardware report is of type \(integers[10]), expected 2 for SEV-SNP")
        }
      }
    }
  }
}

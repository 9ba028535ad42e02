import WireFormat

extension AzureSNP {
  /// A quote of a TPM (TPM 2.0 Library, part 2, TPMS_ATTEST with TPMS_QUOTE_INFO). Integers are big-endian.
  ///
  ///     magic (4) = FF544347 | type (2) = 8018 | qualified signer (2 + n) | extra data (2 + n)
  ///     | clock (8), reset count (4), restart count (4), safe (1) | firmware version (8)
  ///     | 1 (4), digest algorithm (2) = SHA-256, 3 (1), selected PCRs (3) | PCR digest (2 + n)
  ///
  /// Parsing says nothing about who wrote it.
  package struct VTPMQuote: Sendable, Equatable {
    package static let byteLimit = 512
    static let magic: UInt32 = 0xFF54_4347
    static let quoteType: UInt16 = 0x8018
    static let sha256: UInt16 = 0x000B
    /// Bytes of a name: an algorithm and a digest.
    static let nameByteLimit = 66
    static let extraDataByteLimit = 66
    package static let pcrCount = 24

    let qualifiedSigner: [UInt8]
    /// The nonce that the quote was asked with.
    let extraData: [UInt8]
    /// Milliseconds that the TPM was powered.
    let clock: UInt64
    let resetCount: UInt32
    let restartCount: UInt32
    let isClockSafe: Bool
    let firmwareVersion: UInt64
    /// Ascending.
    package let selectedPCRs: [Int]
    /// SHA-256 over the selected PCRs in their order.
    let pcrDigest: [UInt8]

    package init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard bytes.count <= Self.byteLimit else { throw Self.malformed("quote is longer than \(Self.byteLimit) bytes") }
      var cursor = WireCursor(bytes)
      do {
        try self.init(&cursor)
        try cursor.requireEnd()
      } catch {
        throw Self.malformed(error.message)
      }
    }

    static func malformed(_ message: String) -> AttestationError {
      AttestationError(AttestationError.quoteMalformed, message)
    }

    private init(_ cursor: inout WireCursor) throws(WireError) {
      guard try cursor.readInteger(UInt32.self, field: "magic") == Self.magic,
        try cursor.readInteger(UInt16.self, field: "type") == Self.quoteType
      else { throw WireError(WireError.invalidValue, "message is not a quote that a TPM made") }
      qualifiedSigner = Array(
        try cursor.readPrefixedBytes(UInt16.self, limit: Self.nameByteLimit, field: "qualified signer"))
      extraData = Array(
        try cursor.readPrefixedBytes(UInt16.self, limit: Self.extraDataByteLimit, field: "extra data"))
      clock = try cursor.readInteger(field: "clock")
      resetCount = try cursor.readInteger(field: "reset count")
      restartCount = try cursor.readInteger(field: "restart count")
      let safe: UInt8 = try cursor.readInteger(field: "safe")
      guard safe <= 1 else { throw WireError(WireError.invalidValue, "safe is \(safe), expected 0 or 1") }
      isClockSafe = safe == 1
      firmwareVersion = try cursor.readInteger(field: "firmware version")
      selectedPCRs = try Self.selection(&cursor)
      pcrDigest = Array(try cursor.readPrefixedBytes(UInt16.self, limit: 32, field: "PCR digest"))
      guard pcrDigest.count == 32 else {
        throw WireError(WireError.invalidValue, "PCR digest has \(pcrDigest.count) bytes, expected 32")
      }
    }

    /// One bank, of SHA-256.
    private static func selection(_ cursor: inout WireCursor) throws(WireError) -> [Int] {
      guard try cursor.readInteger(UInt32.self, field: "number of banks") == 1,
        try cursor.readInteger(UInt16.self, field: "digest algorithm") == sha256
      else { throw WireError(WireError.invalidValue, "quote is not of the one PCR bank of SHA-256") }
      let bits = try cursor.readPrefixedBytes(UInt8.self, limit: pcrCount / 8, field: "selected PCRs")
      return bits.enumerated().flatMap { index, byte in
        (0..<8).filter { byte >> $0 & 1 == 1 }.map { index * 8 + $0 }
      }
    }
  }
}

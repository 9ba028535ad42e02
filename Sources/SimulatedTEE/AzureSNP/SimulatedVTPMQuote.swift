import Crypto
import WireFormat

/// A quote of a virtual TPM before it is signed. Tests change it to get one that is wrong in one respect.
package struct SimulatedVTPMQuote: Sendable {
  package var magic: UInt32 = 0xFF54_4347
  package var type: UInt16 = 0x8018
  package var qualifiedSigner: [UInt8] = [0x00, 0x0B] + Array(repeating: 0x5A, count: 32)
  package var nonce: [UInt8] = []
  package var safe: UInt8 = 1
  package var bankCount: UInt32 = 1
  /// SHA-256.
  package var digestAlgorithm: UInt16 = 0x000B
  package var selectedPCRs: Set<Int> = Set(0..<24)
  /// 24 values of 32 bytes.
  package var pcrs: [[UInt8]] = (0..<24).map { Array(repeating: UInt8($0), count: 32) }
  /// Nil takes the digest of the selected values.
  package var pcrDigest: [UInt8]?
  package var trailingBytes: [UInt8] = []

  package init() {}

  package var selectedValues: [Int: [UInt8]] {
    Dictionary(uniqueKeysWithValues: selectedPCRs.map { ($0, pcrs[$0]) })
  }

  /// TPMS_ATTEST.
  package var message: [UInt8] {
    var writer = WireWriter()
    writer.writeInteger(magic)
    writer.writeInteger(type)
    writer.writePrefixed(UInt16.self, qualifiedSigner)
    writer.writePrefixed(UInt16.self, nonce)
    writer.writeInteger(UInt64(1_000))
    writer.writeInteger(UInt32(2))
    writer.writeInteger(UInt32(3))
    writer.writeInteger(safe)
    writer.writeInteger(UInt64(0x2020_0312_0012_0003))
    writer.writeInteger(bankCount)
    writer.writeInteger(digestAlgorithm)
    let bits = selectedPCRs.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
    writer.writePrefixed(UInt8.self, withUnsafeBytes(of: bits.littleEndian) { Array($0.prefix(3)) })
    writer.writePrefixed(UInt16.self, pcrDigest ?? digest)
    writer.write(trailingBytes)
    return writer.bytes
  }

  private var digest: [UInt8] {
    Array(SHA256.hash(data: selectedPCRs.sorted().flatMap { pcrs[$0] }))
  }
}

import StrictJSON
import WireFormat

extension Nitro {
  /// What was started: the image (PCR0), its kernel and boot ramdisk (PCR1), and the application (PCR2); 48 bytes each.
  public struct Measurements: Sendable, Hashable {
    public let pcr0: [UInt8]
    public let pcr1: [UInt8]
    public let pcr2: [UInt8]

    /// Nil unless each has 48 bytes.
    public init?(pcr0: [UInt8], pcr1: [UInt8], pcr2: [UInt8]) {
      guard [pcr0, pcr1, pcr2].allSatisfy({ $0.count == Document.pcrByteCount }) else { return nil }
      (self.pcr0, self.pcr1, self.pcr2) = (pcr0, pcr1, pcr2)
    }

    var json: JSONValue {
      ["pcr0": .string(pcr0.hexadecimal), "pcr1": .string(pcr1.hexadecimal), "pcr2": .string(pcr2.hexadecimal)]
    }

    init(json: JSONValue) throws(AttestationError) {
      var reader = try PolicyReader(json, name: "Nitro measurements")
      func pcr(_ member: StaticString) throws(AttestationError) -> [UInt8] {
        try PolicyReader.bytes(try reader.required(member), member, byteCounts: [Document.pcrByteCount])
      }
      (pcr0, pcr1, pcr2) = (try pcr("pcr0"), try pcr("pcr1"), try pcr("pcr2"))
      try reader.finish()
    }
  }
}

extension Nitro.Document {
  package var measurements: Nitro.Measurements? {
    guard let pcr0 = pcrs[0], let pcr1 = pcrs[1], let pcr2 = pcrs[2] else { return nil }
    return Nitro.Measurements(pcr0: pcr0, pcr1: pcr1, pcr2: pcr2)
  }
}

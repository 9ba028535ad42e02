import Crypto
import StrictJSON
import WireFormat

extension TDX {
  /// What one release measures to: the trust domain as it was built, and what it measured since.
  public struct Measurements: Sendable, Hashable {
    /// 48 bytes.
    public let mrtd: [UInt8]
    /// SHA-384 of RTMR0 || RTMR1 || RTMR2 || RTMR3.
    public let rtmrDigest: [UInt8]

    /// Nil unless both have 48 bytes.
    public init?(mrtd: [UInt8], rtmrDigest: [UInt8]) {
      guard mrtd.count == 48, rtmrDigest.count == 48 else { return nil }
      self.mrtd = mrtd
      self.rtmrDigest = rtmrDigest
    }

    /// Nil unless there are four registers, and each value has 48 bytes.
    public init?(mrtd: [UInt8], rtmrs: [[UInt8]]) {
      guard rtmrs.count == 4, rtmrs.allSatisfy({ $0.count == 48 }) else { return nil }
      self.init(mrtd: mrtd, rtmrDigest: Self.digest(rtmrs.joined()))
    }

    init(_ body: Quote.Body) {
      mrtd = Array(body.mrtd)
      rtmrDigest = Self.digest(body.runtimeMeasurements)
    }

    private static func digest(_ registers: some Sequence<UInt8>) -> [UInt8] {
      Array(SHA384.hash(data: Array(registers)))
    }

    var json: JSONValue { ["mrtd": .string(mrtd.hexadecimal), "rtmrDigest": .string(rtmrDigest.hexadecimal)] }

    /// Either `rtmrs`, four registers, or `rtmrDigest` beside `mrtd`.
    init(json: JSONValue) throws(AttestationError) {
      var reader = try PolicyReader(json, name: "tdx")
      let mrtd = try PolicyReader.bytes(try reader.required("mrtd"), "mrtd", byteCounts: [48])
      let registers = reader.optional("rtmrs")
      let digest = reader.optional("rtmrDigest")
      try reader.finish()
      let measurements: Measurements?
      switch (registers, digest) {
      case (let registers?, nil):
        let values = try PolicyReader.list(registers, "rtmrs") { value throws(AttestationError) in
          try PolicyReader.bytes(value, "rtmrs", byteCounts: [48])
        }
        measurements = Measurements(mrtd: mrtd, rtmrs: values)
      case (nil, let digest?):
        measurements = Measurements(
          mrtd: mrtd, rtmrDigest: try PolicyReader.bytes(digest, "rtmrDigest", byteCounts: [48]))
      default: measurements = nil
      }
      guard let measurements else {
        throw PolicyReader.malformed("measurements do not name four rtmrs, or one rtmrDigest")
      }
      self = measurements
    }
  }
}

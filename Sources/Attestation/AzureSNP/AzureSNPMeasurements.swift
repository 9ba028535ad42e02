import StrictJSON
import WireFormat

extension AzureSNP {
  /// What the virtual TPM of a good guest has measured.
  public struct Measurements: Sendable, Hashable {
    /// Values of 32 bytes by the index of their PCR, 0 to 23; a quote must select each of them.
    public let pcrs: [Int: [UInt8]]

    /// Nil without any PCR, for an index above 23, or for a value that has not 32 bytes.
    public init?(pcrs: [Int: [UInt8]]) {
      guard !pcrs.isEmpty,
        pcrs.allSatisfy({ (0..<VTPMQuote.pcrCount).contains($0.key) && $0.value.count == 32 })
      else { return nil }
      self.pcrs = pcrs
    }

    func fits(_ quoted: [Int: [UInt8]]) -> Bool { pcrs.allSatisfy { quoted[$0.key] == $0.value } }

    static func members(_ pcrs: [Int: [UInt8]]) -> [String: JSONValue] {
      Dictionary(uniqueKeysWithValues: pcrs.map { (String($0.key), .string($0.value.hexadecimal)) })
    }

    /// `{"pcrs": {"4": "<hexadecimal>", …}}`.
    var json: JSONValue { ["pcrs": .object(Self.members(pcrs))] }

    init(json: JSONValue) throws(AttestationError) {
      var reader = try PolicyReader(json, name: "measurements")
      var members = try PolicyReader(try reader.required("pcrs"), name: "pcrs")
      try reader.finish()
      var pcrs: [Int: [UInt8]] = [:]
      for (key, value) in members.takeEntries() {
        guard let index = Int(key), String(index) == key else {
          throw PolicyReader.malformed("a PCR is not named by its index")
        }
        pcrs[index] = try PolicyReader.bytes(value, "pcrs", byteCounts: [32])
      }
      guard let measurements = Measurements(pcrs: pcrs) else {
        throw PolicyReader.malformed("measurements name no PCR, or one above 23")
      }
      self = measurements
    }
  }
}

import Crypto
public import StrictJSON
import WireFormat

extension NVIDIA {
  /// Golden values of one configuration (RFC 9334, section 2): of a driver and a VBIOS together, or of a switch's
  /// firmware. A release names them, or `ReferenceManifests` reads them from NVIDIA's signed manifests.
  public struct Measurements: Sendable, Hashable {
    /// Digests: SHA-384.
    public static let valueByteCount = 48
    public static let alternativeLimit = 64
    static let versionByteLimit = 64

    /// Of a GPU or of a switch.
    public let platform: Platform
    /// Nil for a switch, whose driver is not measured.
    public let driverVersion: String?
    public let vbiosVersion: String
    /// By SPDM index, 1 to 254: a manifest's index plus one. Each value of an index is as good as its others.
    public let measurements: [UInt8: Set<[UInt8]>]

    /// - Throws: `appraisal-policy-malformed` for a platform that is not NVIDIA's, a version that is no printable text
    ///   of at most 64 bytes, no measurement, index 0 or 255, and anything but 1 to 64 values of 48 bytes.
    public init(
      platform: Platform, driverVersion: String?, vbiosVersion: String, measurements: [UInt8: Set<[UInt8]>]
    ) throws(AttestationError) {
      guard platform == .nvidiaGPU && driverVersion != nil || platform == .nvidiaSwitch && driverVersion == nil else {
        throw PolicyReader.malformed("golden values are of no GPU with and no switch without a driver version")
      }
      guard
        ([vbiosVersion] + (driverVersion.map { [$0] } ?? [])).allSatisfy({ version in
          (1...Self.versionByteLimit).contains(version.utf8.count)
            && version.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        })
      else { throw PolicyReader.malformed("a version of golden values is no printable text") }
      guard !measurements.isEmpty,
        measurements.allSatisfy({ index, values in
          (1...254).contains(index) && (1...Self.alternativeLimit).contains(values.count)
            && values.allSatisfy { $0.count == Self.valueByteCount }
        })
      else { throw PolicyReader.malformed("golden values have no measurement, or one that no report can have") }
      self.platform = platform
      self.driverVersion = driverVersion
      self.vbiosVersion = vbiosVersion
      self.measurements = measurements
    }

    /// `{"platform": …, "driverVersion": …, "vbiosVersion": …, "measurements": {"<index>": ["<hexadecimal>", …]}}`, one
    /// text for one value.
    public var json: JSONValue {
      var members: [String: JSONValue] = [
        "platform": .string(platform.rawValue), "vbiosVersion": .string(vbiosVersion),
        "measurements": .object(
          Dictionary(uniqueKeysWithValues: measurements.map { (String($0.key), $0.value.hexadecimalArray) })),
      ]
      if let driverVersion { members["driverVersion"] = .string(driverVersion) }
      return .object(members)
    }

    /// SHA-256 of the canonical JSON: what names these values.
    public var digest: [UInt8] { Array(SHA256.hash(data: json.canonicalBytes)) }

    /// - Throws: `appraisal-policy-malformed`.
    public init(json: JSONValue) throws(AttestationError) {
      var reader = try PolicyReader(json, name: "golden values")
      let platform: Platform = try PolicyReader.choice(try reader.required("platform"), "platform")
      var driverVersion: String?
      if let value = reader.optional("driverVersion") {
        driverVersion = try PolicyReader.text(value, "driverVersion")
      }
      let vbiosVersion = try PolicyReader.text(try reader.required("vbiosVersion"), "vbiosVersion")
      var entries = try PolicyReader(try reader.required("measurements"), name: "measurements")
      try reader.finish()
      var measurements: [UInt8: Set<[UInt8]>] = [:]
      for (key, value) in entries.takeEntries() {
        guard let index = UInt8(key), String(index) == key else {
          throw PolicyReader.malformed("an index of golden values is no number from 1 to 254")
        }
        measurements[index] = try PolicyReader.bytesSet(
          value, "measurements", byteCounts: [Self.valueByteCount])
      }
      try self.init(
        platform: platform, driverVersion: driverVersion, vbiosVersion: vbiosVersion, measurements: measurements)
    }

    /// The indices at which a report has none of the values.
    ///
    /// - Parameter leftOut: indices that are not compared.
    func differingIndices(from report: Report, leftOut: Set<UInt8> = []) -> [UInt8] {
      measurements.filter { index, values in
        !leftOut.contains(index) && !(report.value(index: index).map(values.contains) ?? false)
      }.keys.sorted()
    }
  }
}

public import Attestation
import Crypto
import WireFormat

/// What a simulated GPU or switch reports: a request for measurements and its answer in SPDM's form, with NVIDIA's opaque
/// fields. Tests change one member to get a report that one rule refuses.
public struct SimulatedGPUReport: Sendable {
  /// The requester's: 32 bytes.
  public var nonce: [UInt8]
  /// By SPDM index: 48 bytes each.
  public var measurements: [UInt8: [UInt8]]
  package let platform: Platform
  package var requestAttributes: UInt8 = 1
  package var requestedOperation: UInt8 = 0xFF
  package var slot: UInt8 = 0
  package var responseParameters: (UInt8, UInt8) = (0, 0)
  /// DMTF's kind of every measurement; bit 7 says that values are raw.
  package var valueType: UInt8 = 1
  package var responderNonce = [UInt8](repeating: 0x52, count: 32)
  /// In the order in which they are written.
  package var opaque: [(type: UInt16, value: [UInt8])]

  /// Six measurements, of which the last is zero.
  public static var standardMeasurements: [UInt8: [UInt8]] {
    var measurements = Dictionary(
      uniqueKeysWithValues: (1...5).map { index in
        (UInt8(index), Array(SHA384.hash(data: Array("simulated measurement \(index)".utf8))))
      })
    measurements[6] = Array(repeating: 0, count: 48)
    return measurements
  }

  public init(platform: Platform, nonce: [UInt8], measurements: [UInt8: [UInt8]] = standardMeasurements) {
    self.platform = platform
    self.nonce = nonce
    self.measurements = measurements
    let firmware: [(type: UInt16, value: [UInt8])] = [(20, SimulatedGPUVendor.firmwareIdentifier)]
    opaque =
      firmware + (platform == .nvidiaSwitch ? Self.switchFields : Self.gpuFields)
  }

  package static let driverVersion = "900.10.01"
  package static let switchIdentifier: [UInt8] = [0x5A, 1, 2, 3, 4, 5, 6, 7]
  package static let gpuIdentifier: [UInt8] = [0x61, 1, 2, 3, 4, 5, 6, 7]

  private static var gpuFields: [(type: UInt16, value: [UInt8])] {
    [
      (6, [0x00, 0x10, 0x00, 0x96, 0x01, 0, 0, 0]), (15, Array("882\0".utf8)), (17, Array("1010\0".utf8)),
      (18, Array("0200\0".utf8)), (3, Array(driverVersion.utf8) + [0]), (11, [0x55]), (21, [0x55]), (34, [0, 0]),
    ]
  }

  private static var switchFields: [(type: UInt16, value: [UInt8])] {
    [
      (6, Array("96.10.00.00.01\0".utf8)), (22, switchIdentifier),
      (26, gpuIdentifier + Array(repeating: 0, count: 56) + [0, 1]),
    ]
  }

  package mutating func set(_ type: UInt16, _ value: [UInt8]?) {
    opaque.removeAll { $0.type == type }
    if let value { opaque.append((type, value)) }
  }

  /// Golden values that this report has.
  public var goldenValues: NVIDIA.Measurements {
    get throws {
      try NVIDIA.Measurements(
        platform: platform, driverVersion: platform == .nvidiaGPU ? Self.driverVersion : nil,
        vbiosVersion: platform == .nvidiaGPU ? "96.00.10.00.01" : "96.10.00.00.01",
        measurements: measurements.mapValues { [$0] })
    }
  }

  package var unsignedBytes: [UInt8] {
    var record: [UInt8] = []
    for (index, value) in measurements.sorted(by: { $0.key < $1.key }) {
      record += [index, 1] + Self.number(value.count + 3, 2) + [valueType] + Self.number(value.count, 2) + value
    }
    let fields = opaque.flatMap { Self.number(Int($0.type), 2) + Self.number($0.value.count, 2) + $0.value }
    return [0x11, 0xE0, requestAttributes, requestedOperation] + nonce + [slot]
      + [0x11, 0x60, responseParameters.0, responseParameters.1, UInt8(truncatingIfNeeded: measurements.count)]
      + Self.number(record.count, 3) + record + responderNonce + Self.number(fields.count, 2) + fields
  }

  /// Least significant byte first.
  private static func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// - Throws: `simulated-field-length`, `simulated-key-unusable`.
  public func signed(by device: SimulatedGPU) throws(SimulatedTEEError) -> [UInt8] {
    guard nonce.count == 32, measurements.values.allSatisfy({ $0.count == 48 }) else {
      throw SimulatedTEEError(
        SimulatedTEEError.fieldLength, "nonce has \(nonce.count) bytes, expected 32, or a measurement not 48")
    }
    let bytes = unsignedBytes
    return bytes + (try device.signature(over: bytes))
  }
}

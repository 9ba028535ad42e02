/// The layout around a paravisor's report before it is put together. Tests change it to get one that is wrong in one
/// respect.
package struct SimulatedHCLReport: Sendable {
  package var magic: UInt32 = 0x414C_4348
  package var version: UInt32 = 2
  /// Certificate of the attestation key.
  package var requestType: UInt32 = 2
  package var status: UInt32 = 0
  /// 1,184 bytes.
  package var report: [UInt8]
  package var dataVersion: UInt32 = 1
  package var reportType: UInt32 = 2
  package var digestType: UInt32 = 1
  package var runtimeData: [UInt8]
  /// Added to the sizes that the layout states.
  package var totalByteCountError: UInt32 = 0
  package var headedByteCountError: UInt32 = 0
  package var dataByteCountError: UInt32 = 0
  package var padding = [UInt8](repeating: 0, count: 16)

  package init(report: [UInt8], runtimeData: [UInt8]) {
    self.report = report
    self.runtimeData = runtimeData
  }

  package var bytes: [UInt8] {
    let count = UInt32(runtimeData.count)
    // What the paravisor asks of its host, in version 2.
    let capabilities: [UInt32] = dataVersion == 2 ? [1] : []
    let extra = UInt32(capabilities.count * 4)
    let header = [magic, version, 1_236 + extra + count &+ totalByteCountError, requestType, status, 0, 0, 0]
    let dataHeader = [
      20 + extra + count &+ headedByteCountError, dataVersion, reportType, digestType, count &+ dataByteCountError,
    ]
    func bytes(_ integers: [UInt32]) -> [UInt8] {
      integers.flatMap { integer in withUnsafeBytes(of: integer.littleEndian) { Array($0) } }
    }
    return bytes(header) + report + bytes(dataHeader) + bytes(capabilities) + runtimeData + padding
  }
}

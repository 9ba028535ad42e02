/// The SGX extension of a simulated PCK certificate. The defaults are those of a platform that the strict rules accept.
package struct SimulatedPCKExtension: Sendable {
  package var ppid: [UInt8]
  package var components: [UInt8] = [5, 5, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]
  package var pceSVN: UInt16 = 13
  package var pceID: [UInt8] = [0, 0]
  package var fmspc = SimulatedTDXVendor.fmspc
  package var sgxType: UInt8 = 1
  /// Nil as on platforms of one package.
  package var instanceID: [UInt8]? = Array(repeating: 0x1D, count: 16)
  /// Dynamic platform, cached keys, SMT; nil as on platforms of one package.
  package var configuration: [Bool]? = [false, false, false]
  /// More members, each a whole pair of type and value.
  package var additionalMembers: [[UInt8]] = []

  package init(ppid: [UInt8]) { self.ppid = ppid }

  package var derBytes: [UInt8] {
    var versions: [UInt8] = []
    for (index, component) in components.enumerated() {
      versions += Self.member([2, UInt8(index + 1)], DERWriter.byte(component))
    }
    versions += Self.member([2, 17], DERWriter.value(0x02, [UInt8(pceSVN >> 8), UInt8(pceSVN & 0xFF)].trimmed))
    versions += Self.member([2, 18], DERWriter.octetString(components))
    var members =
      Self.member([1], DERWriter.octetString(ppid)) + Self.member([2], DERWriter.value(0x30, versions))
      + Self.member([3], DERWriter.octetString(pceID)) + Self.member([4], DERWriter.octetString(fmspc))
      + Self.member([5], DERWriter.value(0x0A, [sgxType]))
    if let instanceID { members += Self.member([6], DERWriter.octetString(instanceID)) }
    if let configuration {
      let flags = configuration.enumerated().flatMap { index, flag in
        Self.member([7, UInt8(index + 1)], DERWriter.value(0x01, [flag ? 0xFF : 0]))
      }
      members += Self.member([7], DERWriter.value(0x30, flags))
    }
    return DERWriter.value(0x30, members + additionalMembers.flatMap { $0 })
  }

  /// - Parameter arc: the numbers behind the extension's own identifier.
  package static func member(_ arc: [UInt8], _ value: [UInt8]) -> [UInt8] {
    DERWriter.sequence(
      DERWriter.objectIdentifier([0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01] + arc), value)
  }
}

extension [UInt8] {
  /// The content of an INTEGER of two bytes in its shortest form.
  fileprivate var trimmed: [UInt8] {
    let magnitude = Array(drop { $0 == 0 })
    return magnitude.first.map { $0 < 0x80 ? magnitude : [0] + magnitude } ?? [0]
  }
}

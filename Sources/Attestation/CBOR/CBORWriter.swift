/// Items of CBOR in the deterministic encoding (RFC 8949, section 4.2.1), one behind another.
package enum CBORWriter {
  package static let null: [UInt8] = [0xF6]

  package static func unsigned(_ value: UInt64) -> [UInt8] { head(.unsigned, value) }

  package static func bytes(_ content: some Collection<UInt8>) -> [UInt8] {
    head(.bytes, UInt64(content.count)) + content
  }

  package static func text(_ content: String) -> [UInt8] { head(.text, UInt64(content.utf8.count)) + content.utf8 }

  /// - Parameter elements: one item each.
  package static func array(_ elements: [[UInt8]]) -> [UInt8] {
    elements.reduce(into: head(.array, UInt64(elements.count))) { $0 += $1 }
  }

  /// - Parameter members: keys and values, one item each, in the order in which they are written.
  package static func map(_ members: [(key: [UInt8], value: [UInt8])]) -> [UInt8] {
    members.reduce(into: head(.map, UInt64(members.count))) { $0 += $1.key + $1.value }
  }

  private static func head(_ type: CBORReader.MajorType, _ argument: UInt64) -> [UInt8] {
    let byteCount =
      switch argument {
      case ..<24: 0
      case ..<(1 << 8): 1
      case ..<(1 << 16): 2
      case ..<(1 << 32): 4
      default: 8
      }
    let short = byteCount == 0 ? UInt8(argument) : 24 + UInt8(byteCount.trailingZeroBitCount)
    return [type.rawValue << 5 | short]
      + (0..<byteCount).reversed().map { UInt8(truncatingIfNeeded: argument >> (8 * $0)) }
  }
}

import Attestation
import Foundation
import SimulatedTEE
import Testing
import WireFormat

/// docs/formats/simulated-tee.md, re-computed.
@Suite struct WorkedExampleTests {
  static let page = FileManager.default.currentDirectoryPath + "/docs/formats/simulated-tee.md"

  /// The page without white space, so that long values may be broken.
  static func text() throws -> String {
    let content = try #require(FileManager.default.contents(atPath: page))
    return String(decoding: content, as: UTF8.self).filter { !$0.isWhitespace }
  }

  @Test("the page shows the hardware identifier that chip 7 of its root has")
  func hardwareIdentifier() throws {
    let root = try #require(SimulatedRoot(publicKeyDigest: (0..<32).map { UInt8($0) }))
    let identifier = SimulatedVendor.chipIdentifier(root: root, index: 7, product: .genoa)
    #expect(try Self.text().contains(identifier.hexadecimal))
  }

  @Test("the page shows the mark that the certificates carry")
  func mark() throws {
    let template = CertificateTemplate.leaf(
      .vcek, product: .genoa, tcb: SimulatedChip.tcb(.genoa), chipIdentifier: Array(repeating: 1, count: 64),
      publicKeyInfo: [], notBefore: 0)
    let mark = try #require(template.extensions.last)
    #expect(mark.isCritical)
    let tail: [UInt8] =
      [0x06, UInt8(mark.objectIdentifier.count)] + mark.objectIdentifier + [0x01, 0x01, 0xFF]
      + [0x04, UInt8(mark.value.count)] + mark.value
    #expect(try Self.text().contains(([0x30, UInt8(tail.count)] + tail).hexadecimal))
  }
}

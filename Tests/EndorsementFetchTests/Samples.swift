import Foundation
import WireFormat

/// Bytes in the shape of what vendors answer.
enum Samples {
  /// A revocation list in DER, of a key that exists no more.
  static let revocationList: [UInt8] = hexadecimal([
    "3081cd3076020101300a06082a8648ce3d04030230163114301206035504030c0b73616d706c65206c697374170d3235",
    "303130313030303030305a170d3335303130313030303030305aa02f302d300a0603551d140403020101301f0603551d",
    "2304183016801463d1456e21694bc4ece6744419dab2c18385f170300a06082a8648ce3d040302034700304402202ffc",
    "5137502f505c662531649a9ca5977673364908470e298a877f564726b9d20220566ff1e31c9a903ee877c9a1b65e4a2f",
    "5a0ed8e1c3cdc2fcefe1342f12958f09",
  ])

  /// A certificate in the shape of a PCK certificate, of the issuer that its name says and with the FMSPC 00906ed50000.
  static let platformCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIDFDCCArqgAwIBAgIBBTAKBggqhkjOPQQDAjAkMSIwIAYDVQQDDBlJbnRlbCBT
    R1ggUENLIFBsYXRmb3JtIENBMB4XDTI1MDEwMTAwMDAwMFoXDTM1MDEwMTAwMDAw
    MFowJDEiMCAGA1UEAwwZSW50ZWwgU0dYIFBDSyBDZXJ0aWZpY2F0ZTBZMBMGByqG
    SM49AgEGCCqGSM49AwEHA0IABHIywwKXRmmCtI+pxWIAa6AmdwlMhXNUCxTftj3S
    CZDLuDxTKxoflhQVjbOyBrLoC+ibgZ1/LI3yVrsvL/sh+qWjggHbMIIB1zCCAdMG
    CSqGSIb4TQENAQSCAcQwggHAMB4GCiqGSIb4TQENAQEEEAABAgMEBQYHCAkKCwwN
    Dg8wggFjBgoqhkiG+E0BDQECMIIBUzAQBgsqhkiG+E0BDQECAQIBATAQBgsqhkiG
    +E0BDQECAgIBATAQBgsqhkiG+E0BDQECAwIBATAQBgsqhkiG+E0BDQECBAIBATAQ
    BgsqhkiG+E0BDQECBQIBATAQBgsqhkiG+E0BDQECBgIBATAQBgsqhkiG+E0BDQEC
    BwIBATAQBgsqhkiG+E0BDQECCAIBATAQBgsqhkiG+E0BDQECCQIBATAQBgsqhkiG
    +E0BDQECCgIBATAQBgsqhkiG+E0BDQECCwIBATAQBgsqhkiG+E0BDQECDAIBATAQ
    BgsqhkiG+E0BDQECDQIBATAQBgsqhkiG+E0BDQECDgIBATAQBgsqhkiG+E0BDQEC
    DwIBATAQBgsqhkiG+E0BDQECEAIBATAQBgsqhkiG+E0BDQECEQIBDTAfBgsqhkiG
    +E0BDQECEgQQAQEBAQEBAQEBAQEBAQEBATAQBgoqhkiG+E0BDQEDBAIAADAUBgoq
    hkiG+E0BDQEEBAYAkG7VAAAwDwYKKoZIhvhNAQ0BBQoBADAKBggqhkjOPQQDAgNI
    ADBFAiEAo03Hq1vwVf6XIgg2t2JE36h/wIdgLdMDoaFLhxlWmsQCIG5CJmKnnV5J
    8Z118k+8DKJPcOFiFXrBjk9/vO4qVkA2
    -----END CERTIFICATE-----
    """

  /// A quote of version 4 around that certificate; everything else in it is zero.
  static let quote: [UInt8] = {
    let chain = Array((platformCertificate + "\n").utf8)
    let inner: [UInt8] = zeros(384 + 64 + 2) + [5, 0] + littleEndian(chain.count) + chain
    let data: [UInt8] = zeros(64 + 64) + [6, 0] + littleEndian(inner.count) + inner
    return [4, 0, 2, 0, 0x81, 0, 0, 0] + zeros(40 + 584) + littleEndian(data.count) + data
  }()

  private static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

  private static func littleEndian(_ count: Int) -> [UInt8] { (0..<4).map { UInt8(count >> (8 * $0) & 0xFF) } }

  private static func hexadecimal(_ lines: [String]) -> [UInt8] { [UInt8](hexadecimal: lines.joined()) ?? [] }
}

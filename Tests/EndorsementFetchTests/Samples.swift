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

  /// A certificate in the shape of a PCK certificate: its issuer's name, and the FMSPC 00906ed50000.
  static let platformCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIBUTCB+KADAgECAgEFMAoGCCqGSM49BAMCMCQxIjAgBgNVBAMMGUludGVsIFNH
    WCBQQ0sgUGxhdGZvcm0gQ0EwHhcNMjUwMTAxMDAwMDAwWhcNMzUwMTAxMDAwMDAw
    WjAWMRQwEgYDVQQDDAtzYW1wbGUgbGlzdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
    A0IABPzGRbjLQnSiRuPQoF/3MSIa1b9hzTY+wf44cm3OvuElW47GD+9BI3WdavRa
    BGGeBgWlejg5cXLeWElMqekNp8ujKTAnMCUGCSqGSIb4TQENAQQYMBYwFAYKKoZI
    hvhNAQ0BBAQGAJBu1QAAMAoGCCqGSM49BAMCA0gAMEUCIQCEA2iuyhPv+m3n0rPN
    yhvcqwdx2EyQ70nnAldVH+5tpwIgNMbNFa/xyGEPTfaFlTHFDv6AzaB5Kb8aA224
    vlUfsCM=
    -----END CERTIFICATE-----
    """

  /// What stands around a PCK chain in a quote does not matter here.
  static let quote = Array(repeating: 0, count: 700) + Array((platformCertificate + "\n").utf8) + [0, 0, 0]

  private static func hexadecimal(_ lines: [String]) -> [UInt8] { [UInt8](hexadecimal: lines.joined()) ?? [] }
}

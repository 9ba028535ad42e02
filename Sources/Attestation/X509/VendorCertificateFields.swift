import SwiftASN1
import X509

extension VendorCertificate {
  /// Nil unless there is exactly one, of printable text.
  var commonName: String? {
    let names = certificate.subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
    guard names.count == 1, let name = names.first.map({ String(describing: $0.value) }),
      name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) })
    else { return nil }
    return name
  }

  /// The contents of the INTEGER without leading zeros.
  var serialNumberBytes: [UInt8] { Array(certificate.serialNumber.bytes.drop { $0 == 0 }) }

  var namesRevocationList: Bool { certificate.extensions[oid: [2, 5, 29, 31]] != nil }
}

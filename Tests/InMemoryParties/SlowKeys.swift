import Foundation
import PrivacyPass
import SimulatedTEE

/// Keys that take long to make, made once for all deployments of a process.
enum SlowKeys {
  /// When every deployment begins: 2026-03-02 09:20 UTC.
  static let beginning = Date(timeIntervalSince1970: 1_772_443_200)

  static func vendor() throws -> SimulatedVendor { try sharedVendor.get() }

  /// A token key of an issuer, in PKCS #8.
  static func issuerKey(index: Int) throws -> String { try sharedIssuerKeys.get()[index] }

  /// How many issuer keys there are; their truncated token key IDs differ.
  static let issuerKeyCount = 2

  private static let sharedVendor = Result { try SimulatedVendor.make(at: beginning.addingTimeInterval(-86_400)) }

  private static let sharedIssuerKeys = Result {
    var keys: [UInt8: String] = [:]
    while keys.count < issuerKeyCount {
      let issuer = try TokenIssuer()
      keys[issuer.publicKey.truncatedTokenKeyID] = issuer.withPKCS8PEMRepresentation { $0 }
    }
    return keys.sorted { $0.key < $1.key }.map(\.value)
  }
}

public import Attestation
package import Crypto
public import Foundation

/// Issues attestation documents of one enclave on one simulated instance. They pass the same verifier as real ones,
/// under a simulated policy alone, and protect nobody.
public struct SimulatedNitroAttester: NodeAttester {
  /// Of the enclave, behind the instance's identifier.
  static let enclaveSuffix = "-enc0123456789abcdef"

  package let key: P384.Signing.PrivateKey
  /// What each document says but for the user data.
  package var document: SimulatedNitroDocument
  private let vendor: SimulatedNitroVendor
  private let clock: @Sendable () -> Date

  /// - Parameters:
  ///   - measurements: PCR0, PCR1 and PCR2, which the release names.
  ///   - clock: what stands for the hypervisor's clock.
  /// - Throws: `simulated-key-unusable`.
  public init(
    vendor: SimulatedNitroVendor, measurements: Nitro.Measurements,
    clock: @escaping @Sendable () -> Date = { Date() }
  ) throws(SimulatedTEEError) {
    let key = P384.Signing.PrivateKey()
    do {
      let template = try Self.leafTemplate(vendor, key, at: clock())
      try self.init(vendor: vendor, measurements: measurements, leaf: template, key: key, clock: clock)
    } catch {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "a leaf could not be made")
    }
  }

  /// With a leaf that a test has changed.
  package init(
    vendor: SimulatedNitroVendor, measurements: Nitro.Measurements, leaf template: SimulatedAuthority.Template,
    key: P384.Signing.PrivateKey, clock: @escaping @Sendable () -> Date
  ) throws {
    let zero = [UInt8](repeating: 0, count: 48)
    let pcrs: [[UInt8]] = [
      measurements.pcr0, measurements.pcr1, measurements.pcr2, zero, Nitro.Instance.measurement(vendor.instanceID),
    ]
    document = SimulatedNitroDocument(
      moduleID: vendor.instanceID + Self.enclaveSuffix, timestamp: 0,
      pcrs: (pcrs + Array(repeating: zero, count: 11)).enumerated().map { (UInt64($0.offset), $0.element) },
      certificate: try vendor.issue(template),
      bundle: try vendor.authorities.map { try $0.derBytes })
    self.key = key
    self.vendor = vendor
    self.clock = clock
  }

  private static func leafTemplate(
    _ vendor: SimulatedNitroVendor, _ key: P384.Signing.PrivateKey, at time: Date
  ) throws -> SimulatedAuthority.Template {
    try vendor.leafTemplate(moduleID: vendor.instanceID + enclaveSuffix, publicKey: key.publicKey, at: time)
  }

  /// Under a new leaf, since a leaf lives for three hours.
  ///
  /// - Parameter reportData: becomes the user data.
  /// - Throws: `simulated-key-unusable`.
  public func evidence(reportData: [UInt8]) async throws -> Evidence {
    guard let leaf = try? vendor.issue(Self.leafTemplate(vendor, key, at: clock())) else {
      throw SimulatedTEEError(SimulatedTEEError.keyUnusable, "a leaf could not be made")
    }
    return try issue {
      $0.certificate = leaf
      $0.userData = reportData
    }
  }

  /// A document of now, changed before it is signed.
  package func issue(
    _ change: (inout SimulatedNitroDocument) -> Void = { _ in }
  ) throws(SimulatedTEEError) -> Evidence {
    var document = document
    document.timestamp = UInt64(max(0, clock().timeIntervalSince1970) * 1000)
    change(&document)
    return Evidence(platform: .nitro, report: try document.signed(by: key), endorsements: [])
  }
}

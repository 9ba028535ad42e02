/// Measurements that are good (RFC 9334, section 2), from logged releases.
public struct ReferenceValues: Sendable, Equatable {
  /// Launch measurements of SEV-SNP guests, 48 bytes each.
  public var sevSNPMeasurements: Set<[UInt8]>

  public init(sevSNPMeasurements: Set<[UInt8]> = []) {
    self.sevSNPMeasurements = sevSNPMeasurements
  }

  public func isEmpty(for platform: Platform) -> Bool {
    switch platform {
    case .sevSNP: sevSNPMeasurements.isEmpty
    }
  }
}

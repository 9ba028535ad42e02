extension CertificateRevocationList {
  /// Whether the list names this serial number. It says so only of what its own issuer issued, which the caller looks
  /// after.
  ///
  /// - Parameter serialNumber: INTEGER content, with or without the zero before a first byte that would make it
  ///   negative.
  func revokes(serialNumber: some Collection<UInt8>) -> Bool {
    let magnitude = Array(serialNumber.drop { $0 == 0 })
    return revokedSerialNumbers.contains(magnitude) || revokedSerialNumbers.contains([0] + magnitude)
  }
}

extension [CertificateRevocationList] {
  /// Clocks may differ by this many seconds.
  private static var clockTolerance: Int64 { 300 }

  /// Of the lists of one issuer the newest must be new enough.
  ///
  /// - Parameters:
  ///   - largestAge: seconds.
  ///   - time: seconds since 1970.
  /// - Throws: `revocation-list-missing`, `revocation-list-not-yet-valid`, `revocation-list-stale`.
  func requireNewest(largestAge: Int64, at time: Int64) throws(AttestationError) {
    guard let newest = self.max(by: { $0.thisUpdate < $1.thisUpdate }) else {
      throw AttestationError(
        AttestationError.revocationMissing, "endorsements lack a revocation list of an issuer of the chain")
    }
    guard newest.thisUpdate <= time + Self.clockTolerance else {
      throw AttestationError(
        AttestationError.revocationNotYetValid, "a revocation list was issued after the time of appraisal")
    }
    guard newest.nextUpdate >= time, time - newest.thisUpdate <= largestAge else {
      throw AttestationError(
        AttestationError.revocationStale, "a revocation list is past its next update or \(largestAge) seconds")
    }
  }
}

import SwiftASN1

/// An instant of a certificate (RFC 5280, section 4.1.2.5): UTCTime or GeneralizedTime, in UTC, whole seconds.
enum CertificateTime {
  /// Seconds since 1970.
  static func seconds(_ node: ASN1Node) throws(DERError) -> Int64 {
    do {
      if node.identifier == .utcTime {
        let time = try UTCTime(derEncoded: node)
        return seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
      }
      let time = try GeneralizedTime(derEncoded: node)
      guard time.fractionalSeconds == 0 else { throw DERError() }
      return seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    } catch {
      throw DERError()
    }
  }

  static func seconds(
    _ year: Int, _ month: Int, _ day: Int, _ hours: Int, _ minutes: Int, _ seconds: Int
  ) -> Int64 {
    // Days since 1970 in the Gregorian calendar, years counted from March so that leap days come last.
    let shifted = month > 2 ? year : year - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return Int64(days * 86_400 + hours * 3_600 + minutes * 60 + seconds)
  }
}

/// Which issuer days a store holds a table for: without gaps, and moving forward only.
package struct IssuerDays: Sendable, Equatable {
  /// The most days that are held at once; two are good at a time, and a third is opened ahead.
  package static let countLimit: UInt64 = 8

  package let days: ClosedRange<UInt64>

  package init(_ days: ClosedRange<UInt64>) {
    precondition(days.upperBound - days.lowerBound < Self.countLimit, "a store holds a few issuer days")
    self.days = days
  }

  /// What holding `wanted` changes for a store that held `held`.
  ///
  /// A day is opened once: one that was held before is never opened again, so that a table that was dropped or lost
  /// admits nothing, rather than everything a second time. The same holds where the whole record is lost.
  ///
  /// - Parameter served: the newest day whose tokens anybody was offered; nil where there is none yet.
  package static func move(
    from held: IssuerDays?, to wanted: IssuerDays, servedThrough served: UInt64? = nil
  ) -> (held: IssuerDays, opened: [UInt64], dropped: [UInt64]) {
    guard let held = held?.days else {
      return (wanted, wanted.days.filter { day in served.map { day > $0 } ?? true }, [])
    }
    let first = max(held.lowerBound, wanted.days.lowerBound)
    let last = max(held.upperBound, wanted.days.upperBound)
    return (
      IssuerDays(first...last), (first...last).filter { $0 > held.upperBound }, held.filter { $0 < first }
    )
  }
}

extension IssuerDays {
  /// From two columns of a database, decimal text, since SQL's integers are signed.
  ///
  /// - Throws: `token-store-unavailable` for anything that a store never wrote.
  package init(first: String, last: String) throws(SpentTokenError) {
    guard let first = UInt64(first), let last = UInt64(last), first <= last, last - first < Self.countLimit else {
      throw SpentTokenError(SpentTokenError.unavailable, "record of issuer days is malformed")
    }
    self.init(first...last)
  }

  package var first: String { String(days.lowerBound) }
  package var last: String { String(days.upperBound) }
}

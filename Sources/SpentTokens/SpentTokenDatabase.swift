/// A database of spent tokens as one thread at a time uses it: its calls block.
package protocol SpentTokenDatabase: SendableMetatype {
  /// Stores digests in one transaction, for good before it returns.
  ///
  /// - Parameter digests: sorted and distinct, so that two gateways lock in the same order and none waits for another
  ///   in a circle, and so that what is stored together tells no order.
  /// - Returns: of each, in their order, whether it was not stored before.
  /// - Throws: as `SpentTokenStore.spend`; the digests may or may not have been stored.
  mutating func store(_ digests: [TokenDigest], issuerDay: UInt64) throws(SpentTokenError) -> [Bool]

  /// As `SpentTokenStore.hold`.
  mutating func hold(_ issuerDays: IssuerDays, servedThrough servedDay: UInt64?) throws(SpentTokenError)

  /// What the database itself says about how it writes, by the database's own names.
  mutating func durabilitySettings() throws(SpentTokenError) -> [String: String]
}

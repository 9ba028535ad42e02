/// Sums and products of numbers that a file states; nil where 63 bits are too few, which is what engines count with.
enum CheckedSize {
  static func sum(_ left: UInt64, _ right: UInt64) -> UInt64? {
    let (sum, isOverflow) = left.addingReportingOverflow(right)
    return isOverflow ? nil : bounded(sum)
  }

  static func product(_ factors: some Sequence<UInt64>) -> UInt64? {
    var product: UInt64 = 1
    for factor in factors {
      let (next, isOverflow) = product.multipliedReportingOverflow(by: factor)
      guard !isOverflow, let next = bounded(next) else { return nil }
      product = next
    }
    return product
  }

  /// The next multiple of `alignment`, which is a power of two.
  static func padded(_ size: UInt64, to alignment: UInt64) -> UInt64? {
    sum(size, alignment - 1).map { $0 & ~(alignment - 1) }
  }

  private static func bounded(_ value: UInt64) -> UInt64? { value <= UInt64(Int64.max) ? value : nil }
}

extension Endorsements {
  /// The leaf that fits the report best. It is chosen by what the report claims and proven by the signature alone: with
  /// one leaf there is no choice, and a wrong choice is refused.
  func leaf(for report: SEVSNP.Report) throws(AttestationError) -> SEVSNP.Certificate {
    let leaves = certificates.filter { !$0.isAuthority && !$0.isSelfIssued }
    guard let first = leaves.first else {
      throw AttestationError(AttestationError.leafMissing, "endorsements hold no leaf certificate")
    }
    guard leaves.count > 1 else { return first }
    var best = (leaf: first, score: -1)
    for leaf in leaves {
      let score = Self.score(leaf, report)
      if score > best.score { best = (leaf, score) }
    }
    return best.leaf
  }

  private static func score(_ leaf: SEVSNP.Certificate, _ report: SEVSNP.Report) -> Int {
    guard let extensions = leaf.leafExtensions, let product = extensions.product else { return 0 }
    let kind: SEVSNP.SigningKey = extensions.hardwareIdentifier == nil ? .vlek : .vcek
    let fitsKind = kind == report.signingKey
    let fitsChip = extensions.hardwareIdentifier.map { report.chipID.starts(with: $0) } ?? true
    let fitsTCB = extensions.tcb == SEVSNP.TCBVersion(rawValue: report.reportedTCB, product: product)
    let fitsProduct = report.processor.map {
      SEVSNP.Product(family: $0.family, model: $0.model) == product
    }
    return (fitsKind ? 8 : 0) + (fitsChip ? 4 : 0) + (fitsTCB ? 2 : 0) + (fitsProduct ?? true ? 1 : 0)
  }
}

extension SEVSNP.AppraisalRules {
  /// The kind of key, the product, and the one chip.
  func checkChip(_ authenticated: SEVSNP.AuthenticatedReport, _ recorder: inout CheckRecorder) {
    if let signingKeys {
      let key = authenticated.chain.signingKey
      recorder.require(
        "signing-key-kind", signingKeys.contains(key),
        else: key == .vlek ? AttestationError.vlekRefused : AttestationError.vcekRefused,
        "report is signed by a \(key.rawValue), which the policy does not allow")
    }
    if let productFloor {
      recorder.require(
        "product-floor", authenticated.product >= productFloor, else: AttestationError.productBelowFloor,
        "product is \(authenticated.product.rawValue), expected \(productFloor.rawValue) or later")
    }
    if let hosts {
      recorder.require(
        "host-list", authenticated.chipIdentifier.map(hosts.contains) ?? false, else: AttestationError.chipUnlisted,
        "chip is not in the host list")
    }
    if let revokedChips {
      recorder.require(
        "revoked-chips", authenticated.chipIdentifier.map { !revokedChips.contains($0) } ?? true,
        else: AttestationError.chipRevoked, "chip is revoked")
    }
  }
}

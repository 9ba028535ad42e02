public import PrivacyPass

/// What tokens cannot hide, in words for the person.
public enum CrowdNotice {
  public static let text = """
    A request hides among the accounts of your plan that drew tokens on the token's issuer day, and in no larger \
    crowd. This device cannot count them: trust what the operator says of their number no more than the operator. With \
    N such accounts, issuer and gateway together name the right one for at most 3 in N requests, averaged over those \
    who did not draw just before asking. With few accounts, or right after a draw, expect to be recognised.
    """

  /// - Parameter claim: what the issuer said at the last draw, where it said anything.
  public static func text(_ claim: CrowdClaim?) -> String { text + " " + sentence(claim) }

  private static func sentence(_ claim: CrowdClaim?) -> String {
    guard let claim else { return "The operator has not said how many there are: ask." }
    let crowd =
      claim.accountCount == 0 ? "fewer than \(CrowdClaim.leastCount)" : "at least \(claim.accountCount)"
    return "The operator says that \(crowd) accounts of your plan drew on issuer day \(claim.issuerDay)."
  }
}

/// What tokens cannot hide, in words for the person.
public enum CrowdNotice {
  public static let text = """
    A request hides among the accounts of your plan that drew tokens on the token's issuer day, and in no larger \
    crowd. This device cannot count them: ask the operator, and trust the number no more than the operator. With N \
    such accounts, issuer and gateway together name the right one for at most 3 in N requests, averaged over those \
    who did not draw just before asking. With few accounts, or right after a draw, expect to be recognised.
    """
}

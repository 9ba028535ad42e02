/// What a redactor finds, and the word that its placeholders begin with.
public enum RedactedKind: String, Sendable, CaseIterable {
  /// A word of somebody's name.
  case name
  case phone
  case mail
  case link
  /// A payment card's number.
  case card
  /// An international bank account number.
  case account

  var stem: String {
    switch self {
    case .name: "Name"
    case .phone: "Phone"
    case .mail: "Mail"
    case .link: "Link"
    case .card: "Card"
    case .account: "Account"
    }
  }
}

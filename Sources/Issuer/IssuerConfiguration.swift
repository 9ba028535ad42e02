/// What an issuer is started with.
public struct IssuerConfiguration: Sendable {
  public let calendar: IssuerCalendar
  /// Sorted by name, each once.
  public let plans: [ServicePlan]
  /// Folder of private keys (`keys/`), accounts and counts (`accounts.sqlite`) and the pseudonyms' secret.
  public let stateFolder: String
  /// What hashes of account keys cost.
  public let keyHashing: KeyHash.Parameters

  /// - Throws: `issuer-configuration-invalid` unless there are 1 to 16 plans of different names.
  public init(
    calendar: IssuerCalendar, plans: [ServicePlan], stateFolder: String, keyHashing: KeyHash.Parameters = .standard
  ) throws(IssuerError) {
    guard (1...ServicePlan.countLimit).contains(plans.count), Set(plans.map(\.name)).count == plans.count else {
      throw IssuerError(
        IssuerError.configurationInvalid, "plans are not 1 to \(ServicePlan.countLimit) different names")
    }
    self.calendar = calendar
    self.plans = plans.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.stateFolder = stateFolder
    self.keyHashing = keyHashing
  }

  func plan(named name: String) -> ServicePlan? { plans.first { $0.name == name } }

  /// Where accounts and counts are, below a state folder.
  public static func accountsPath(stateFolder: String) -> String { stateFolder + "/accounts.sqlite" }
}

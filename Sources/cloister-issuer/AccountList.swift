import ArgumentParser
import Issuer
import StrictJSON

struct AccountList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the accounts of local keys: identifier, plan, state, name.")

  @OptionGroup var options: AccountStateOptions

  @Flag(help: "Print JSON.")
  var json = false

  mutating func run() async throws {
    try await IssuerFailure.reporting {
      let accounts = try await options.open().list()
      guard json else {
        for account in accounts {
          print("\(account.identifier)  \(account.plan)  \(account.isRevoked ? "revoked" : "active")  \(account.name)")
        }
        return
      }
      let value: JSONValue = .array(
        accounts.map {
          [
            "account": .string($0.identifier), "name": .string($0.name), "plan": .string($0.plan),
            "revoked": .boolean($0.isRevoked),
          ]
        })
      print(value.canonicalText)
    }
  }
}

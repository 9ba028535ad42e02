import ArgumentParser
import Issuer
import StrictJSON

struct AccountAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add an account and print its key, once.",
    discussion: """
      The key, 80 hexadecimal digits, goes to the person over a channel that nobody reads along; the issuer keeps its \
      hash alone and cannot show it again. A lost key: revoke or erase the account and add another.
      """)

  @OptionGroup var options: AccountStateOptions

  @Option(help: "The account's plan, one of those that the issuer runs with.")
  var plan = "standard"

  @Flag(help: "Print JSON.")
  var json = false

  @Argument(help: "The account's name: letters, digits and .-_@, at most 64.")
  var name: String

  mutating func run() async throws {
    try await IssuerFailure.reporting {
      let key = AccountKey()
      try await options.open().add(name: name, plan: plan, key: key)
      guard json else { return print(key.hexadecimal) }
      let value: JSONValue = ["name": .string(name), "plan": .string(plan), "key": .string(key.hexadecimal)]
      print(value.canonicalText)
    }
  }
}

import ArgumentParser
import Issuer

struct AccountRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "End an account: from now on it draws nothing.",
    discussion: """
      Its row stays, so that its name is not given again, until it is erased. Tokens that it drew before stay good until \
      their day is over: nobody can tell which they are.
      """)

  @OptionGroup var options: AccountStateOptions
  @OptionGroup var selection: AccountSelection

  mutating func run() async throws {
    try await IssuerFailure.reporting {
      let store = try await options.open()
      try await store.revoke(selection.reference(options))
    }
  }
}

struct AccountExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print all that is stored about an account as JSON, for the person to have.",
    discussion: "Of the key's hash only the parameters are printed: it is a credential.")

  @OptionGroup var options: AccountStateOptions
  @OptionGroup var selection: AccountSelection

  mutating func run() async throws {
    try await IssuerFailure.reporting {
      let store = try await options.open()
      print(try await store.export(selection.reference(options)).indentedText)
    }
  }
}

struct AccountErase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Erase all that is stored about an account.",
    discussion: """
      Its key opens nothing from then on. A person whom an identity provider vouches for may come again, and starts \
      with a whole quota. Back-ups of the state folder are yours to erase.
      """)

  @OptionGroup var options: AccountStateOptions
  @OptionGroup var selection: AccountSelection

  mutating func run() async throws {
    try await IssuerFailure.reporting {
      let store = try await options.open()
      try await store.erase(selection.reference(options))
    }
  }
}

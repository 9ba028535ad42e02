import ArgumentParser
import Foundation
import Issuer

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account",
    abstract: "Open, list and end accounts; hand out and erase what is stored about them.",
    discussion: """
      All of it works beside a running issuer and takes effect at once. Stored are: the name and plan of an account \
      with a local key, the scrypt hash of that key (N = 32768, r = 8, p = 1), and for every account how many tokens it \
      drew of each issuer day. An account of an identity provider is known by a keyed hash of issuer and subject alone.
      """,
    subcommands: [
      AccountAdd.self, AccountList.self, AccountRevoke.self, AccountExport.self, AccountErase.self,
    ])
}

/// Where the accounts are.
struct AccountStateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The issuer's state folder; made where it is missing.", valueName: "folder"))
  var state: String

  func open() async throws -> AccountStore {
    do {
      try FileManager.default.createDirectory(
        atPath: state, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw IssuerError(IssuerError.stateUnavailable, "state folder cannot be made")
    }
    return try AccountStore(
      path: IssuerConfiguration.accountsPath(stateFolder: state),
      draws: try await SharedDrawCounts.configured(stateFolder: state))
  }
}

/// Which account is meant.
struct AccountSelection: ParsableArguments {
  @Argument(help: "The account's name, for one of a local key.")
  var name: String?

  @Option(help: "Instead: the subject (sub) that an identity provider gives the person.")
  var subject: String?

  @Option(help: ArgumentHelp("The identity provider's issuer URL, with --subject.", valueName: "url"))
  var issuer: String?

  func validate() throws {
    guard (name != nil) != (subject != nil), (subject != nil) == (issuer != nil) else {
      throw ValidationError("Give either a name, or both --subject and --issuer.")
    }
  }

  func reference(_ options: AccountStateOptions) throws -> AccountReference {
    if let subject, let issuer {
      return .pseudonym(try SubjectPseudonyms(stateFolder: options.state).pseudonym(issuer: issuer, subject: subject))
    }
    return .name(name ?? "")
  }
}

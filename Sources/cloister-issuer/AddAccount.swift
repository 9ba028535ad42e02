import ArgumentParser
import Foundation
import Issuer

struct AddAccount: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-account",
    abstract: "Add an account to the accounts file and print its key, once.",
    discussion: """
      The file keeps only SHA-256 of the key. A running issuer reads the file at its next start. The file is made \
      where it is missing.
      """)

  @Option(help: "JSON file of plans and accounts.")
  var accounts: String

  @Option(help: "The account's plan; added where the file does not have it.")
  var plan = "standard"

  @Argument(help: "The account's name: letters, digits and .-_@, at most 64.")
  var name: String

  mutating func run() throws {
    let key = AccountKey()
    let account = AccountList.Account(name: name, plan: plan, keyDigest: key.digest)
    let isNew = !FileManager.default.fileExists(atPath: accounts)
    let before = isNew ? nil : try AccountList(path: accounts)
    let plans = Set(before?.plans ?? []).union([plan])
    let after = try AccountList(plans: plans.sorted(), accounts: (before?.accounts ?? []) + [account])
    try Data(after.fileText.utf8).write(to: URL(fileURLWithPath: accounts), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: accounts)
    print(key.hexadecimal)
  }
}

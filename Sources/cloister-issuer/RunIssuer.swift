import ArgumentParser
import Issuer
import PartyHosting

struct RunIssuer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Serve token requests, the issuer directory and the keys of each issuer day.")

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8080"

  @Option(help: "Folder of keys and counts; made where it is missing.")
  var state: String

  @Option(help: "JSON file of plans and accounts.")
  var accounts: String

  @Option(help: "Tokens that one account may draw of one issuer day.")
  var dailyQuota = 50

  @Option(help: "Beginning of epoch 0, seconds since 1970.")
  var epochStart: UInt64

  @Option(help: "Length of an epoch, seconds; an issuer day is 24 epochs.")
  var epochSeconds: UInt64 = 3_600

  @Option(help: "Record what this party sees in FILE, never content; loopback only.")
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  mutating func run() async throws {
    let process = try PartyProcess(
      label: "issuer", listen: listen, observePath: observe, endsWithParent: exitWithParent)
    let configuration = try IssuerConfiguration(
      calendar: IssuerCalendar(epochStart: epochStart, epochSeconds: epochSeconds),
      accounts: AccountList(path: accounts), dailyQuota: dailyQuota, stateFolder: state)
    try await process.run(IssuerService(configuration: configuration))
  }
}

import ArgumentParser
import ErrorCodes
import Foundation
import HTTPTransport
import IdentityTokens
import Issuer
import PartyHosting

struct RunIssuer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Serve token requests, the issuer directory and the keys of each issuer day.",
    discussion: """
      The state folder holds the private keys of three days at most (keys/), accounts and counts (accounts.sqlite), \
      and the secret of pseudonyms (pseudonym.key), all readable by their owner alone. Counts of days before \
      yesterday are dropped. Where the folder holds counts.conninfo, libpq's connection parameters, draws are counted \
      in that PostgreSQL database instead, which issuers on several machines share.

      The file of identity providers is a JSON array of objects:
        issuer         the provider's issuer URL, as its tokens write it
        audience       what a token's aud must contain
        audienceClaim  the claim that must contain it in tokens without aud, such as client_id (optional)
        keySet         URL of its JWK set (optional: else its discovery document names it)
        algorithms     allowed signature algorithms (optional: RS256 and ES256)
        planClaim      claim that chooses the plan, with
        plans          an object of its values and the plan of each (both optional)
        defaultPlan    the plan of everyone else (optional: else they are refused)
      URLs are https, or plain HTTP to a loopback address. Keys are fetched at most once a minute, when they are 15 \
      minutes old or a token names an unknown one, and are used for at most 24 hours when the provider does not answer. \
      Instead of a subject, a keyed hash of it is stored.
      """)

  /// Seconds for one answer of an identity provider.
  private static let providerTimeoutSeconds: Int64 = 5

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8080"

  @Option(help: ArgumentHelp("Folder of keys, accounts and counts; made where it is missing.", valueName: "folder"))
  var state: String

  @Option(
    help: ArgumentHelp(
      """
      A plan of service and the tokens that one of its accounts may draw of one issuer day, 1 to 100000; repeat it for \
      up to 16 plans. Default: standard=50.
      """,
      valueName: "name=quota"))
  var plan: [String] = []

  @Option(help: ArgumentHelp("JSON file of OpenID Connect providers whose tokens open accounts.", valueName: "file"))
  var identityProviders: String?

  @Option(help: "Beginning of epoch 0, seconds since 1970.")
  var epochStart: UInt64

  @Option(help: "Length of an epoch, seconds; an issuer day is 24 epochs.")
  var epochSeconds: UInt64 = 3_600

  @Option(help: ArgumentHelp("Record what this party sees in a file, never content; loopback only.", valueName: "file"))
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  @OptionGroup(title: "Serving")
  var serving: ServingOptions

  mutating func run() async throws {
    try await IssuerFailure.reporting {
      let process = try PartyProcess(
        label: "issuer", listen: listen, serving: try serving.configuration(), observePath: observe,
        endsWithParent: exitWithParent)
      let plans = try (plan.isEmpty ? ["standard=50"] : plan).map { try ServicePlan(parsing: $0) }
      let configuration = try IssuerConfiguration(
        calendar: IssuerCalendar(epochStart: epochStart, epochSeconds: epochSeconds), plans: plans,
        stateFolder: state)
      // Identity providers' servers are theirs, and are asked for public keys alone.
      let exchange = SocketHTTPExchange(timeoutSeconds: Self.providerTimeoutSeconds, allowsTLS12: true)
      do {
        let verifier = try identityProviders.map {
          IdentityTokenVerifier(providers: try Self.providers(path: $0), exchange: exchange)
        }
        let draws = try await SharedDrawCounts.configured(stateFolder: state)
        try await process.run(
          IssuerService(configuration: configuration, draws: draws, identityTokens: verifier))
      } catch {
        await exchange.shutdown()
        throw error
      }
      await exchange.shutdown()
    }
  }

  private static func providers(path: String) throws -> [IdentityProvider] {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw IdentityTokenError(IdentityTokenError.configurationInvalid, "file of identity providers cannot be read")
    }
    defer { try? file.close() }
    return try IdentityProvider.list(
      decoding: Array(try file.read(upToCount: IdentityProvider.byteLimit + 1) ?? Data()))
  }
}

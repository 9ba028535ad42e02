import ArgumentParser
import Foundation
import HTTPTransport
import Log
import PartyHosting
import TransparencyLog
import WireFormat

struct RunLog: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Serve the logs under /logs/NAME and take entries from their submitter.")

  @Option(help: "Numeric address and port to listen on; port 0 asks for a free one.")
  var listen = "127.0.0.1:8080"

  @Option(help: "Folder that holds every log's folder, with its key.")
  var state: String

  @Option(
    name: .customLong("log"),
    help: "name=NAME,origin=ORIGIN,kind=epoch|release: serve this log under /logs/NAME. Repeat for several.")
  var logs: [String]

  @Option(
    help: "Witness policy (C2SP tlog-policy): one flat group of witnesses, each with the URL that it is asked at.")
  var witnessPolicy: String

  @Option(help: "How many witnesses may be faulty; 2k-n must exceed it.")
  var declaredFaults = 1

  @Option(help: "SHA-256 of the submission key, hexadecimal; a submitter sends the key as its bearer token.")
  var submissionKeyDigest: String

  @Option(help: "Seconds to wait for one witness's answer.")
  var witnessTimeout: Int64 = 5

  @Option(help: "Numeric address that connections to witnesses start from.")
  var localAddress: String?

  @Option(help: "Record what this party sees in FILE, never content; loopback only.")
  var observe: String?

  @Flag(help: "End when standard input closes.")
  var exitWithParent = false

  @OptionGroup(title: "Serving")
  var serving: ServingOptions

  mutating func validate() throws {
    guard [UInt8](hexadecimal: submissionKeyDigest)?.count == 32 else {
      throw ValidationError("--submission-key-digest is not the 64 hexadecimal digits of a SHA-256")
    }
    guard witnessTimeout > 0 else { throw ValidationError("--witness-timeout is not a number of seconds above 0") }
  }

  mutating func run() async throws {
    let process = try PartyProcess(
      label: "log", listen: listen, serving: try serving.configuration(), observePath: observe,
      endsWithParent: exitWithParent)
    let lock = try LogKeyFile.lock(state: state)
    guard let policyBytes = FileManager.default.contents(atPath: witnessPolicy) else {
      throw LogError(
        LogError.configurationInvalid, "the file of --witness-policy cannot be read: look at its path and rights")
    }
    let (witnesses, threshold) = try LogPolicy(parsing: Array(policyBytes)).quorumWitnesses()
    let endpoints = try witnesses.map { try WitnessEndpoint($0) }
    let exchange = SocketHTTPExchange(localAddress: localAddress, timeoutSeconds: witnessTimeout)
    var services: [String: LogService] = [:]
    for text in logs {
      let configuration = try LogConfiguration(parsing: text)
      guard let key = try LogKeyFile.read(state: state, origin: configuration.origin) else {
        throw LogError(
          LogError.configurationInvalid,
          "the log \(configuration.name) has no key: make it with cloister-log keygen and its --origin")
      }
      services[configuration.name] = try LogService(
        key: key, successor: try LogKeyFile.readSuccessor(state: state, origin: configuration.origin),
        admission: configuration.admission,
        files: try LogKeyFile.files(state: state, origin: configuration.origin), witnesses: endpoints,
        threshold: threshold, declaredFaults: declaredFaults, exchange: exchange)
    }
    guard services.count == logs.count else {
      throw LogError(LogError.configurationInvalid, "two logs have one name: give each --log a name of its own")
    }
    let digest = [UInt8](hexadecimal: submissionKeyDigest) ?? []
    try await process.run(
      LogParty(logs: services, submissionKeyDigest: digest), services: [LogRefresh(Array(services.values))])
    await exchange.shutdown()
    withExtendedLifetime(lock) {}
  }
}

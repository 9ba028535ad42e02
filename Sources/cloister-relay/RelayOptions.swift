import ArgumentParser
import PartyHosting
import Relay

/// `ORIGIN=URL`, as an operator is named on the command line.
struct OperatorURL: ExpressibleByArgument, Hashable {
  let origin: String
  let url: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, !parts[0].contains("/"), (try? UpstreamServer(parsing: parts[1])) != nil else { return nil }
    origin = parts[0]
    url = parts[1]
  }
}

struct UpstreamOptions: ParsableArguments {
  @Option(help: .init("Numeric address that connections to operators start from.", valueName: "ADDRESS"))
  var localAddress: String?

  @Option(
    help: .init(
      "PEM file of the roots that operators' certificates must end at, instead of the system's.", valueName: "FILE"))
  var trustRoots: String?

  @Option(help: "HTTP/1.1 connections at a time to one server.")
  var upstreamConnections = RelayLimits().connectionsPerServer

  @Option(help: "HTTP/2 connections at a time to one server, each for at most 100 exchanges, or as many as it admits.")
  var upstreamSessions = RelayLimits().sessionsPerServer

  @Option(help: "Unused HTTP/1.1 connections to choose from: the more, the less a connection says about its client.")
  var upstreamSpares = RelayLimits().spareConnections

  @Option(help: "Seconds that a connection may be unused.")
  var upstreamIdleSeconds = RelayLimits().idleSeconds

  @Option(help: "Seconds until a connection is there, TLS handshake included.")
  var upstreamConnectSeconds = RelayLimits().connectSeconds

  @Option(help: "Seconds from the end of a request to the head of its answer.")
  var upstreamHeadSeconds = RelayLimits().headSeconds

  @Option(help: "Seconds that an operator may pause in an exchange.")
  var upstreamStallSeconds = RelayLimits().stallSeconds

  @Option(help: "Seconds for a whole exchange with an operator, however steadily its answer comes.")
  var upstreamAnswerSeconds = RelayLimits().answerSeconds

  @Option(help: "Largest encapsulated request, in bytes.")
  var requestBytes = RelayLimits().requestByteCount

  @Option(help: "Largest answer, in bytes.")
  var answerBytes = RelayLimits().answerByteCount

  func validate() throws {
    let counts = [
      upstreamConnections, upstreamSessions, upstreamIdleSeconds, upstreamConnectSeconds, upstreamHeadSeconds,
      upstreamStallSeconds, upstreamAnswerSeconds, requestBytes, answerBytes,
    ]
    guard counts.allSatisfy({ $0 > 0 }), upstreamSpares >= 0 else { throw ValidationError("a limit is at least 1") }
  }

  var limits: RelayLimits {
    var limits = RelayLimits()
    limits.connectionsPerServer = upstreamConnections
    limits.sessionsPerServer = upstreamSessions
    limits.spareConnections = upstreamSpares
    limits.idleSeconds = upstreamIdleSeconds
    limits.connectSeconds = upstreamConnectSeconds
    limits.headSeconds = upstreamHeadSeconds
    limits.stallSeconds = upstreamStallSeconds
    limits.answerSeconds = upstreamAnswerSeconds
    limits.requestByteCount = requestBytes
    limits.answerByteCount = answerBytes
    return limits
  }
}

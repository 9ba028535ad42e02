import ArgumentParser
import HTTPServing
import PartyHosting
import Testing

@Suite("Options of serving")
struct ServingOptionsTests {
  @Test("without options the limits are the documented ones, in clear")
  func defaults() throws {
    let configuration = try ServingOptions.parse([]).configuration()
    #expect(configuration.limits == HTTPServerLimits())
    #expect(configuration.certificate == nil)
  }

  @Test("each option sets its limit and no other")
  func limits() throws {
    let configuration = try ServingOptions.parse([
      "--connection-limit", "1", "--connections-per-address", "2", "--requests-per-address", "3", "--head-bytes", "4",
      "--head-seconds", "5", "--body-seconds", "6", "--idle-seconds", "7", "--stall-seconds", "8",
      "--drain-seconds", "9",
    ]).configuration()
    var limits = HTTPServerLimits()
    limits.connectionCount = 1
    limits.connectionCountPerAddress = 2
    limits.requestRatePerAddress = 3
    limits.headByteCount = 4
    limits.headTime = .seconds(5)
    limits.bodyTime = .seconds(6)
    limits.idleTime = .seconds(7)
    limits.writeStallTime = .seconds(8)
    limits.drainTime = .seconds(9)
    #expect(configuration.limits == limits)
  }

  @Test(
    "a certificate without its key, a key without its certificate and a limit of nothing: refused",
    arguments: [
      ["--tls-certificate", "a"], ["--tls-key", "a"], ["--body-seconds", "0"], ["--requests-per-address", "-1"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try ServingOptions.parse(arguments) }
  }

  @Test("files that are no certificate and key: refused, and nothing is served in clear instead")
  func noCertificate() throws {
    let options = try ServingOptions.parse(["--tls-certificate", "/dev/null", "--tls-key", "/dev/null"])
    #expect { try options.configuration() } throws: {
      ($0 as? HTTPServingError)?.code == HTTPServingError.certificateUnusable
    }
  }
}

import Foundation
import HTTPMessages
import HTTPTransport
import StrictJSON
import TestSupport
import Testing

/// Publishers and an auditor beside a deployment that runs.
@Suite("Serial: publishing and auditing, as real processes on loopback", .serialized)
struct PublishingDemoTests {
  private func log(_ deployment: KeptDeployment) throws -> String {
    let data = try Data(contentsOf: deployment.folder.appendingPathComponent("gateway.json"))
    guard case .object(let members) = try JSONValue(parsing: Array(data)), case .object(let log)? = members["log"],
      case .string(let server)? = log["server"]
    else { throw DemoTestFailure(what: "the gateway's configuration names no log") }
    return server + "/logs/releases"
  }

  @Test("an auditor accepts the deployment, also after a publisher entered a release again and a promise")
  func publishAndAudit() async throws {
    let deployment = try await KeptDeployment()
    defer { deployment.kill() }
    defer { try? FileManager.default.removeItem(at: deployment.folder) }
    func path(_ name: String) -> String { deployment.folder.appendingPathComponent(name).path }
    func cloister(_ arguments: String...) async throws -> CommandRun {
      let run = try await CommandRun.cloister(arguments)
      #expect(run.status == 0, "\(arguments): \(run.standardError)")
      return run
    }
    let policy = path("policy.dsse")
    func audit() async throws -> CommandRun {
      try await cloister(
        "audit", "operator", "--policy", policy, "--witnesses", path("witnesses.policy"), "--artifacts",
        path("artifacts"), "--state", path("audit"), "--html", path("audit.html"), "--json")
    }
    let first = try JSONValue(parsing: Array(try await audit().standardOutput.utf8))
    guard case .object(let members) = first else { throw DemoTestFailure(what: "the audit printed no object") }
    #expect(members["findings"] == [])
    #expect(members["nodes"] == 3)
    #expect(members["artifacts"] == 6)

    let release = path("publications/release-cloister-node-assistant.dsse")
    _ = try await cloister("release", "renew", release, "--output", path("renewed.dsse"))
    _ = try await cloister(
      "release", "promise", "--revocation-interval", "86400", "--until", "2099-01-01T00:00:00Z", "--issued",
      (Date() - 60).formatted(.iso8601), "--output", path("promise.dsse"))
    for name in ["renewed.dsse", "promise.dsse"] {
      for publisher in ["publisher-1", "publisher-2"] {
        _ = try await cloister("release", "sign", path(name), "--key", path("keys/\(publisher).seed"))
      }
      _ = try await cloister(
        "release", "publish", path(name), "--policy", policy, "--log", try log(deployment), "--submission-key",
        path("keys/submission.key"))
      _ = try await cloister("release", "show", path(name), "--policy", policy, "--proof", path(name + ".proof"))
    }
    let second = try await audit().standardOutput
    #expect(second.contains(#""state": "kept""#))
    let page = try String(contentsOfFile: path("audit.html"), encoding: .utf8)
    #expect(page.contains("Nothing speaks against this operator."))

    // A proof of another entry is refused.
    let swapped = try await CommandRun.cloister(
      "release", "show", path("promise.dsse"), "--policy", policy, "--proof", path("renewed.dsse.proof"))
    #expect(swapped.status == 1)
    let stranger = try await CommandRun.cloister(
      "release", "publish", path("promise.dsse"), "--policy", policy, "--log", try log(deployment), "--submission-key",
      path("keys/operator.seed"))
    #expect(stranger.status == 1)
    #expect(stranger.standardError.contains("log-submission-failed"))
  }

  @Test("an auditor as a service serves page, report, metrics and health")
  func service() async throws {
    let deployment = try await KeptDeployment()
    defer { deployment.kill() }
    defer { try? FileManager.default.removeItem(at: deployment.folder) }
    let auditor = try CommandRun.start(
      "cloister",
      [
        "audit", "operator", "--policy", deployment.folder.appendingPathComponent("policy.dsse").path, "--serve",
        "127.0.0.9:0", "--every", "1",
      ], errors: .separate)
    defer {
      auditor.kill()
      auditor.waitNow()
    }
    var said = ""
    while !said.contains("\n"), case let more = await auditor.read(), !more.isEmpty {
      said += String(decoding: more, as: UTF8.self)
    }
    let address = try #require(said.split(separator: "\n").first?.split(separator: " ").last)
    var logged = ""
    while !logged.contains("audited"), case let more = await auditor.readErrors(), !more.isEmpty {
      logged += String(decoding: more, as: UTF8.self)
    }
    let exchange = SocketHTTPExchange()
    func get(_ path: String) async throws -> String {
      let answer = try await exchange.send(
        WholeRequest(method: "GET", path: path), to: "http://\(address)", bodyLimit: 1 << 20)
      return String(decoding: answer.body, as: UTF8.self)
    }
    #expect(try await get("/health") == #"{"status":"ok"}"#)
    #expect(try await get("/").contains("Nothing speaks against this operator."))
    #expect(try await get("/metrics").contains("cloister_audit_good 1\n"))
    #expect(try await get("/report.json").contains(#""verdict":"accepted""#))
    #expect(try await get("/other").contains("not-found"))
    await exchange.shutdown()
  }
}

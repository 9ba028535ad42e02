import Foundation
import HTTPMessages
import InMemoryParties
import PartyHosting
import Testing

@Suite("Observation records", .keepsFolders)
struct ObservationTests {
  @Test(
    "observe: refused where others can reach the party",
    arguments: [
      "0.0.0.0:80", "10.0.0.1:80", "192.168.1.7:80", "128.0.0.1:80", "12.7.0.0:80", "255.255.255.255:80", "[::]:80",
      "[2001:db8::1]:80", "[::2]:80", "[::ffff:127.0.0.1]:80",
    ])
  func notLocal(address: String) throws {
    let folder = try TemporaryFolder()
    let listen = try ListenAddress(parsing: address)
    #expect(throws: HostingError(HostingError.observationNotLocal, "")) {
      try ObservationRecord(path: folder.path("observed.jsonl"), listen: listen)
    }
    #expect(throws: HostingError(HostingError.observationNotLocal, "")) {
      try PartyProcess(
        label: "relay", listen: address, observePath: folder.path("observed.jsonl"), endsWithParent: false)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("observed.jsonl")))
  }

  @Test(
    "observe: allowed on loopback, for the owner of the file alone",
    arguments: ["127.0.0.1:0", "127.9.9.9:80", "[::1]:0", "[0:0::1]:80"])
  func local(address: String) throws {
    let folder = try TemporaryFolder()
    _ = try ObservationRecord(path: folder.path("observed.jsonl"), listen: try ListenAddress(parsing: address))
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.path("observed.jsonl"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test(
    "listen: an address that is not numeric",
    arguments: [
      "localhost:80", "127.0.0.1", "127.0.0:80", "::1:80", "127.0.0.1:99999", "", "[127.0.0.1]:80", "[::1]", "[]:80",
      "[localhost]:80", "[::1%1]:80", "[::1:80",
    ])
  func notNumeric(text: String) {
    #expect(throws: HostingError(HostingError.configurationInvalid, "")) { try ListenAddress(parsing: text) }
  }

  @Test("observe: the record holds names of fields and sizes, no value of a field and nothing of a body")
  func namesAndSizesAlone() async throws {
    let deployment = try await InMemoryDeployment.started()
    let marker = "marker-of-a-value-51c7"
    let exchange = deployment.network.exchange(from: "client", address: "127.0.0.2")
    for server in [
      DeploymentNames.relay, DeploymentNames.gateway, DeploymentNames.issuer, DeploymentNames.log,
      DeploymentNames.node(0), DeploymentNames.witness(0),
    ] {
      _ = try await exchange.send(
        WholeRequest(
          method: "POST", path: "/health", fields: [HTTPField("authorization", marker), HTTPField("x-test", marker)],
          body: Array(marker.utf8)),
        to: server, bodyLimit: 1 << 20)
      _ = try await exchange.send(
        WholeRequest(method: "GET", path: "/health", fields: [HTTPField("cookie", marker)]), to: server,
        bodyLimit: 1 << 20)
    }
    let search = MarkerSearch(marker)
    let files = try TemporaryFolder.files(under: deployment.partiesFolder + "/observed")
    #expect(files.count == 11)
    for file in files { #expect(!search.isFound(in: file.bytes)) }
    let relay = try #require(files.first { $0.path.hasSuffix("relay.jsonl") })
    #expect(String(decoding: relay.bytes, as: UTF8.self).contains(#""cookie""#))
  }
}

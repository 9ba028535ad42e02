import HTTPMessages
import Log
import Testing
import TransparencyLog

@Suite("log over HTTP")
struct LogPartyTests {
  private let fixture: LogFixture
  private let party: LogParty

  init() throws {
    fixture = try LogFixture()
    party = fixture.party(try fixture.open())
  }

  private func get(_ path: String) async -> WholeResponse {
    await party.respond(to: WholeRequest(method: "GET", path: path))
  }

  private func post(_ path: String, _ body: [UInt8] = [], key: String? = LogFixture.submissionKey) async
    -> WholeResponse
  {
    let fields = key.map { [HTTPField("authorization", "Bearer " + $0)] } ?? []
    return await party.respond(to: WholeRequest(method: "POST", path: path, fields: fields, body: body))
  }

  private func code(_ answer: WholeResponse) -> String { String(decoding: answer.body, as: UTF8.self) }

  @Test("a submitter gets a proof, and everyone the checkpoint, tiles and consistency")
  func publicFiles() async throws {
    #expect(await get("/logs/epoch/checkpoint").status == 404)
    for value in 0..<5 as Range<UInt8> {
      let answer = await post("/logs/epoch/add", [value])
      #expect(answer.status == 200)
      _ = try TLogProof(parsing: answer.body).verify(entry: [value], with: fixture.verifier())
    }
    let checkpoint = await get("/logs/epoch/checkpoint")
    #expect(checkpoint.field("content-type") == "text/plain; charset=utf-8")
    let verified = try fixture.verifier().verify(checkpoint.body).checkpoint
    let tile = try Tile(level: 0, index: 0, width: 5)
    let tree = MerkleTree(leafHashes: try tile.hashes(parsing: await get("/logs/epoch/tile/0/000.p/5").body))
    #expect(tree.root == verified.rootHash)
    let bundle = try EntryBundle(parsing: await get("/logs/epoch/tile/entries/000.p/5").body)
    #expect(bundle.entries == [[0], [1], [2], [3], [4]])
    let lines = code(await get("/logs/epoch/consistency/3/5")).split(separator: "\n")
    #expect(try TreeHash(base64: try #require(lines.first)) == tree.root(treeSize: 3))
    try ConsistencyProof(oldSize: 3, newSize: 5, hashes: lines.dropFirst().map { try TreeHash(base64: $0) })
      .verify(oldRoot: tree.root(treeSize: 3), newRoot: tree.root)
    let refreshed = await post("/logs/epoch/refresh")
    #expect(try fixture.verifier().verify(refreshed.body).checkpoint == verified)
  }

  @Test("what no published tree holds is not served")
  func unpublished() async throws {
    _ = await post("/logs/epoch/add", [1])
    fixture.exchange.setMissing(LogFixture.servers(0, 1))
    let refused = await post("/logs/epoch/add", [2])
    #expect(refused.status == 503)
    #expect(code(refused) == #"{"code":"witness-quorum"}"#)
    let health = await get("/health")
    #expect(health.status == 503)
    #expect(code(health) == #"{"code":"witness-quorum"}"#)
    for path in ["tile/0/000.p/2", "tile/entries/000.p/2", "consistency/1/2", "tile/0/000", "tile/1/000.p/1"] {
      #expect(await get("/logs/epoch/" + path).status == 404)
    }
    #expect(await get("/logs/epoch/tile/0/000.p/1").status == 200)
    #expect(try fixture.verifier().verify(await get("/logs/epoch/checkpoint").body).checkpoint.treeSize == 1)
    fixture.exchange.setMissing([])
    #expect(await post("/logs/epoch/refresh").status == 200)
    #expect(await get("/health").status == 200)
  }

  @Test("only the submission key submits", arguments: [nil, "", "submission-ke", "submission-keyy"] as [String?])
  func submission(key: String?) async {
    for path in ["/logs/epoch/add", "/logs/epoch/refresh"] {
      let answer = await post(path, [1], key: key)
      #expect(answer.status == 401)
      #expect(code(answer) == #"{"code":"log-submission-refused"}"#)
    }
    #expect(await get("/logs/epoch/checkpoint").status == 404)
  }

  @Test("an entry above 65,535 bytes gets its own code")
  func tooLarge() async {
    let answer = await post("/logs/epoch/add", [UInt8](repeating: 0, count: 65_536))
    #expect(answer.status == 413)
    #expect(code(answer) == #"{"code":"log-entry-too-large"}"#)
    #expect((party.requestBodyLimit(method: "POST", path: "/logs/epoch/add") ?? 0) > 65_536)
    #expect(party.requestBodyLimit(method: "GET", path: "/logs/epoch/checkpoint") == 0)
  }

  @Test(
    "any other path is not found",
    arguments: [
      "/", "", "/logs", "/logs/", "/logs/epoch", "/logs/epoch/", "/logs/other/checkpoint", "/logs/epoch/key",
      "/logs/epoch/tree", "/logs/epoch/checkpoint?a=1", "/logs/epoch/tile/0/000.p/1?x", "/logs/epoch/tile/../key",
      "/logs/epoch/consistency/0/1", "/logs/epoch/consistency/01/1", "/logs/epoch/consistency/1",
      "logs/epoch/checkpoint",
      "/logs/epoch/consistency/1/1/", "/logs/epoch/consistency//1", "/logs/epoch/consistency/+0/1",
      "/x/logs/epoch/checkpoint",
    ])
  func otherPaths(path: String) async {
    #expect(await get(path).status == 404)
  }

  @Test("a method that a path does not have is refused")
  func methods() async {
    #expect(await get("/logs/epoch/add").status == 405)
    #expect(await get("/logs/epoch/refresh").status == 405)
    #expect(await post("/logs/epoch/checkpoint").status == 405)
  }
}

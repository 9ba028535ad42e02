import CloisterClient
import ErrorCodes
import Foundation
import StrictJSON
import TestDeployment
import Testing
import Trust
import WireFormat

@Suite("A person's report of their receipts")
struct ReceiptReportTests {
  /// Two requests on one day and one on a later day, with their receipts.
  private struct Requests {
    var harness: ClientHarness
    let receipts: [Receipt]
    var store: ReceiptStore { harness.client.state.receipts }

    init() async throws {
      harness = try ClientHarness(tokenCount: 4)
      _ = try await harness.client.summarize()
      _ = try await harness.client.summarize()
      let next = ClientHarness.epoch + 24
      harness.client.parties.serve(try harness.fixture.publish(harness.fixture.plan(next)), epoch: next)
      let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))
      _ = try await harness.client.client(at: harness.fixture.time(in: next)).summarize(export)
      receipts = try harness.client.state.receipts.all()
    }

    func day(_ epoch: UInt64) -> CalendarDay { CalendarDay(of: harness.fixture.epochs.beginning(of: epoch)) }
    var firstDay: CalendarDay { day(ClientHarness.epoch) }
    var lastDay: CalendarDay { day(ClientHarness.epoch + 24) }

    var bundleCount: Int {
      get throws { try FileManager.default.contentsOfDirectory(atPath: harness.client.path + "/bundles").count }
    }
  }

  @Test("it counts tasks by day, names releases and checks, and repeats every check")
  func report() async throws {
    let requests = try await Requests()
    let report = try requests.store.report()
    #expect(report.requestCount == 3 && report.simulatedCount == 3 && report.undatedCount == 0)
    #expect(report.uses.map(\.day) == [requests.firstDay, requests.lastDay])
    #expect(report.uses.map(\.task) == ["summarize", "summarize"])
    #expect(report.uses.map(\.requestCount) == [2, 1])
    #expect(report.machines.map(\.requestCount) == [3])
    #expect(report.machines[0].hop.release == "assistant-node")
    #expect(report.machines[0].hop.verified.contains("report-data"))
    #expect(report.repetition?.verifiedCount == 3 && report.repetition?.refusals == [:])
    #expect(report.page.contains(" checks</summary>"), "the names of checks are opened by whoever wants them")
    #expect(report.page.contains("assistant-node 1.0.0") && report.page.contains("They protect nobody"))
    #expect(report.text.contains("summarize: 2 requests"))
  }

  @Test("a period takes its own days, both ends included, and no other")
  func period() async throws {
    let requests = try await Requests()
    let (first, last) = (requests.firstDay, requests.lastDay)
    #expect(try requests.store.report(DayRange(from: first, to: first)).requestCount == 2)
    #expect(try requests.store.report(DayRange(from: nil, to: first)).requestCount == 2)
    #expect(try requests.store.report(DayRange(from: last, to: nil)).requestCount == 1)
    #expect(try requests.store.rounded(DayRange(from: first, to: last)).receipts.count == 3)
  }

  @Test("page, text, JSON and export hold no content, token, chat name, identifier, epoch or time finer than a day")
  func nothingElse() async throws {
    let requests = try await Requests()
    let report = try requests.store.report()
    let export = RoundedReceipt.export(try requests.store.rounded().receipts)
    for text in [report.page, report.text, report.json.canonicalText, export.canonicalText] {
      for word in [ClientFixture.marker, "Ana", "Ben", "account-key", "chat.txt"] { #expect(!text.contains(word)) }
      for authorization in requests.harness.client.parties.authorizations {
        #expect(!text.contains(authorization.suffix(40)))
      }
      for receipt in requests.receipts {
        let names = [receipt.identifier, receipt.bundleDigest.hexadecimal, receipt.noteDigest.hexadecimal]
        let nodes = receipt.hops.flatMap { [$0.node.hexadecimal, $0.releaseLeafHash.hexadecimal] }
        for name in names + nodes { #expect(!text.contains(name.prefix(16))) }
      }
      // Digests hold any digits now and then.
      let words = text.replacing(/[0-9a-f]{16,}/, with: "")
      #expect(!words.contains(/\d\d:\d\d/), "a time of the day")
      #expect(!words.contains("179"), "seconds since 1970")
    }
    for member in ["epoch", "id", "bundle", "note", "node", "releaseLeaf", "time"] {
      #expect(!export.canonicalText.contains("\"\(member)\":"))
      #expect(!report.json.canonicalText.contains("\"\(member)\":"))
    }
  }

  @Test("requests that were not answered are counted by why, in report, page and export")
  func failures() async throws {
    let requests = try await Requests()
    #expect(try requests.store.report().failures.isEmpty)
    let client = try ClientHarness(tokenCount: 5).client
    _ = try await client.summarize()
    let nodes = Set(try await client.client.currentEpoch().bundle.nodes.map(\.identifier.hexadecimal))
    client.parties.behave { $0.busyNodes = nodes }
    for _ in 0..<2 { #expect(await client.refusal() == ClientError.nodeBusy) }
    let report = try client.state.receipts.report()
    #expect(report.requestCount == 3 && report.repetition?.verifiedCount == 3)
    #expect(report.failures.map(\.code) == [ClientError.nodeBusy] && report.failures.map(\.requestCount) == [2])
    #expect(report.text.contains("refused by the node: node-busy: 2 requests"))
    #expect(report.page.contains("What was not answered") && report.page.contains("refused by the node: node-busy"))
    #expect(report.json.canonicalText.contains(#""failures":[{"code":"node-busy","requests":2}]"#))
    let export = RoundedReceipt.export(try client.state.receipts.rounded().receipts).canonicalText
    #expect(export.components(separatedBy: #""failure":"node-busy""#).count == 3)
    #expect(export.components(separatedBy: #""failure":null"#).count == 2)
  }

  @Test("an export says the same of one day whatever the order of its requests")
  func order() async throws {
    let requests = try await Requests()
    let receipts = try requests.store.rounded().receipts
    let texts = Set([receipts, receipts.reversed()].map { RoundedReceipt.export($0).canonicalText })
    #expect(texts.count == 1)
  }

  @Test("the page is one document without scripts or anything from elsewhere, and hostile names stay text")
  func page() async throws {
    let requests = try await Requests()
    let path = requests.store.path(requests.receipts[0].identifier)
    var receipt = requests.receipts[0]
    receipt.relay = "<script>alert(1)</script>\"\u{301}"
    receipt.task = "<img src=x onerror=alert(1)>"
    try Data(receipt.json.canonicalBytes).write(to: URL(fileURLWithPath: path))
    let report = try requests.store.report()
    #expect(report.page.hasPrefix("<!doctype html>"))
    #expect(Array(report.page.utf8).firstRange(of: Array("&lt;script&gt;alert(1)&lt;/script&gt;&quot;".utf8)) != nil)
    for forbidden in ["<script", "<img", "http-equiv=\"refresh", " src=\"", " href=", "@import", "url("] {
      #expect(!report.page.contains(forbidden), "\(forbidden)")
    }
    for needed in ["default-src 'none'", "color-scheme:light dark", "width=device-width"] {
      #expect(report.page.contains(needed))
    }
    #expect(report.repetition?.refusals == [ClientError.receiptMismatch: 1])
    #expect(report.page.contains("class=\"verdict bad\"") && report.page.contains("receipt-mismatch"))
  }

  @Test("a receipt whose policy is gone has no day, and is counted apart")
  func undated() async throws {
    let requests = try await Requests()
    try FileManager.default.removeItem(
      atPath: "\(requests.harness.client.path)/policies/\(requests.receipts[0].policyDigest).dsse")
    let report = try requests.store.report()
    #expect(report.requestCount == 0 && report.undatedCount == 3)
    let purge = try requests.store.purge(before: CalendarDay("9999-12-31"))
    #expect(purge.receiptCount == 0 && purge.bundleCount == 0 && purge.undatedCount == 3)
    #expect(try requests.store.all().count == 3)
  }

  @Test("a receipt of another version hides no other one, and is counted apart")
  func otherVersion() async throws {
    let requests = try await Requests()
    let old = requests.receipts[0]
    let path = requests.store.path(old.identifier)
    guard case .object(var members) = old.json else { throw CancellationError() }
    members["version"] = 3
    try Data(JSONValue.object(members).canonicalBytes).write(to: URL(fileURLWithPath: path))
    let listing = try requests.store.listing()
    #expect(listing.receipts == Array(requests.receipts.dropFirst()) && listing.otherVersionCount == 1)
    #expect(code { _ = try requests.store.receipt(old.identifier) } == TrustError.receiptVersion)
    #expect(try requests.store.receipt(requests.receipts[1].identifier) == requests.receipts[1])
    let report = try requests.store.report()
    #expect(report.requestCount == 2 && report.undatedCount == 1)
    #expect(report.page.contains("another version"))
    #expect(try requests.store.purge(before: requests.lastDay).undatedCount == 1)
    #expect(try requests.store.purge().receiptCount == 1)
    let rest = try requests.store.listing()
    #expect(rest.receipts.isEmpty && rest.unreadable.isEmpty && rest.otherVersionCount == 0)
  }

  @Test("a purge before a day removes those receipts alone, with the bundle that nothing refers to any more")
  func purgeBefore() async throws {
    let requests = try await Requests()
    #expect(try requests.bundleCount == 2)
    let purge = try requests.store.purge(before: requests.lastDay)
    #expect(purge.receiptCount == 2 && purge.bundleCount == 1 && purge.undatedCount == 0)
    #expect(try requests.store.all().map(\.epoch) == [ClientHarness.epoch + 24])
    #expect(try requests.bundleCount == 1)
    #expect(try requests.store.report().repetition?.verifiedCount == 1)
  }

  @Test("a purge of all removes every receipt, also a damaged one, and the bundles that nothing refers to")
  func purgeAll() async throws {
    let requests = try await Requests()
    try Data("{}".utf8).write(to: URL(fileURLWithPath: requests.store.path(String(repeating: "0", count: 32))))
    let purge = try requests.store.purge()
    #expect(purge.receiptCount == 4 && purge.bundleCount == 1 && purge.undatedCount == 0)
    #expect(try requests.store.all().isEmpty)
  }

  @Test("a purge leaves the files that would prove a fork: those of the newest two epochs")
  func remembered() async throws {
    var harness = try ClientHarness(tokenCount: 0)
    // The newest file proves the tree of the day's end itself, whose own file is not needed for that.
    let epochs = [ClientHarness.epoch, 71, 75, 76]
    var files = [harness.file]
    for epoch in epochs {
      if epoch != epochs[0] {
        files.append(try harness.fixture.publish(harness.fixture.plan(epoch)))
        harness.client.parties.serve(files[files.count - 1], epoch: epoch)
      }
      _ = try await harness.client.client(at: harness.fixture.time(in: epoch)).currentEpoch()
    }
    #expect(try harness.client.state.receipts.purge().bundleCount == 2)
    let names = try files.map { EpochBundle.digest(of: try EpochFile(decoding: $0).bundle).hexadecimal + ".epoch" }
    let kept = try FileManager.default.contentsOfDirectory(atPath: harness.client.path + "/bundles")
    #expect(Set(kept) == Set(names.suffix(2)))
  }

  @Test("while a receipt is damaged, a purge before a day removes no bundle")
  func damaged() async throws {
    let requests = try await Requests()
    try Data("{}".utf8).write(to: URL(fileURLWithPath: requests.store.path(String(repeating: "0", count: 32))))
    let purge = try requests.store.purge(before: CalendarDay("9999-12-31"))
    #expect(purge.receiptCount == 3 && purge.bundleCount == 0 && purge.undatedCount == 1)
  }

  @Test("a request under way writes its receipt after a purge, and its bundle is still there")
  func underWay() async throws {
    let requests = try await Requests()
    _ = try requests.store.purge()
    let next = ClientHarness.epoch + 24
    let export = ChatExport(fileName: "chat.txt", bytes: Array(ClientFixture.chat.utf8))
    let time = requests.harness.fixture.time(in: next)
    let answer = try await requests.harness.client.client(at: time).summarize(export)
    try requests.store.verify(try requests.store.receipt(answer.receiptIdentifier))
  }

  @Test(
    "a day is written yyyy-MM-dd and nothing else",
    arguments: [
      "", "2026", "2026-02-30", "2026-11-31", "2026-1-1", "26-01-01", "2026-11-30T00:00:00Z", "2026-11-30 ", "a",
    ])
  func refusedDays(_ text: String) { #expect(CalendarDay(text) == nil) }

  @Test("a day begins at midnight in UTC", arguments: ["1970-01-01", "2024-02-29", "2026-11-30", "1969-12-31"])
  func days(_ text: String) throws {
    let day = try #require(CalendarDay(text))
    #expect(day.text == text)
    #expect(CalendarDay(of: day.beginning) == day)
    #expect(CalendarDay(of: day.beginning.addingTimeInterval(86_399)) == day)
    #expect(CalendarDay(of: day.beginning.addingTimeInterval(86_400)) > day)
  }
}

import CloisterClient
import ErrorCodes
import Foundation
import StrictJSON
import TestDeployment
import Testing
import Trust

@Suite("Damaged receipts")
struct DamagedReceiptTests {
  /// A state with three receipts of three epochs.
  private struct State {
    let harness: ClientHarness
    /// Newest epoch first, as they are listed; by their names they stand in another order.
    let receipts: [Receipt]
    var store: ReceiptStore { harness.client.state.receipts }

    init() async throws {
      harness = try ClientHarness()
      _ = try await harness.client.summarize()
      let oldest = try #require(try harness.client.state.receipts.all().first)
      var receipts = [oldest]
      for digit in ["f", "0"] {
        var receipt = receipts[0]
        receipt.identifier = String(repeating: digit, count: 32)
        receipt.epoch += 1
        let path = harness.client.state.receipts.path(receipt.identifier)
        try Data(receipt.json.canonicalBytes).write(to: URL(fileURLWithPath: path))
        receipts.insert(receipt, at: 0)
      }
      self.receipts = receipts
    }

    func write(_ bytes: [UInt8], _ identifier: String) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: store.path(identifier)))
    }

    func isThere(_ receipt: Receipt) -> Bool {
      (try? FileManager.default.attributesOfItem(atPath: store.path(receipt.identifier))) != nil
    }
  }

  enum Damage: String, CaseIterable {
    case cutInHalf, lastByteGone, otherJSON, noMembers, surplusMember, notText
    /// A file that is there and that the disk does not give.
    case notGiven

    var code: ErrorCode { self == .notGiven ? ClientError.stateUnusable : TrustError.malformed }

    func apply(to receipt: Receipt, of store: ReceiptStore) throws {
      let path = store.path(receipt.identifier)
      let whole = receipt.json.canonicalBytes
      let bytes: [UInt8]
      switch self {
      case .cutInHalf: bytes = Array(whole.prefix(whole.count / 2))
      case .lastByteGone: bytes = whole.dropLast()
      case .otherJSON: bytes = Array("[1]".utf8)
      case .noMembers: bytes = Array("{}".utf8)
      case .surplusMember: bytes = Array(#"{"x":1,"#.utf8) + whole.dropFirst()
      case .notText: bytes = [0xFF, 0x00, 0x80]
      case .notGiven:
        // No link is followed.
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        return
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test("a damaged receipt is named with its code, and hides no other one", arguments: Damage.allCases)
  func named(_ damage: Damage) async throws {
    let state = try await State()
    #expect(try state.store.listing().receipts == state.receipts)
    let damaged = state.receipts[1]
    try damage.apply(to: damaged, of: state.store)
    let listing = try state.store.listing()
    #expect(listing.receipts == [state.receipts[0], state.receipts[2]])
    #expect(listing.unreadable.map(\.identifier) == [damaged.identifier])
    #expect(listing.unreadable.map(\.code) == [damage.code])
    #expect(listing.otherVersionCount == 0)
    #expect(try state.store.all() == listing.receipts)
    #expect(try state.store.receipt(state.receipts[2].identifier) == state.receipts[2])
  }

  @Test("refused: a damaged receipt by itself, with its code", arguments: Damage.allCases)
  func refused(_ damage: Damage) async throws {
    let state = try await State()
    try damage.apply(to: state.receipts[1], of: state.store)
    #expect(code { _ = try state.store.receipt(state.receipts[1].identifier) } == damage.code)
  }

  @Test("several damaged ones stand by their identifiers, apart from those of another version and from empty files")
  func several() async throws {
    let state = try await State()
    try Damage.cutInHalf.apply(to: state.receipts[1], of: state.store)
    try Damage.otherJSON.apply(to: state.receipts[0], of: state.store)
    let old = String(repeating: "1", count: 32)
    guard case .object(var members) = state.receipts[2].json else { throw CancellationError() }
    members["version"] = 4
    try state.write(JSONValue.object(members).canonicalBytes, old)
    // A loss of power leaves such a file: the request never had an answer.
    try state.write([], String(repeating: "2", count: 32))
    let listing = try state.store.listing()
    #expect(listing.receipts == [state.receipts[2]])
    #expect(listing.unreadable.map(\.identifier) == [state.receipts[0].identifier, state.receipts[1].identifier])
    #expect(listing.otherVersionCount == 1)
    #expect(code { _ = try state.store.receipt(old) } == TrustError.receiptVersion)
  }

  @Test("files whose names are no receipts' are passed over")
  func otherNames() async throws {
    let state = try await State()
    let folder = URL(fileURLWithPath: state.store.path("x")).deletingLastPathComponent()
    for name in ["notes.txt", "00", ".00.json.1.2", "00.json.bak"] {
      try Data("{}".utf8).write(to: folder.appendingPathComponent(name))
    }
    let listing = try state.store.listing()
    #expect(listing.receipts == state.receipts && listing.unreadable.isEmpty && listing.otherVersionCount == 0)
  }

  @Test("nothing that a damaged receipt holds is told")
  func contents() async throws {
    let state = try await State()
    let identifier = String(repeating: "3", count: 32)
    try state.write(Array(#"{"type":"cloister-receipt","version":5,"task":"\#(ClientFixture.marker)"#.utf8), identifier)
    #expect(try state.store.listing().unreadable.map(\.identifier) == [identifier])
    #expect(!String(reflecting: try state.store.listing()).contains(ClientFixture.marker))
    let error = #expect(throws: ClientError.self) { try state.store.receipt(identifier) }
    #expect(error.map { String(reflecting: $0).contains(ClientFixture.marker) } == false)
  }

  @Test("refused: a list of a folder that cannot be read")
  func folder() async throws {
    let state = try await State()
    let folder = URL(fileURLWithPath: state.store.path("x")).deletingLastPathComponent()
    try FileManager.default.removeItem(at: folder)
    #expect(code { _ = try state.store.listing() } == ClientError.stateUnusable)
    #expect(code { _ = try state.store.report() } == ClientError.stateUnusable)
  }

  @Test("report and export are made of the others, and count a damaged one as left out", arguments: Damage.allCases)
  func report(_ damage: Damage) async throws {
    let state = try await State()
    try damage.apply(to: state.receipts[1], of: state.store)
    let report = try state.store.report(repeatingChecks: false)
    #expect(report.requestCount == 2 && report.undatedCount == 1)
    #expect(report.text.contains("damaged or of another version"))
    let export = try state.store.rounded()
    #expect(export.receipts.count == 2 && export.undatedCount == 1)
  }

  @Test("a damaged receipt keeps no other one from being removed, and goes with all", arguments: Damage.allCases)
  func purge(_ damage: Damage) async throws {
    let state = try await State()
    let damaged = state.receipts[1]
    try damage.apply(to: damaged, of: state.store)
    let purge = try state.store.purge(before: CalendarDay("9999-12-31"))
    #expect(purge.receiptCount == 2 && purge.undatedCount == 1)
    // It may refer to any bundle.
    #expect(purge.bundleCount == 0)
    #expect(try state.store.listing().unreadable.map(\.identifier) == [damaged.identifier])
    #expect(state.isThere(damaged))
    #expect(try state.store.purge().receiptCount == 1)
    #expect(!state.isThere(damaged))
    #expect(try state.store.listing().unreadable.isEmpty)
  }
}

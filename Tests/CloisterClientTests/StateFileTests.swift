import CloisterClient
import ErrorCodes
import Foundation
import Testing
import Trust

/// The small files of a client's state, as a disk may give them back.
@Suite("Files of the state")
struct StateFileTests {
  /// A file, something in it that the client wrote, and what reads it.
  struct StateFile: Sendable, CustomTestStringConvertible {
    let name: String
    let content: String
    let read: @Sendable (ClientState) throws -> Void

    var testDescription: String { name }

    func code(of bytes: [UInt8]) throws -> ErrorCode? {
      let storage = MemoryStorage()
      let state = try ClientState(storage: storage)
      try storage.write(name, bytes)
      return CloisterClientTests.code { try read(state) }
    }
  }

  private static let digest = String(repeating: "0a", count: 32)
  private static let head = #"{"bundle":"\#(digest)","root":"\#(digest)","size":48}"#

  static let draws = StateFile(name: "draws.json", content: #"{"count":2,"day":7}"#) {
    _ = try $0.draws.wasDrawn(day: 7)
  }
  static let crowd = StateFile(name: "crowd.json", content: #"{"accounts":8,"day":7}"#) { _ = try $0.crowdClaim() }
  static let minutes = StateFile(name: "draw-minutes.json", content: #"{"minutes":[{"day":7,"minute":0}]}"#) {
    var generator = SystemRandomNumberGenerator()
    _ = try $0.draws.schedule(
      EpochSchedule(start: 0, epochSeconds: 3_600), at: Date(timeIntervalSince1970: 7 * 24 * 3_600), isOn: true,
      using: &generator)
  }
  static let issuerEvents = StateFile(
    name: "issuer-events.json",
    content: #"{"events":[{"code":"issuer-refused","count":3,"day":7}],"version":1}"#
  ) { _ = try $0.issuerEvents.all() }
  static let apps = StateFile(
    name: "apps.json", content: #"{"apps":[{"keyDigest":"\#(digest)","name":"editor"}],"version":1}"#
  ) { _ = try $0.apps.all() }
  static let consent = StateFile(
    name: "consent.json",
    content: #"{"apps":{"editor":["chat"]},"excludedChats":[{"senders":["Ana"],"title":null}],"tasks":[],"version":1}"#
  ) { _ = try $0.consent.current() }

  static let all = [draws, crowd, minutes, issuerEvents, apps, consent]

  @Test("refused: a file cut anywhere, and one with a byte behind it", arguments: all)
  func cut(_ file: StateFile) throws {
    let bytes = Array(file.content.utf8)
    #expect(try file.code(of: bytes) == nil)
    for count in bytes.indices { #expect(try file.code(of: Array(bytes[..<count])) == ClientError.stateDamaged) }
    #expect(try file.code(of: bytes + [0x30]) == ClientError.stateDamaged)
  }

  @Test("refused: a file with a member that its schema does not know", arguments: all)
  func unknownMember(_ file: StateFile) throws {
    let bytes = Array((#"{"more":1,"# + file.content.dropFirst()).utf8)
    #expect(try file.code(of: bytes) == ClientError.stateDamaged)
  }

  @Test("refused: a file of another version", arguments: [issuerEvents, apps, consent])
  func otherVersion(_ file: StateFile) throws {
    let content = file.content.replacing(#""version":1"#, with: #""version":2"#)
    #expect(try file.code(of: Array(content.utf8)) == ClientError.stateDamaged)
  }

  @Test("refused: the memory of epochs cut anywhere, and with a byte behind it")
  func memory() throws {
    let bytes = Array(
      (#"{"bundle":"\#(Self.digest)","dayHead":\#(Self.head),"epoch":50,"issuerDay":2,"issuerKey":"\#(Self.digest)","#
        + #""newestHead":\#(Self.head),"quorumTime":1790000000,"version":1}"#).utf8)
    let memory = try EpochMemory(parsing: bytes)
    #expect(try EpochMemory(parsing: memory.encoded) == memory)
    for count in bytes.indices {
      #expect(code { _ = try EpochMemory(parsing: Array(bytes[..<count])) } == ClientError.stateDamaged)
    }
    #expect(code { _ = try EpochMemory(parsing: bytes + [0x30]) } == ClientError.stateDamaged)
  }

  @Test("refused: a list with two apps of one name, of which a person could take away only one")
  func repeatedApp() throws {
    let other = #"{"keyDigest":"\#(String(repeating: "0b", count: 32))","name":"editor"}"#
    let content = Self.apps.content.replacing("}]", with: "},\(other)]")
    #expect(try Self.apps.code(of: Array(content.utf8)) == ClientError.stateDamaged)
  }

  @Test("a minute outside the day is none, and the next day gets one of its own")
  func minuteOutsideTheDay() throws {
    let storage = MemoryStorage()
    let state = try ClientState(storage: storage)
    try storage.write("draw-minutes.json", Array(#"{"minutes":[{"day":8,"minute":1440}]}"#.utf8))
    var generator = SystemRandomNumberGenerator()
    let schedule = try state.draws.schedule(
      EpochSchedule(start: 0, epochSeconds: 3_600), at: Date(timeIntervalSince1970: 7 * 24 * 3_600), isOn: true,
      using: &generator)
    #expect(schedule.minutes.count == 1)
    #expect((0..<DrawSchedule.minutesPerDay).contains(try #require(schedule.minutes[8])))
  }
}

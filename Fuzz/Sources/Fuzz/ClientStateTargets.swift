import CloisterClient
import Foundation
import Trust

// Files of a client's state: written by the client, and read again from a disk that others may have changed.
extension FuzzTarget {
  static let clientState = [
    FuzzTarget("draw-records", seeds: { StateFixture.drawRecords }) { bytes in
      let (storage, state) = try StateFixture.opened()
      let draws = state.draws
      for name in ["draws.json", "crowd.json", "draw-minutes.json"] { try storage.write(name, bytes) }
      if let wasDrawn = try? draws.wasDrawn(day: 7) {
        let reserved = try draws.reserve(day: 7, total: 5)
        claim(wasDrawn == (reserved < 5), "what was drawn of a day is not drawn again")
        claim(try draws.reserve(day: 7, total: 5) == 0, "a day's number is given once")
        try draws.giveBack(reserved, day: 7)
        claim(try draws.wasDrawn(day: 7) == wasDrawn, "what is given back counts as never drawn")
      }
      if let said = try? draws.crowdClaim() {
        try draws.keep(said)
        claim(try draws.crowdClaim() == said, "a kept claim reads the same")
      }
      let epochs = try EpochSchedule(start: 0, epochSeconds: 3_600)
      let now = Date(timeIntervalSince1970: 7 * 24 * 3_600)
      var generator = SystemRandomNumberGenerator()
      if let schedule = try? draws.schedule(epochs, at: now, isOn: true, using: &generator) {
        claim(Set(schedule.minutes.keys).isSubset(of: [7, 8]), "minutes are of the day under way and the next")
        claim(
          schedule.minutes.values.allSatisfy { (0..<DrawSchedule.minutesPerDay).contains($0) }, "a minute is of its day"
        )
        claim(
          try draws.schedule(epochs, at: now, isOn: true, using: &generator) == schedule, "a chosen minute is kept")
      }
    },
    FuzzTarget("issuer-events", seeds: { StateFixture.issuerEvents }) { bytes in
      let (storage, state) = try StateFixture.opened()
      let events = state.issuerEvents
      try storage.write("issuer-events.json", bytes)
      guard let before = try? events.all(), before.count <= IssuerEventStore.countLimit else { return }
      func count(_ events: [IssuerEvent]) -> UInt64 {
        events.first { $0.issuerDay == 7 && $0.code == ClientError.issuerRefused }?.count ?? 0
      }
      try events.record(ClientError.issuerRefused, issuerDay: 7)
      let after = try events.all()
      claim(after.count <= IssuerEventStore.countLimit, "events are bounded")
      claim(count(after) == min(count(before) + 1, UInt64(Int64.max)), "an event is counted")
    },
    FuzzTarget("app-list", seeds: { StateFixture.appLists }) { bytes in
      let (storage, state) = try StateFixture.opened()
      try storage.write("apps.json", bytes)
      guard let apps = try? state.apps.all() else { return }
      claim(Set(apps.map(\.name)).count == apps.count, "a name stands once")
      claim(apps.allSatisfy { (1...App.nameByteLimit).contains($0.name.utf8.count) }, "a name is bounded")
      guard apps.count < AppStore.limit, !apps.contains(where: { $0.name == "new" }) else { return }
      let key = try state.apps.add("new")
      claim(try state.apps.app(withKey: key)?.name == "new", "an app has its key")
      try state.apps.revoke("new")
      claim(try state.apps.all() == apps.sorted { $0.name < $1.name }, "a written list reads the same")
      claim(try state.apps.app(withKey: key) == nil, "a revoked key opens nothing")
    },
    FuzzTarget("consent", seeds: { StateFixture.consents }) { bytes in
      let (storage, state) = try StateFixture.opened()
      try storage.write("consent.json", bytes)
      guard let consent = try? state.consent.current() else { return }
      try state.consent.change { _ in }
      claim(try state.consent.current() == consent, "a written consent reads the same")
      let written = try storage.read("consent.json", byteLimit: 1 << 20)
      try state.consent.change { _ in }
      claim(try storage.read("consent.json", byteLimit: 1 << 20) == written, "a consent has one form")
    },
    FuzzTarget("epoch-memory", seeds: { StateFixture.memories }) { bytes in
      guard let memory = try? EpochMemory(parsing: bytes) else { return }
      claim(try EpochMemory(parsing: memory.encoded) == memory, "a written memory reads the same")
    },
  ]
}

private enum StateFixture {
  static func opened() throws -> (MemoryStorage, ClientState) {
    let storage = MemoryStorage()
    return (storage, try ClientState(storage: storage))
  }

  static let drawRecords = [
    #"{"count":2,"day":7}"#, #"{"count":9223372036854775807,"day":7}"#, #"{"accounts":1024,"day":41}"#,
    #"{"minutes":[{"day":7,"minute":0},{"day":8,"minute":1439}]}"#, #"{"minutes":[{"day":8,"minute":1440}]}"#,
    #"{"count":-1,"day":7}"#,
  ].map { Array($0.utf8) }

  static let issuerEvents = [
    #"{"events":[],"version":1}"#,
    #"{"events":[{"code":"issuer-refused","count":3,"day":7},{"code":"tokens-drawn-already","count":1,"day":8}],"version":1}"#,
    #"{"events":[{"code":"issuer-refused","count":9223372036854775807,"day":7}],"version":1}"#,
    #"{"events":[],"version":2}"#,
  ].map { Array($0.utf8) }

  static let appLists = [
    #"{"apps":[],"version":1}"#, #"{"apps":[\#(app("editor", "a")),\#(app("mail.app-2", "b"))],"version":1}"#,
    #"{"apps":[\#(app("editor", "a")),\#(app("editor", "b"))],"version":1}"#,
  ].map { Array($0.utf8) }

  private static func app(_ name: String, _ digit: Character) -> String {
    #"{"keyDigest":"\#(String(repeating: digit, count: 64))","name":"\#(name)"}"#
  }

  static let consents = [
    #"{"excludedChats":[],"tasks":[],"version":1}"#,
    #"{"apps":{"editor":["chat"]},"excludedChats":[{"senders":["Ana","Jo"],"title":null}],"tasks":["summarize"],"version":1}"#,
    #"{"excludedChats":[{"senders":[],"title":"Garden (1)"}],"tasks":["reply","summarize"],"version":1}"#,
    #"{"excludedChats":[{"senders":[]}],"tasks":[],"version":1}"#,
  ].map { Array($0.utf8) }

  static let memories = [
    memory(dayHead: ""), memory(dayHead: #""dayHead":\#(head),"#), memory(dayHead: #""dayHead":null,"#),
  ].map { Array($0.utf8) }

  private static let digest = String(repeating: "0a", count: 32)
  private static let head = #"{"bundle":"\#(digest)","root":"\#(digest)","size":48}"#

  private static func memory(dayHead: String) -> String {
    #"{"bundle":"\#(digest)",\#(dayHead)"epoch":50,"issuerDay":2,"issuerKey":"\#(digest)","newestHead":\#(head),"#
      + #""quorumTime":1790000000,"version":1}"#
  }
}

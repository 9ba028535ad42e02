import BinaryHTTP
import Foundation
import ObliviousHTTP
import Testing

@Suite("replays and dates, RFC 9458, section 6.5")
struct ReplayRecordTests {
  private let start = Date(timeIntervalSince1970: 1_800_000_000)
  private let window = DateWindow(tolerance: .seconds(60))

  private func date(_ seconds: Double) -> String { HTTPDate.text(start.addingTimeInterval(seconds)) }

  private func key(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }

  @Test("a request is admitted once within its window, then its date is refused: never a second time")
  func everyReplay() {
    for arrival in stride(from: 0.0, through: 240, by: 20) {
      for skew in [-60.0, 0, 60] {
        var record = ReplayRecord(window: window, capacity: 100)
        // The periods of the record begin with an earlier request.
        #expect(record.admit(key(1), date: date(0), at: start) == .admitted)
        let field = date(arrival + skew)
        #expect(record.admit(key(2), date: field, at: start.addingTimeInterval(arrival)) == .admitted)
        for later in stride(from: arrival, through: arrival + 400, by: 10) {
          let verdict = record.admit(key(2), date: field, at: start.addingTimeInterval(later))
          let isInWindow = abs(later - arrival - skew) <= 60
          #expect(verdict == .refused(isInWindow ? .replayed : .dateNotAcceptable), "\(arrival) \(skew) \(later)")
        }
      }
    }
  }

  @Test("a date one second outside the window is refused, on it admitted", arguments: [-1.0, 1])
  func edges(sign: Double) {
    var record = ReplayRecord(window: window, capacity: 10)
    #expect(record.admit(key(1), date: date(61 * sign), at: start) == .refused(.dateNotAcceptable))
    #expect(record.admit(key(1), date: date(60 * sign), at: start) == .admitted)
  }

  @Test("a missing date is refused where one is required, and else admitted once")
  func missingDate() {
    var required = ReplayRecord(window: window, capacity: 10)
    #expect(required.admit(key(1), date: nil, at: start) == .refused(.dateNotAcceptable))
    #expect(required.admit(key(1), date: "yesterday", at: start) == .refused(.dateNotAcceptable))
    #expect(required.count == 0)
    var optional = ReplayRecord(window: DateWindow(tolerance: .seconds(60), isRequired: false), capacity: 10)
    #expect(optional.admit(key(1), date: nil, at: start) == .admitted)
    #expect(optional.admit(key(1), date: nil, at: start) == .refused(.replayed))
    #expect(optional.admit(key(2), date: "yesterday", at: start) == .refused(.dateNotAcceptable))
  }

  @Test("a full record refuses until a period has passed, and holds no more than two periods")
  func full() {
    var record = ReplayRecord(window: window, capacity: 3)
    for period in 0..<5 {
      let time = start.addingTimeInterval(Double(period) * 120)
      let field = HTTPDate.text(time)
      for number in 0..<3 { #expect(record.admit(key(period * 10 + number), date: field, at: time) == .admitted) }
      #expect(record.admit(key(period * 10 + 3), date: field, at: time) == .refused(.full))
      #expect(record.admit(key(period * 10), date: field, at: time) == .refused(.replayed))
      #expect(record.count <= 6)
    }
  }

  @Test("a clock that goes back forgets nothing")
  func clockGoesBack() {
    var record = ReplayRecord(window: window, capacity: 10)
    #expect(record.admit(key(1), date: date(0), at: start) == .admitted)
    #expect(record.admit(key(2), date: date(-50), at: start.addingTimeInterval(-50)) == .admitted)
    #expect(record.admit(key(1), date: date(0), at: start.addingTimeInterval(-50)) == .refused(.replayed))
    #expect(record.admit(key(1), date: date(0), at: start) == .refused(.replayed))
  }

  @Test("after a start without memory, dates that an earlier request could carry are refused")
  func forgotten() {
    var record = ReplayRecord(window: window, capacity: 10, forgottenBefore: start)
    #expect(record.admit(key(1), date: date(60), at: start.addingTimeInterval(1)) == .refused(.dateNotAcceptable))
    #expect(record.admit(key(1), date: date(61), at: start.addingTimeInterval(1)) == .admitted)
  }

  @Test("the answer to a refused date carries the problem type and the gateway's date, and is kept by no cache")
  func answer() throws {
    let response = ReplayRefusal.dateNotAcceptable.response(at: start)
    #expect(response.statusCode == 400)
    #expect(response.headerFields["date"] == date(0))
    #expect(response.headerFields["cache-control"] == "no-store")
    let problem = OHTTPProblem(mediaType: response.headerFields["content-type"], content: response.content)
    #expect(problem == .dateNotAcceptable)
    #expect(try Response(decoding: response.encoded()) == response)
    #expect(ReplayRefusal.replayed.response(at: start).statusCode == 400)
    #expect(ReplayRefusal.replayed.response(at: start).content.isEmpty)
    #expect(ReplayRefusal.full.response(at: start).statusCode == 503)
  }

  @Test("a replayed encapsulation is refused by its encapsulated key, in both forms")
  func encapsulated() throws {
    let key = try Suite(kem: .xWing, aead: .aes256GCM).gatewayKey()
    var record = ReplayRecord(window: window, capacity: 10)
    let message = try RequestSealer.seal([1], to: key.keyConfiguration).encapsulatedRequest
    let first = try RequestOpener(keys: [key]).open(message)
    #expect(record.admit(first.encapsulatedKey, date: date(0), at: start) == .admitted)
    let second = try RequestOpener(keys: [key]).open(message)
    #expect(record.admit(second.encapsulatedKey, date: date(1), at: start) == .refused(.replayed))
    var sealer = try ChunkedRequestSealer(to: key.keyConfiguration)
    let chunks = try sealer.sealChunk([1], isFinal: true)
    for expected in [ReplayRecord.Verdict.admitted, .refused(.replayed)] {
      var opener = ChunkedRequestOpener(keys: [key])
      _ = try opener.feed(chunks)
      let encapsulatedKey = opener.encapsulatedKey ?? []
      #expect(record.admit(encapsulatedKey, date: date(0), at: start) == expected)
    }
  }
}

@Suite("problem types of Oblivious HTTP")
struct ProblemTests {
  @Test("a problem comes back from its bytes", arguments: OHTTPProblem.allCases)
  func roundTrip(problem: OHTTPProblem) {
    #expect(problem.statusCode == 400)
    #expect(OHTTPProblem(mediaType: "application/problem+json", content: problem.content) == problem)
    #expect(OHTTPProblem(mediaType: "Application/Problem+JSON; charset=utf-8", content: problem.content) == problem)
    #expect(OHTTPProblem(mediaType: "application/json", content: problem.content) == nil)
    #expect(OHTTPProblem(mediaType: nil, content: problem.content) == nil)
    for byteCount in problem.content.indices {
      #expect(OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: Array(problem.content.prefix(byteCount))) == nil)
    }
  }

  @Test("the answers in RFC 9458 are read, with members unknown here")
  func published() {
    let key = #"{"type":"https://iana.org/assignments/http-problem-types#ohttp-key","title": "key identifier unknown"}"#
    let date = """
      {"type":"https://iana.org/assignments/http-problem-types#date",
      "title": "date field in request outside of acceptable range", "balance": [1, {"a": null}]}
      """
    #expect(OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: Array(key.utf8)) == .keyUnknown)
    #expect(OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: Array(date.utf8)) == .dateNotAcceptable)
  }

  @Test(
    "any other answer is no problem of Oblivious HTTP",
    arguments: [
      "", "{}", "[]", #"{"type":"about:blank"}"#, #"{"type":7}"#, #"{"title":"x"}"#,
      #"{"type":"https://iana.org/assignments/http-problem-types#DATE"}"#,
      #"{"type":"https://iana.org/assignments/http-problem-types#date"} x"#,
    ])
  func others(text: String) {
    #expect(OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: Array(text.utf8)) == nil)
  }

  @Test("an answer above the limit is not read")
  func limit() {
    let content = OHTTPProblem.keyUnknown.content
    let filled = content + [UInt8](repeating: 0x20, count: 16_384 - content.count)
    #expect(OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: filled) == .keyUnknown)
    #expect(OHTTPProblem(mediaType: OHTTPProblem.mediaType, content: filled + [0x20]) == nil)
  }
}

import Foundation
import ObliviousHTTP
import Testing

@Suite("dates of HTTP")
struct HTTPDateTests {
  private let example = Date(timeIntervalSince1970: 784_111_777)

  @Test(
    "the three forms of RFC 9110 name one time",
    arguments: [
      "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
  func forms(text: String) {
    #expect(HTTPDate.parse(text, now: example) == example)
  }

  @Test("the form that is sent is that of RFC 9110")
  func text() {
    #expect(HTTPDate.text(example) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(example.addingTimeInterval(0.9)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.text(.distantPast) == "Thu, 01 Jan 1970 00:00:00 GMT")
    #expect(HTTPDate.text(Date(timeIntervalSince1970: 1e18)) == "Fri, 31 Dec 9999 23:59:59 GMT")
  }

  @Test("dates over eight centuries come back, and are those of Foundation's calendar")
  func roundTrip() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for step in 0..<2_000 {
      let date = Date(timeIntervalSince1970: Double(step) * 12_614_399)
      let text = HTTPDate.text(date)
      #expect(HTTPDate.parse(text, now: date) == date)
      let parts = calendar.dateComponents([.year, .day, .hour, .minute, .second], from: date)
      #expect(
        text.hasPrefix(["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][calendar.component(.weekday, from: date) - 1]))
      #expect(text.split(separator: " ")[1].drop { $0 == "0" } == "\(parts.day ?? 0)")
      #expect(text.split(separator: " ")[3] == "\(parts.year ?? 0)")
    }
  }

  @Test("a year of two digits lies at most fifty years ahead")
  func century() {
    let now = Date(timeIntervalSince1970: 1_800_000_000)
    func year(_ digits: String) -> Int? {
      HTTPDate.parse("Sunday, 06-Nov-\(digits) 08:49:37 GMT", now: now).map {
        Calendar(identifier: .gregorian).component(.year, from: $0)
      }
    }
    #expect(year("94") == 1994)
    #expect(year("27") == 2027)
    #expect(year("77") == 2077)
    #expect(year("78") == 1978)
  }

  @Test(
    "anything else is no date",
    arguments: [
      "", "now", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
      "Sun, 29 Feb 1995 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Son, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 32 08:49:37 1994", "Sun, +6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov -994 08:49:37 GMT", "784111777",
    ])
  func refused(text: String) {
    #expect(HTTPDate.parse(text, now: example) == nil)
  }

  @Test("a leap day and a leap second are dates")
  func leaps() {
    #expect(HTTPDate.parse("Thu, 29 Feb 1996 00:00:00 GMT", now: example)?.timeIntervalSince1970 == 825_552_000)
    #expect(HTTPDate.parse("Sat, 31 Dec 2016 23:59:60 GMT", now: example)?.timeIntervalSince1970 == 1_483_228_800)
  }
}

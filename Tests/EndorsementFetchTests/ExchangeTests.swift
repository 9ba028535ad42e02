import EndorsementFetch
import Foundation
import HTTPMessages
import Testing

/// Retries, the cache, limits and what an operator is told.
@Suite struct ExchangeTests {
  static let service: VendorService = {
    guard let service = try? VendorService(name: "the vendor", address: "http://vendor.test") else {
      preconditionFailure("the address is an address")
    }
    return service
  }()
  static let address = "http://vendor.test/thing"

  static func request(largestAge: Int64? = nil, bodyLimit: Int = 100) -> VendorRequest {
    VendorRequest(service, "/thing", bodyLimit: bodyLimit, largestAge: largestAge)
  }

  static func answer(
    _ vendor: FakeVendor, _ clock: TestClock = TestClock(), cache: EndorsementCache? = nil,
    _ request: VendorRequest = request()
  ) async throws(FetchError) -> [UInt8] {
    try await EndorsementFetcher(exchange: vendor, clock: clock.clock, cache: cache)
      .answer(to: request, isReadable: { _ in true }).body
  }

  @Test("no connection, 429 and 503 are tried again, after 1, 2 and 4 seconds")
  func retries() async throws {
    let vendor = FakeVendor([Self.address: [.unreachable, .status(429), .status(503), .body([1])]])
    let clock = TestClock()
    #expect(try await Self.answer(vendor, clock) == [1])
    #expect(clock.waits == [.seconds(1), .seconds(2), .seconds(4)])
  }

  @Test("a service's own Retry-After is waited for, as seconds or as a date")
  func retryAfter() async throws {
    let later = [HTTPField("retry-after", "7")]
    // 1,750,000,001 and 12 seconds.
    let date = [HTTPField("retry-after", "Sun, 15 Jun 2025 15:06:59 GMT")]
    let vendor = FakeVendor([Self.address: [.status(429, later), .status(503, date), .body([1])]])
    let clock = TestClock()
    #expect(try await Self.answer(vendor, clock) == [1])
    #expect(clock.waits == [.seconds(7), .seconds(12)])
  }

  @Test("a service that asks for more than a minute is given up at once")
  func tooLong() async throws {
    let vendor = FakeVendor([Self.address: [.status(429, [HTTPField("retry-after", "61")])]])
    let clock = TestClock()
    await #expect(throws: FetchError(FetchError.busy, "")) { try await Self.answer(vendor, clock) }
    #expect(clock.waits.isEmpty)
    #expect(vendor.asked.count == 1)
  }

  @Test("five attempts, then the error names the service and its address")
  func offline() async throws {
    let vendor = FakeVendor([Self.address: [.unreachable]])
    do {
      _ = try await Self.answer(vendor)
      Issue.record("an answer from nowhere")
    } catch {
      #expect(error.code == FetchError.unreachable)
      #expect(error.message == "the vendor at http://vendor.test has no answer after 5 attempts")
    }
    #expect(vendor.asked.count == EndorsementFetcher.attemptLimit)
  }

  @Test("a service that fails every time is busy")
  func busy() async throws {
    let vendor = FakeVendor([Self.address: [.status(500)]])
    await #expect(throws: FetchError(FetchError.busy, "")) { try await Self.answer(vendor) }
    #expect(vendor.asked.count == EndorsementFetcher.attemptLimit)
  }

  @Test("redirects and refusals are not tried again", arguments: [301, 302, 307, 308, 400, 403, 204])
  func refused(status: Int) async throws {
    let vendor = FakeVendor([Self.address: [.status(status, [HTTPField("location", "http://elsewhere.test/")])]])
    await #expect(throws: FetchError(FetchError.status, "")) { try await Self.answer(vendor) }
    #expect(vendor.asked == [Self.address])
  }

  @Test("what a service does not have has its own code")
  func notFound() async throws {
    await #expect(throws: FetchError(FetchError.notFound, "")) { try await Self.answer(FakeVendor([:])) }
  }

  @Test("an answer at its limit is taken, one byte more is refused")
  func limit() async throws {
    let vendor = FakeVendor([
      Self.address: [.body(Array(repeating: 1, count: 100)), .body(Array(repeating: 1, count: 101))]
    ])
    #expect(try await Self.answer(vendor).count == 100)
    await #expect(throws: FetchError(FetchError.tooLarge, "")) { try await Self.answer(vendor) }
  }

  @Test("what never changes is asked for once")
  func cachedForEver() async throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let vendor = FakeVendor([Self.address: [.body([1]), .unreachable]])
    let clock = TestClock()
    let cache = try EndorsementCache(folder: folder.url)
    #expect(try await Self.answer(vendor, clock, cache: cache) == [1])
    clock.advance(seconds: 10 * 365 * 86_400)
    #expect(try await Self.answer(vendor, clock, cache: cache) == [1])
    #expect(vendor.asked.count == 1)
  }

  @Test("what expires is kept to its age and not a second longer")
  func cachedForADay() async throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let vendor = FakeVendor([Self.address: [.body([1]), .body([2])]])
    let clock = TestClock()
    let cache = try EndorsementCache(folder: folder.url)
    let request = Self.request(largestAge: 3_600)
    #expect(try await Self.answer(vendor, clock, cache: cache, request) == [1])
    clock.advance(seconds: 3_600)
    #expect(try await Self.answer(vendor, clock, cache: cache, request) == [1])
    clock.advance(seconds: 1)
    #expect(try await Self.answer(vendor, clock, cache: cache, request) == [2])
  }

  @Test("a damaged file of the cache is as if it were not there")
  func damagedCache() async throws {
    let folder = TemporaryFolder()
    defer { folder.remove() }
    let vendor = FakeVendor([Self.address: [.body([1])]])
    let clock = TestClock()
    let cache = try EndorsementCache(folder: folder.url)
    #expect(try await Self.answer(vendor, clock, cache: cache) == [1])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(names.count == 1)
    for damage in ["", "{", "{}\nbody", #"{"address":"http://other.test/","fetched":0,"fields":{}}"# + "\nbody"] {
      for name in names { try Data(damage.utf8).write(to: folder.url.appendingPathComponent(name)) }
      #expect(try await Self.answer(vendor, clock, cache: cache) == [1])
    }
    #expect(vendor.asked.count == 5)
  }

  @Test(
    "an address is http or https, a host, and perhaps a path",
    arguments: [
      "", "kds.test", "ftp://kds.test", "http://", "http://a b", "http://user@kds.test", "http://kds.test/?x",
      "http://kds.test#x", "https:///path", "http://kds.test/\n",
    ])
  func address(text: String) {
    #expect(throws: FetchError(FetchError.address, "")) { try VendorService(name: "x", address: text) }
  }
}

import Foundation
public import HTTPMessages

/// Fetches endorsements from vendors' services, for operators: a client never does, endorsements travel with the
/// evidence. What is fetched is untrusted; whoever uses it verifies it.
///
/// A vendor learns which machine, or which kind of machine, is asked about.
public struct EndorsementFetcher: Sendable {
  /// Attempts at one request, the first among them.
  public static let attemptLimit = 5
  /// The wait after the first attempt; each further one doubles it.
  public static let firstWait = Duration.seconds(1)
  /// The longest wait, whatever a service asks for; one that asks for more is given up.
  public static let longestWaitSeconds: Int64 = 60

  private let exchange: any HTTPExchange
  private let clock: FetchClock
  private let cache: EndorsementCache?
  private let progress: @Sendable (String) -> Void

  /// - Parameter progress: hears a sentence before each request that goes out and each wait.
  public init(
    exchange: any HTTPExchange, clock: FetchClock = .system, cache: EndorsementCache? = nil,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.exchange = exchange
    self.clock = clock
    self.cache = cache
    self.progress = progress
  }

  /// The cached answer, or one that is fetched and kept once it was found readable.
  ///
  /// - Parameter isReadable: whether the answer is what was asked for, as far as can be seen without verifying it.
  package func answer(
    to request: VendorRequest, isReadable: (VendorAnswer) -> Bool
  ) async throws(FetchError) -> VendorAnswer {
    if let cached = cache?.answer(to: request, at: clock.now()), isReadable(cached) { return cached }
    progress("asking \(request.service.name) at \(request.service.address)")
    let response = try await response(to: request)
    var answer = VendorAnswer(body: response.body)
    for name in request.fields {
      guard let value = response.field(name) else {
        throw FetchError(FetchError.unreadable, "answer of \(request.service.name) has no field \(name)")
      }
      answer.fields[name] = value
    }
    guard isReadable(answer) else {
      throw FetchError(FetchError.unreadable, "answer of \(request.service.name) is not what was asked for")
    }
    try cache?.store(answer, to: request, at: clock.now())
    return answer
  }

  /// Failed connections, 429 and 5xx are tried again.
  private func response(to request: VendorRequest) async throws(FetchError) -> WholeResponse {
    var lastStatus: Int?
    for attempt in 1...Self.attemptLimit {
      var requestedWait: Int64?
      do {
        let response = try await exchange.send(
          WholeRequest(
            method: "GET", path: request.service.pathPrefix + request.path,
            fields: [HTTPField("accept", "*/*"), HTTPField("user-agent", "cloister")]),
          to: request.service.server, bodyLimit: request.bodyLimit)
        if response.status == 200 { return response }
        guard response.status == 429 || (500...599).contains(response.status) else {
          throw Self.refusal(response.status, request.service)
        }
        lastStatus = response.status
        requestedWait = retryAfter(response)
      } catch let error as HTTPExchangeError {
        guard error.code != HTTPExchangeError.answerTooLarge else {
          throw FetchError(
            FetchError.tooLarge, "answer of \(request.service.name) is above \(request.bodyLimit) bytes")
        }
        lastStatus = nil
      } catch let error as FetchError {
        throw error
      } catch {
        throw FetchError(FetchError.unreachable, "\(request.service.name) at \(request.service.address) has no answer")
      }
      if attempt < Self.attemptLimit { try await wait(after: attempt, requestedWait, request.service) }
    }
    guard let lastStatus else {
      throw FetchError(
        FetchError.unreachable,
        "\(request.service.name) at \(request.service.address) has no answer after \(Self.attemptLimit) attempts")
    }
    throw FetchError(
      FetchError.busy,
      "\(request.service.name) at \(request.service.address) answers with status \(lastStatus) after "
        + "\(Self.attemptLimit) attempts")
  }

  private static func refusal(_ status: Int, _ service: VendorService) -> FetchError {
    switch status {
    case 404: FetchError(FetchError.notFound, "\(service.name) at \(service.address) does not have it (status 404)")
    case 300...399:
      FetchError(
        FetchError.status, "\(service.name) at \(service.address) redirects (status \(status)), which is not followed")
    default: FetchError(FetchError.status, "\(service.name) at \(service.address) answers with status \(status)")
    }
  }

  /// Seconds from now, of either form of the field (RFC 9110, section 10.2.3); nil without one.
  private func retryAfter(_ response: WholeResponse) -> Int64? {
    guard let text = response.field("retry-after") else { return nil }
    if let seconds = Int64(text) { return max(0, seconds) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(secondsFromGMT: 0)
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    guard let date = format.date(from: text) else { return nil }
    let seconds = date.timeIntervalSince(clock.now()).rounded(.up)
    return Int64(min(max(seconds, 0), 1e9))
  }

  private func wait(
    after attempt: Int, _ requestedSeconds: Int64?, _ service: VendorService
  ) async throws(FetchError) {
    if let requestedSeconds, requestedSeconds > Self.longestWaitSeconds {
      throw FetchError(
        FetchError.busy, "\(service.name) at \(service.address) asks to come back after \(requestedSeconds) seconds")
    }
    let doubled = Self.firstWait * (1 << (attempt - 1))
    let duration = max(doubled, .seconds(requestedSeconds ?? 0))
    progress("\(service.name) has no answer yet, trying again after \(duration.components.seconds) seconds")
    do {
      try await clock.sleep(duration)
    } catch {
      throw FetchError(FetchError.unreachable, "waiting for \(service.name) was interrupted")
    }
  }
}

import ArgumentParser
import HTTPMessages
import HTTPTransport
import ObliviousHTTP

/// Clients of one party, each with one slow stream.
struct StreamClients: Sendable {
  struct Result: Sendable {
    /// The largest that was seen.
    fileprivate(set) var residentKiB = 0
    /// From one frame to the next, of all streams.
    fileprivate(set) var gaps: [Duration] = []
    /// The first frame of each answer.
    fileprivate(set) var firstFrames: [[UInt8]] = []
    /// Streams that ended before their frames.
    fileprivate(set) var failureCount = 0

    var longestGap: Duration { gaps.max() ?? .zero }

    /// One decimal.
    func residentKiB(aboveBy before: Int, streams: Int) -> Double {
      (Double(residentKiB - before) * 10 / Double(streams)).rounded() / 10
    }

    func gapText(cadence: Duration) -> String {
      let sorted = gaps.sorted()
      guard !sorted.isEmpty else { return "no stream had two frames" }
      return "time to the next frame at a cadence of \(cadence.millisecondText): median "
        + "\(sorted[sorted.count / 2].millisecondText), 99 % \(sorted[sorted.count * 99 / 100].millisecondText), "
        + "longest \(longestGap.millisecondText); streams that ended early: \(failureCount)"
    }
  }

  private let server: String
  private let key: KeyConfiguration
  /// Several, because each opens at most 1,024 connections to one server.
  private let exchanges = (0..<4).map { _ in SocketHTTPExchange() }

  /// Asks the party for its key, which it is believed.
  init(port: Int) async throws {
    server = "http://127.0.0.1:\(port)"
    let keys = try await exchanges[0].send(
      WholeRequest(method: "GET", path: OHTTPForm.gatewayPath), to: server, bodyLimit: 1 << 16)
    guard let key = try KeyConfiguration.decodeList(keys.body).first else {
      throw ValidationError("the party has no key")
    }
    self.key = key
  }

  /// - Parameters:
  ///   - requests: not yet sealed; 1,000 begin in a second.
  ///   - frames: how many each stream waits for.
  ///   - memory: asked for again and again while the streams are under way, in KiB.
  func run(
    _ requests: [[UInt8]], frames: Int, memory: @escaping @Sendable () -> Int = { 0 }
  ) async throws -> Result {
    let sampling = Task {
      var largest = 0
      while !Task.isCancelled {
        largest = max(largest, memory())
        try? await Task.sleep(for: .milliseconds(250))
      }
      return largest
    }
    var result = await withTaskGroup(of: Frames?.self) { group in
      for (index, request) in requests.enumerated() {
        let exchange = exchanges[index % exchanges.count]
        group.addTask {
          // 1,000 begin in a second, so that the streams are measured and not a heap of requests.
          try? await Task.sleep(for: .milliseconds(index))
          return try? await stream(request, over: exchange, frames: frames)
        }
      }
      return await group.reduce(into: Result()) { result, frames in
        guard let frames else { return result.failureCount += 1 }
        result.gaps += frames.gaps
        result.firstFrames.append(frames.first)
      }
    }
    sampling.cancel()
    result.residentKiB = await sampling.value
    return result
  }

  private struct Frames: Sendable {
    var first: [UInt8] = []
    var gaps: [Duration] = []
  }

  /// The first frames of one answer; what comes after them is given up.
  private func stream(
    _ request: [UInt8], over exchange: SocketHTTPExchange, frames: Int
  ) async throws -> Frames {
    var sealer = try ChunkedRequestSealer(to: key)
    let body = try sealer.sealChunk(request, isFinal: true)
    var opener = try sealer.takeOpener()
    let answer = try await exchange.stream(
      StreamedRequest(
        method: "POST", path: OHTTPForm.gatewayPath,
        fields: [HTTPField("content-type", OHTTPForm.chunked.requestMediaType)], body: ByteStream(body)), to: server)
    var result = Frames()
    var last: ContinuousClock.Instant?
    for try await piece in answer.body {
      for frame in try opener.feed(piece) {
        let now = ContinuousClock.now
        if let last { result.gaps.append(now - last) } else { result.first = frame }
        last = now
        if result.gaps.count == frames - 1 { return result }
      }
    }
    throw ValidationError("an answer ended early")
  }
}

import ArgumentParser
import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Clients of HTTP/1.1 that each send a request, wait for its answer, and send the next.
struct HTTPLoad {
  struct Result: Sendable {
    let requestCount: Int
    let duration: Duration
    /// The process's time without that of the clients.
    let serverCPU: Duration
  }

  private let port: Int
  private let connections: Int
  private let request: ByteBuffer
  private let group: any EventLoopGroup

  /// - Parameter group: one event loop, for the clients alone.
  init(
    port: Int, connections: Int, path: String = "/", contentType: String = "application/octet-stream", body: [UInt8],
    on group: any EventLoopGroup
  ) {
    self.port = port
    self.connections = connections
    self.group = group
    var request = ByteBuffer(
      string: "POST \(path) HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: \(contentType)\r\n"
        + "content-length: \(body.count)\r\n\r\n")
    request.writeBytes(body)
    self.request = request
  }

  /// - Throws: where an answer has another status than 200, or a connection ends.
  func run(for duration: Duration) async throws -> Result {
    let progress = LoadProgress()
    var channels: [any Channel] = []
    for _ in 0..<connections { channels.append(try await connect(progress)) }
    let count = progress.answerCount
    let clock = ContinuousClock()
    let start = clock.now
    let processStart = CPUTime.process
    let clientStart = try await clientCPU()
    try await clock.sleep(for: duration)
    let result = Result(
      requestCount: progress.answerCount - count, duration: clock.now - start,
      serverCPU: CPUTime.process - processStart - (try await clientCPU() - clientStart))
    progress.stop()
    for channel in channels { try await channel.closeFuture.get() }
    if progress.hasFailed { throw ValidationError("a request was not answered with status 200") }
    return result
  }

  private func connect(_ progress: LoadProgress) async throws -> any Channel {
    let request = request
    return try await ClientBootstrap(group: group)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(LoadClient(request, progress))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  private func clientCPU() async throws -> Duration { try await group.next().submit { CPUTime.thread }.get() }
}

private final class LoadProgress: Sendable {
  private let answers = Atomic(0)
  private let stopped = Atomic(false)
  private let failed = Atomic(false)

  var answerCount: Int { answers.load(ordering: .relaxed) }
  var isStopped: Bool { stopped.load(ordering: .relaxed) }
  var hasFailed: Bool { failed.load(ordering: .relaxed) }

  func answered() { answers.add(1, ordering: .relaxed) }
  func stop() { stopped.store(true, ordering: .relaxed) }
  func fail() { failed.store(true, ordering: .relaxed) }
}

/// Learns the length of an answer from the first one; the others are as long.
private final class LoadClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let request: ByteBuffer
  private let progress: LoadProgress
  private var answerByteCount: Int?
  private var received = ByteBuffer()
  private var receivedByteCount = 0

  init(_ request: ByteBuffer, _ progress: LoadProgress) {
    self.request = request
    self.progress = progress
  }

  func channelActive(context: ChannelHandlerContext) { context.writeAndFlush(wrapOutboundOut(request), promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    receivedByteCount += bytes.readableBytes
    if answerByteCount == nil {
      received.writeBuffer(&bytes)
      do { answerByteCount = try Self.byteCount(of: received) } catch {
        progress.fail()
        return context.close(promise: nil)
      }
    }
    guard let answerByteCount, receivedByteCount >= answerByteCount else { return }
    receivedByteCount -= answerByteCount
    progress.answered()
    if progress.isStopped {
      context.close(promise: nil)
    } else {
      context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !progress.isStopped { progress.fail() }
  }

  private struct Refused: Error {}

  /// Of a whole answer with status 200, head and body; nil until its head is there.
  private static func byteCount(of answer: ByteBuffer) throws -> Int? {
    let text = String(buffer: answer)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let head = text[..<end.upperBound]
    guard head.hasPrefix("HTTP/1.1 200") else { throw Refused() }
    guard let field = head.lowercased().split(separator: "\r\n").first(where: { $0.hasPrefix("content-length:") }),
      let length = Int(field.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
    else { throw Refused() }
    return head.utf8.count + length
  }
}

/// Results of one server, round by round.
struct LoadSample {
  private var results: [HTTPLoad.Result] = []

  mutating func add(_ result: HTTPLoad.Result) { results.append(result) }

  /// Requests a second, the median of the rounds.
  var rate: Double {
    median(results.map { Double($0.requestCount) / ($0.duration.microseconds / 1e6) })
  }

  /// Microseconds of server time, the median of the rounds.
  var cpuPerRequest: Double { median(results.map { $0.serverCPU.microseconds / Double(max($0.requestCount, 1)) }) }

  private func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  func line(_ name: String, against base: LoadSample) -> String {
    func rounded(_ value: Double, _ factor: Double) -> Double { (value * factor).rounded() / factor }
    return "\(name): \(Int(rate)) requests/s, \(rounded(cpuPerRequest, 10)) µs of CPU each; "
      + "\(rounded(rate / base.rate, 100)) of the rate, \(rounded(cpuPerRequest / base.cpuPerRequest, 100)) of the CPU"
  }
}

import NIOCore
import NIOPosix

/// Clients that each send one request after another over a connection of their own, and count answers and their times.
struct RelayLoad {
  struct Outcome {
    var requestCount = 0
    var failureCount = 0
    /// Of every answered request, in nanoseconds.
    var latencies: [Int64] = []
    var elapsed = Duration.zero

    var perSecond: Double { Double(requestCount) / (elapsed.microseconds / 1e6) }

    func latency(quantile: Double) -> Duration {
      let sorted = latencies.sorted()
      return sorted.isEmpty ? .zero : .nanoseconds(sorted[min(sorted.count - 1, Int(Double(sorted.count) * quantile))])
    }
  }

  let port: Int
  let connectionCount: Int
  let bodyByteCount: Int
  private let group = MultiThreadedEventLoopGroup.singleton

  init(port: Int, connections: Int, bodyByteCount: Int) {
    self.port = port
    connectionCount = connections
    self.bodyByteCount = bodyByteCount
  }

  static let path = "/to/operator.test/.well-known/ohttp-gateway"

  /// Until as many requests are answered, or the time is over.
  func run(requests: Int = .max, seconds: Int64 = 3_600) async throws -> Outcome {
    let loop = group.next()
    let counter = NIOLoopBoundBox.makeBoxSendingValue(
      RelayLoadCounter(requests: requests, connections: connectionCount), eventLoop: loop)
    var head = "POST \(Self.path) HTTP/1.1\r\nhost: relay.test\r\ncontent-type: message/ohttp-req\r\n"
    head += "content-length: \(bodyByteCount)\r\n\r\n"
    var request = ByteBuffer(string: head)
    request.writeRepeatingByte(0x71, count: bodyByteCount)
    let whole = request
    let bodyByteCount = bodyByteCount
    let done = loop.makePromise(of: Outcome.self)
    let clock = ContinuousClock()
    let start = clock.now
    loop.execute { counter.value.done = done }
    for _ in 0..<connectionCount {
      _ = try await ClientBootstrap(group: loop)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              RelayLoadHandler(request: whole, answerByteCount: bodyByteCount, counter: counter.value))
          }
        }
        .connect(host: "127.0.0.1", port: port).get()
    }
    loop.scheduleTask(in: .seconds(seconds)) { counter.value.isOver = true }
    var outcome = try await done.futureResult.get()
    outcome.elapsed = clock.now - start
    return outcome
  }
}

private final class RelayLoadCounter {
  var outcome = RelayLoad.Outcome()
  var isOver = false
  var done: EventLoopPromise<RelayLoad.Outcome>?
  private var left: Int
  private var openConnections: Int

  init(requests: Int, connections: Int) {
    left = requests
    openConnections = connections
    outcome.latencies.reserveCapacity(min(requests, 1 << 20))
  }

  func mayAsk() -> Bool {
    guard !isOver, left > 0 else { return false }
    left -= 1
    return true
  }

  func answered(after time: NIODeadline) {
    outcome.requestCount += 1
    outcome.latencies.append((NIODeadline.now() - time).nanoseconds)
  }

  func ended(inExchange: Bool) {
    if inExchange { outcome.failureCount += 1 }
    openConnections -= 1
    if openConnections == 0 { done?.succeed(outcome) }
  }
}

private final class RelayLoadHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let request: ByteBuffer
  private let answerByteCount: Int
  private let counter: RelayLoadCounter
  private var head: [UInt8] = []
  /// Nil while the head is read.
  private var bodyLeft: Int?
  private var asked: NIODeadline?

  init(request: ByteBuffer, answerByteCount: Int, counter: RelayLoadCounter) {
    self.request = request
    self.answerByteCount = answerByteCount
    self.counter = counter
  }

  func channelActive(context: ChannelHandlerContext) { ask(context) }

  private func ask(_ context: ChannelHandlerContext) {
    guard counter.mayAsk() else { return context.close(promise: nil) }
    asked = .now()
    context.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if bodyLeft == nil { readHead(&bytes, context) }
    guard let left = bodyLeft else { return }
    bodyLeft = left - bytes.readableBytes
    guard bodyLeft == 0, let asked else { return }
    bodyLeft = nil
    self.asked = nil
    counter.answered(after: asked)
    ask(context)
  }

  private func readHead(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
    while let byte = bytes.readInteger(as: UInt8.self) {
      head.append(byte)
      guard byte == 0x0A, head.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] else { continue }
      // Anything but the expected answer ends the connection, and counts as a failure.
      guard head.starts(with: Array("HTTP/1.1 200 ".utf8)) else { return context.close(promise: nil) }
      head.removeAll(keepingCapacity: true)
      bodyLeft = answerByteCount
      return
    }
  }

  func channelInactive(context: ChannelHandlerContext) { counter.ended(inExchange: asked != nil) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

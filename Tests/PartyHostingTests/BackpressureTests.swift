import HTTPMessages
import NIOCore
import NIOEmbedded
import NIOHTTP1
import PartyHosting
import Synchronization
import Testing

@Suite("Backpressure between a party and its connection")
struct BackpressureTests {
  /// Counts what reaches the socket of reads.
  private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = Never

    private(set) var count = 0

    func read(context: ChannelHandlerContext) { count += 1 }
  }

  private func connect(
    _ script: @escaping ScriptedParty.Script
  ) throws -> (channel: EmbeddedChannel, reads: ReadCounter) {
    let hosted = HostedParty(
      party: ScriptedParty(answersQuickly: true, script: script), record: nil, logger: ScriptedParty.silentLogger)
    let reads = ReadCounter()
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandlers([reads, PartyHandler(hosted, peerAddress: "192.0.2.1")])
    channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    try channel.writeInbound(HTTPServerRequestPart.head(.init(version: .http1_1, method: .POST, uri: "/")))
    return (channel, reads)
  }

  @Test("nothing more is read while a piece lies unread, and reading goes on when it was read")
  func request() throws {
    let unread = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let (channel, reads) = try connect { request, answer in
      await withCheckedContinuation { continuation in unread.withLock { $0 = continuation } }
      for try await _ in request.body {}
      try await answer.send(WholeResponse(status: 200))
    }
    channel.read()
    #expect(reads.count == 1)
    try channel.writeInbound(HTTPServerRequestPart.body(ByteBuffer(string: "piece")))
    channel.read()
    channel.read()
    #expect(reads.count == 1)
    unread.withLock { $0.take() }?.resume()
    channel.embeddedEventLoop.run()
    #expect(reads.count == 2)
    channel.close(promise: nil)
    channel.embeddedEventLoop.run()
  }

  @Test("a writer waits while the connection takes no more, and goes on when it does")
  func answer() throws {
    let written = Mutex(0)
    let start = Mutex<CheckedContinuation<Void, Never>?>(nil)
    let (channel, _) = try connect { _, answer in
      await withCheckedContinuation { continuation in start.withLock { $0 = continuation } }
      try await answer.begin(status: 200, fields: [])
      for _ in 0..<3 {
        try await answer.write([1])
        written.withLock { $0 += 1 }
      }
    }
    channel.isWritable = false
    start.withLock { $0.take() }?.resume()
    channel.embeddedEventLoop.run()
    #expect(written.withLock { $0 } == 0)
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    channel.embeddedEventLoop.run()
    #expect(written.withLock { $0 } == 3)
    channel.close(promise: nil)
    channel.embeddedEventLoop.run()
  }
}

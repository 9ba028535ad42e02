import Glibc
import NIOCore
import NIOPosix

/// What peers of a relay do wrong. The request's body names it to the upstream.
enum Misbehaviour: String, CaseIterable, Sendable {
  case answersAtOnce = "upstream answers at once and never reads"
  case resetsInRequest = "upstream resets in the request"
  case resetsInAnswer = "upstream resets in its answer"
  case neverAnswers = "upstream never answers"
  case garbage = "upstream answers garbage"
  case halfChunk = "upstream ends in a chunk"
  case clientGone = "client is gone in its request"
  case clientGoneInAnswer = "client is gone in the answer"
  case clientHalfChunk = "client ends in a chunk"
  case clientNeverReads = "client never reads"

  /// After how long the relay gives up a peer that stands still.
  static let stallSeconds: Int64 = 5

  /// How an exchange may end for the client: with a status, cut short, or by itself.
  var outcomes: Set<String> {
    switch self {
    case .answersAtOnce: ["200", "cut short"]
    case .resetsInRequest, .garbage: ["502"]
    case .resetsInAnswer, .halfChunk: ["cut short"]
    case .neverAnswers: ["504"]
    case .clientGone, .clientGoneInAnswer, .clientHalfChunk: ["left"]
    case .clientNeverReads: ["cut short"]
    }
  }

  fileprivate var mark: String { "mode=\(Self.allCases.firstIndex(of: self) ?? 0);" }

  fileprivate static func named(in bytes: [UInt8]) -> Misbehaviour? {
    guard let start = bytes.firstRange(of: Array("mode=".utf8))?.upperBound, start + 1 < bytes.count else { return nil }
    return allCases[Int(bytes[start]) - 0x30]
  }

  private static let path = "/to/bad.test/.well-known/ohttp-gateway"

  private func head(_ framing: String) -> String {
    "POST \(Self.path) HTTP/1.1\r\nhost: r\r\ncontent-type: message/ohttp-chunked-req\r\n\(framing)\r\n\r\n"
  }

  /// One exchange of this kind, as its client sees it.
  func clientRun(port: Int) async throws -> String {
    let group = MultiThreadedEventLoopGroup.singleton
    let ended = group.any().makePromise(of: String.self)
    let channel = try await ClientBootstrap(group: group)
      .channelOption(.autoRead, value: self != .clientNeverReads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(MisbehavingClientHandler(self, ended))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    let filler = String(repeating: "q", count: 8_000)
    switch self {
    case .clientHalfChunk:
      try? await channel.writeAndFlush(
        ByteBuffer(string: head("transfer-encoding: chunked") + "8\r\n\(mark)q\r\n9000\r\n\(filler)"))
      try? await channel.close()
    case .clientGone:
      try? await channel.writeAndFlush(ByteBuffer(string: head("content-length: 100000") + mark + filler))
      try? await channel.close()
    case .answersAtOnce, .resetsInRequest:
      try? await channel.writeAndFlush(ByteBuffer(string: head("content-length: 100000") + mark + filler))
    default:
      try? await channel.writeAndFlush(ByteBuffer(string: head("content-length: 8007") + mark + filler))
    }
    // The end stands behind what was not read: it is seen once the relay has given up.
    if self == .clientNeverReads {
      channel.eventLoop.scheduleTask(in: .seconds(Self.stallSeconds + 2)) { channel.setOption(.autoRead, value: true) }
    }
    return try await ended.futureResult.get()
  }
}

private final class MisbehavingClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let misbehaviour: Misbehaviour
  private let ended: EventLoopPromise<String>
  private var received: [UInt8] = []

  init(_ misbehaviour: Misbehaviour, _ ended: EventLoopPromise<String>) {
    self.misbehaviour = misbehaviour
    self.ended = ended
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += unwrapInboundIn(data).readableBytesView
    let text = String(decoding: received, as: UTF8.self)
    if misbehaviour == .clientGoneInAnswer, text.contains("\r\n\r\n") { return context.close(promise: nil) }
    // The relay's own refusals, and the short answer, are whole.
    if text.hasSuffix("}") || text.hasSuffix("\r\n\r\nok") {
      ended.succeed(String(text.dropFirst("HTTP/1.1 ".count).prefix(3)))
      context.close(promise: nil)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    switch misbehaviour {
    case .clientGone, .clientGoneInAnswer, .clientHalfChunk: ended.succeed("left")
    default: ended.succeed("cut short")
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

/// An upstream that does what the request's body asks for.
enum MisbehavingUpstream {
  /// - Returns: its port.
  static func start() async throws -> Int {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1_024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(MisbehavingUpstreamHandler())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    return listener.localAddress?.port ?? 0
  }
}

private final class MisbehavingUpstreamHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var received: [UInt8] = []
  private var hasActed = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasActed else { return }
    received += unwrapInboundIn(data).readableBytesView
    guard let misbehaviour = Misbehaviour.named(in: received) else { return }
    hasActed = true
    switch misbehaviour {
    case .answersAtOnce:
      _ = context.channel.setOption(.autoRead, value: false)
      send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", context)
    case .resetsInRequest: reset(context.channel)
    case .resetsInAnswer:
      send("HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\npart", context)
      context.close(promise: nil)
    case .neverAnswers, .clientGone, .clientHalfChunk: break
    case .garbage: send("nothing that HTTP knows\r\n\r\n", context)
    case .halfChunk:
      send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n9000\r\npart", context)
      context.close(promise: nil)
    case .clientGoneInAnswer: send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n", context)
    case .clientNeverReads:
      send("HTTP/1.1 200 OK\r\ncontent-length: 6000000\r\n\r\n", context)
      context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 0, count: 6_000_000)), promise: nil)
    }
  }

  private func send(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }

  private func reset(_ channel: any Channel) {
    (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
      .whenComplete { _ in channel.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

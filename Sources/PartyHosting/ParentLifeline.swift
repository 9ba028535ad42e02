import NIOCore
import NIOPosix
public import ServiceLifecycle

/// Ends the process in order when standard input closes, so that a child never outlives whoever started it, however
/// that one ended.
public struct ParentLifeline: Service {
  public init() {}

  public func run() async throws {
    let endOfInput = NIOThreadPool.singleton.runIfActive(eventLoop: MultiThreadedEventLoopGroup.singleton.any()) {
      var byte: UInt8 = 0
      while read(byte: &byte) > 0 {}
    }
    // A future's value cannot be given up; a stream can, and a shutdown that began elsewhere must not wait for input.
    let (ends, end) = AsyncStream.makeStream(of: Never.self)
    endOfInput.whenComplete { _ in end.finish() }
    await cancelWhenGracefulShutdown { for await _ in ends {} }
    // The group ends every other service when this one returns.
  }
}

#if canImport(Glibc)
  import Glibc

  private func read(byte: inout UInt8) -> Int { Glibc.read(0, &byte, 1) }
#elseif canImport(Darwin)
  import Darwin

  private func read(byte: inout UInt8) -> Int { Darwin.read(0, &byte, 1) }
#endif

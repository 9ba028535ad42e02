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
    try? await cancelWhenGracefulShutdown { try await endOfInput.get() }
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

import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Time that processors spent.
enum CPUTime {
  static var process: Duration { read(CLOCK_PROCESS_CPUTIME_ID) }
  static var thread: Duration { read(CLOCK_THREAD_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Duration {
    var time = timespec()
    clock_gettime(clock, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// A processor core.
enum Core {
  /// Holds an event loop's thread to one core, where the system lets it; on a machine with one core to that.
  static func hold(_ eventLoop: any EventLoop, to core: Int) async throws {
    #if os(Linux)
      typealias SetAffinity = @convention(c) (pid_t, Int, UnsafeRawPointer) -> CInt
      // Glibc's headers hide it from Swift.
      guard let symbol = dlsym(nil, "sched_setaffinity") else { return }
      let setAffinity = unsafeBitCast(symbol, to: SetAffinity.self)
      let mask = UInt64(1) << UInt64(core % max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1))
      _ = try await eventLoop.submit { withUnsafePointer(to: mask) { setAffinity(0, MemoryLayout<UInt64>.size, $0) } }
        .get()
    #endif
  }
}

/// Both ends of Oblivious HTTP on our libraries, for strangers' programs to talk to (Tests/Interop/run).
///
///     oblivious-interop gateway            serves on loopback, prints `listening HOST:PORT`
///     oblivious-interop client GATEWAY URL asks at URL what the gateway at GATEWAY offers keys for
@main
struct ObliviousInterop {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("gateway", 1): try await serveGateway()
    case ("client", 3):
      let client = InteropClient(
        gateway: arguments[arguments.startIndex + 1], target: arguments[arguments.startIndex + 2])
      print("  \(try await client.run()) claims held")
    default: fatalError("usage: oblivious-interop gateway | client GATEWAY URL")
    }
  }
}

/// Something one task waits for and another one allows: as many may pass as were let through.
actor Gate {
  private var permits = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func open() {
    if waiting.isEmpty { permits += 1 } else { waiting.removeFirst().resume() }
  }

  func pass() async {
    if permits > 0 { permits -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  func close() { permits = 0 }
}

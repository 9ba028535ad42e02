import Crypto

extension TDX {
  /// What a trust domain measured into its runtime registers, in order. Nothing signs a log: it counts where its
  /// replay gives the registers of an authentic quote.
  ///
  /// Two forms are read: the table that firmware leaves (TCG PC Client Platform Firmware Profile, crypto-agile log; in
  /// TDX the register index is one more than the RTMR's), and a JSON array of `{"imr": 0…3, "digest": "<hex>", …}`.
  public struct EventLog: Sendable, Equatable {
    public static let byteLimit = 4 << 20
    public static let eventLimit = 1 << 14
    static let registerCount = 4

    public struct Event: Sendable, Equatable {
      /// RTMR0 to RTMR3.
      public let register: Int
      public let type: UInt32
      /// SHA-384, 48 bytes: what the register is extended with.
      public let digest: [UInt8]
      /// What was measured, or a description of it. Only the event's digest speaks of it.
      public let data: [UInt8]
    }

    public let events: [Event]

    /// - Throws: `event-log-malformed`.
    public init(parsing bytes: [UInt8]) throws(AttestationError) {
      guard bytes.count <= Self.byteLimit else {
        throw Self.malformed("event log has \(bytes.count) bytes, at most \(Self.byteLimit) are allowed")
      }
      let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
      events = first == UInt8(ascii: "[") ? try Self.events(json: bytes) : try Self.events(table: bytes)
    }

    static func malformed(_ message: String) -> AttestationError {
      AttestationError(AttestationError.eventLogMalformed, message)
    }

    static func requireCount(_ count: Int) throws(AttestationError) {
      guard count <= eventLimit else {
        throw malformed("event log has more than \(eventLimit) events")
      }
    }

    /// RTMR0 to RTMR3 after all events, from zero: each extends its register to SHA-384 of register and digest.
    public func replayed() -> [[UInt8]] {
      var registers = Array(repeating: [UInt8](repeating: 0, count: 48), count: Self.registerCount)
      for event in events {
        registers[event.register] = Array(SHA384.hash(data: registers[event.register] + event.digest))
      }
      return registers
    }
  }
}

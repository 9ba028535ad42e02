package import NIOCore
import Synchronization

/// Counts what each address holds and sends, in bounded memory, for all event loops of a server.
package final class AddressTable: Sendable {
  private struct Entries {
    var addresses: [AddressKey: Entry] = [:]
    /// Of `addresses`, those with no connection.
    var idleCount = 0
  }

  private struct Entry {
    let client: ClientAddress
    var connectionCount = 1
  }

  private let limits: HTTPServerLimits
  private let entries = Mutex(Entries())

  package init(limits: HTTPServerLimits) { self.limits = limits }

  /// False where nothing is limited by address.
  var isNeeded: Bool { limits.connectionCountPerAddress != nil || limits.requestRatePerAddress != nil }

  /// Counts a new connection; nil where its address has as many as it may.
  package func connectionOpened(from key: AddressKey, now: NIODeadline) -> ClientAddress? {
    entries.withLock { entries in
      if var entry = entries.addresses[key] {
        guard entry.connectionCount < limits.connectionCountPerAddress ?? .max else { return nil }
        if entry.connectionCount == 0 { entries.idleCount -= 1 }
        entry.connectionCount += 1
        entries.addresses[key] = entry
        return entry.client
      }
      let client = ClientAddress(key: key, rate: limits.requestRatePerAddress, now: now)
      entries.addresses[key] = Entry(client: client)
      return client
    }
  }

  package func connectionClosed(from client: ClientAddress, now: NIODeadline) {
    entries.withLock { entries in
      // An address with a connection is never forgotten, so its entry is there.
      entries.addresses[client.key]?.connectionCount -= 1
      guard entries.addresses[client.key]?.connectionCount == 0 else { return }
      entries.idleCount += 1
      if entries.idleCount > limits.rememberedAddressCount { forget(&entries, now: now) }
    }
  }

  /// Forgets idle addresses whose rate is as good as new, and where that is not enough, all idle ones.
  private func forget(_ entries: inout Entries, now: NIODeadline) {
    entries.addresses = entries.addresses.filter {
      $0.value.connectionCount > 0 || !$0.value.client.isRested(now: now)
    }
    entries.idleCount = entries.addresses.values.count { $0.connectionCount == 0 }
    guard entries.idleCount > limits.rememberedAddressCount / 2 else { return }
    entries.addresses = entries.addresses.filter { $0.value.connectionCount > 0 }
    entries.idleCount = 0
  }

  /// For tests: how many addresses are remembered.
  package var addressCount: Int { entries.withLock { $0.addresses.count } }
}

/// An IPv4 address, or the first 64 bits of an IPv6 address, which one customer holds whole. A socket for both names an
/// IPv4 address within one network of IPv6 (`::ffff:192.0.2.1`; RFC 4291, section 2.5.5.2): that is the IPv4 address.
package struct AddressKey: Hashable {
  private let bits: UInt64
  private let isIPv4: Bool

  /// Nil for anything but IPv4 and IPv6.
  package init?(_ address: SocketAddress) {
    switch address {
    case .v4(let address):
      bits = UInt64(UInt32(bigEndian: address.address.sin_addr.s_addr))
      isIPv4 = true
    case .v6(let address):
      let (first, second) = withUnsafeBytes(of: address.address.sin6_addr) {
        (
          UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
          UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
      }
      isIPv4 = first == 0 && second >> 32 == 0xFFFF
      bits = isIPv4 ? second & 0xFFFF_FFFF : first
    case .unixDomainSocket:
      return nil
    }
  }
}

/// One address's share of requests.
package final class ClientAddress: Sendable {
  let key: AddressKey
  /// Nil where requests have no limit.
  private let bucket: Mutex<TokenBucket?>

  fileprivate init(key: AddressKey, rate: Int?, now: NIODeadline) {
    self.key = key
    bucket = Mutex(rate.map { TokenBucket(rate: $0, capacity: 2 * $0, now: now) })
  }

  /// Counts a request; false where it is one too many.
  package func admitsRequest(now: NIODeadline) -> Bool {
    bucket.withLock { $0?.take(now: now) ?? true }
  }

  fileprivate func isRested(now: NIODeadline) -> Bool {
    bucket.withLock { $0?.isFull(now: now) ?? true }
  }
}

import Foundation
package import HTTPMessages
import StrictJSON
import Synchronization

/// What a party saw of one request, for the table "what each party saw": addresses, names and sizes, never content.
public struct Observation: Sendable {
  /// The encryption layer that this party opened itself.
  public enum OpenedLayer: String, Sendable { case none, outer, inner }

  public var opened = OpenedLayer.none
  /// SHA-256 of the redeemed token, hexadecimal.
  public var tokenDigest: String?
  /// The account that an issuer served, by its name.
  public var account: String?
  /// True where content lay open in this party's memory.
  public var sawContent = false

  public init() {}
}

/// A file of one JSON line per request, written only when a person asked for it with `--observe` on a loopback address.
public final class ObservationRecord: Sendable {
  @TaskLocal package static var current: ObservationSlot?

  private let file: Mutex<FileHandle>

  /// - Throws: `observe-not-local` unless the party listens on loopback alone.
  public init(path: String, listen: ListenAddress) throws(HostingError) {
    guard listen.isLoopback else {
      throw HostingError(HostingError.observationNotLocal, "observations are recorded on a loopback address only")
    }
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw HostingError(HostingError.configurationInvalid, "the observation file cannot be written") }
    file = Mutex(handle)
  }

  package func write(
    _ observation: Observation, request: StreamedRequest, requestByteCount: Int, status: Int, responseByteCount: Int
  ) {
    var members: [String: JSONValue] = [
      "peer": .string(request.peerAddress),
      "method": .string(request.method),
      "path": .string(request.path),
      "headerNames": .array(request.fields.map { .string($0.name) }),
      "requestByteCount": .integer(Int64(requestByteCount)),
      "responseByteCount": .integer(Int64(responseByteCount)),
      "status": .integer(Int64(status)),
      "opened": .string(observation.opened.rawValue),
      "content": .boolean(observation.sawContent),
    ]
    if let digest = observation.tokenDigest { members["tokenDigest"] = .string(digest) }
    if let account = observation.account { members["account"] = .string(account) }
    let line = Data((JSONValue.object(members).canonicalText + "\n").utf8)
    file.withLock { handle in try? handle.write(contentsOf: line) }
  }
}

/// Where the request under way collects what its party sees of it.
package final class ObservationSlot: Sendable {
  private let observation = Mutex(Observation())

  package init() {}

  package func update(_ change: (inout Observation) -> Void) { observation.withLock { change(&$0) } }

  package var value: Observation { observation.withLock { $0 } }
}

/// Notes what the party saw of the request under way; without `--observe` it does nothing.
public func observe(_ change: (inout Observation) -> Void) { ObservationRecord.current?.update(change) }

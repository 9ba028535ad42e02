import Foundation
public import HTTPMessages
import WireFormat

/// Finds a text wherever a deployment could have left it, also in hexadecimal and Base64.
public struct MarkerSearch: Sendable {
  private let needles: [[UInt8]]

  public init(_ marker: String) { self.init(bytes: Array(marker.utf8)) }

  /// - Parameter bytes: 12 or more, so that what Base64 shares with its surroundings is not mistaken for them.
  public init(bytes: [UInt8]) {
    // Base64 of a text inside other text depends on where it begins: the part that all three share with their own
    // beginning cut off.
    let base64 = (0..<3).map { offset in
      let encoded = Data(Array(repeating: 0, count: offset) + bytes).base64EncodedString()
      return Array(encoded.utf8.dropFirst(offset == 0 ? 0 : 4).prefix { $0 != UInt8(ascii: "=") }.dropLast(4))
    }
    let urlBase64 = base64.map { text in
      text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0 }
    }
    needles =
      [bytes, Array(bytes.hexadecimal.utf8), Array(bytes.hexadecimal.uppercased().utf8)] + base64 + urlBase64
  }

  public func isFound(in bytes: [UInt8]) -> Bool {
    let data = Data(bytes)
    return needles.contains { data.range(of: Data($0)) != nil }
  }

  public func isFound(in text: String) -> Bool { isFound(in: Array(text.utf8)) }

  public func isFound(in request: WholeRequest) -> Bool {
    isFound(in: request.path) || isFound(in: request.fields) || isFound(in: request.body)
  }

  public func isFound(in response: WholeResponse) -> Bool {
    isFound(in: response.fields) || isFound(in: response.body)
  }

  private func isFound(in fields: [HTTPField]) -> Bool {
    fields.contains { isFound(in: $0.name) || isFound(in: $0.value) }
  }

  /// Every place of a deployment that is not the memory of client or node: log lines, messages between parties, files
  /// of the parties and of the clients.
  ///
  /// - Returns: the names of the places where it was found.
  public func places(in deployment: InMemoryDeployment) throws -> [String] {
    var places: [String] = []
    if deployment.logLines.lines.contains(where: { isFound(in: $0) }) { places.append("log lines") }
    for message in deployment.network.messages {
      if isFound(in: message.request) || message.response.map({ isFound(in: $0) }) ?? false {
        places.append("\(message.sender) to \(message.server)")
      }
    }
    for folder in [deployment.partiesFolder, deployment.clientsFolder] {
      guard FileManager.default.fileExists(atPath: folder) else { continue }
      for file in try TemporaryFolder.files(under: folder) where isFound(in: file.bytes) || isFound(in: file.path) {
        places.append(file.path)
      }
    }
    return places
  }
}

import NIOHTTP1

/// What a relay reads of a client's request head; nothing else of it is looked at.
struct RequestHead {
  /// Of the one `content-type`; nil where there is none or more than one.
  private(set) var mediaType: String?
  /// From `content-length`.
  private(set) var byteCount: Int?
  private(set) var hasBody = false

  init() {}

  init(_ head: HTTPRequestHead) {
    var mediaTypeCount = 0
    for (name, value) in head.headers {
      switch name.utf8.count {
      case 12 where name.equalsField("content-type"):
        mediaTypeCount += 1
        mediaType = mediaTypeCount == 1 ? value : nil
      case 14 where name.equalsField("content-length"):
        byteCount = Int(value)
        hasBody = byteCount != 0
      case 17 where name.equalsField("transfer-encoding"): hasBody = true
      default: break
      }
    }
  }
}

extension String {
  /// Equality of a field's name, or of a keyword, in any case; `lower` is in lower case.
  fileprivate func equalsField(_ lower: StaticString) -> Bool {
    var index = 0
    for byte in utf8 {
      guard index < lower.utf8CodeUnitCount else { return false }
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard (isUpper ? byte | 0x20 : byte) == lower.utf8Start[index] else { return false }
      index += 1
    }
    return index == lower.utf8CodeUnitCount
  }
}

extension RelayedExchange {
  init(_ head: HTTPRequestHead, peerAddress: String) {
    self.init(
      peerAddress: peerAddress, method: head.method.rawValue, path: head.uri,
      fieldNames: head.headers.map { $0.name.lowercased() })
  }
}

import StrictJSON

/// One answer of a vendor as the cache keeps it: one line of JSON, then the body.
package struct CacheEntry: Sendable, Equatable {
  static let byteLimit = 8 << 20

  package var address: String
  /// Seconds since 1970.
  package var fetched: Int64
  package var answer: VendorAnswer

  package init(address: String, fetched: Int64, answer: VendorAnswer) {
    self.address = address
    self.fetched = fetched
    self.answer = answer
  }

  package var encoded: [UInt8] {
    let head: JSONValue = [
      "address": .string(address), "fetched": .integer(fetched),
      "fields": .object(answer.fields.mapValues(JSONValue.string)),
    ]
    return head.canonicalBytes + [0x0A] + answer.body
  }

  /// Nil for anything else. Untrusted bytes.
  package init?(parsing bytes: [UInt8]) {
    guard bytes.count <= Self.byteLimit, let end = bytes.firstIndex(of: 0x0A),
      var head = try? JSONObject(parsing: Array(bytes[..<end]), name: "cache entry"),
      let address = try? head.string("address"), let fetched = try? head.integer("fetched"),
      var fieldObject = try? head.object("fields"), (try? head.finish()) != nil
    else { return nil }
    var fields: [String: String] = [:]
    for name in fieldObject.remainingNames {
      guard case .string(let value)? = fieldObject.takeEntry(name) else { return nil }
      fields[name] = value
    }
    self.init(
      address: address, fetched: fetched, answer: VendorAnswer(body: Array(bytes[(end + 1)...]), fields: fields))
  }
}

import WireFormat

extension KeyConfiguration {
  /// The longest list of key configurations that is read, in bytes.
  public static let maximumListByteCount = 65_536

  /// `application/ohttp-keys`: key configurations, each behind its length in two bytes (RFC 9458, section 3.2).
  public static func encodeList(_ configurations: [KeyConfiguration]) -> [UInt8] {
    var writer = WireWriter()
    for configuration in configurations { writer.writePrefixed(UInt16.self, configuration.encoded) }
    return writer.bytes
  }

  /// The usable key configurations of a list, in its order. Those with an unknown KEM, or with unknown algorithms
  /// alone, are skipped.
  ///
  /// - Throws: `OHTTPError.malformed` for any entry that is not well-formed or for a list above
  ///   `maximumListByteCount`; `OHTTPError.noUsableKey` when nothing is left.
  public static func decodeList(_ bytes: [UInt8]) throws(OHTTPError) -> [KeyConfiguration] {
    guard bytes.count <= maximumListByteCount else {
      throw OHTTPError(
        OHTTPError.malformed, "key configurations have \(bytes.count) bytes, at most \(maximumListByteCount) are read")
    }
    var configurations: [KeyConfiguration] = []
    var cursor = WireCursor(bytes)
    while !cursor.isAtEnd {
      let entry: ArraySlice<UInt8>
      do {
        entry = try cursor.readPrefixedBytes(UInt16.self, field: "key configuration")
      } catch {
        throw OHTTPError(OHTTPError.malformed, "key configuration list: \(error.message)")
      }
      do {
        configurations.append(try KeyConfiguration(decoding: Array(entry)))
      } catch  where error.code == OHTTPError.noUsableKey {
        continue
      }
    }
    guard !configurations.isEmpty else {
      throw OHTTPError(OHTTPError.noUsableKey, "list has no key configuration with algorithms known here")
    }
    return configurations
  }
}

import StrictJSON

/// One tensor's description in the header of a safetensors file.
///
///     {"dtype": "F16", "shape": [64, 32], "data_offsets": [begin, end]}
///
/// Offsets are in bytes, from the end of the header; `end` is behind the last byte. A shape may be empty, for one
/// number, or have a 0, for none.
struct SafetensorsTensor {
  let begin: UInt64
  let end: UInt64

  /// - Parameter index: among the names in their order, for messages.
  init(_ value: JSONValue, index: Int) throws(ModelFileError) {
    let members = try Self.members(value, index)
    guard let bitCount = SafetensorsElementType.bitCount(members.type) else {
      throw .malformed("element type of tensor \(index) is unknown")
    }
    guard members.shape.count <= ModelLimits.safetensorsDimensionCount else {
      throw .malformed(
        "tensor \(index) has \(members.shape.count) dimensions, "
          + "at most \(ModelLimits.safetensorsDimensionCount) are allowed")
    }
    guard members.offsets.count == 2, members.offsets[0] <= members.offsets[1] else {
      throw .malformed("offsets of tensor \(index) are not a begin and an end")
    }
    (begin, end) = (members.offsets[0], members.offsets[1])
    guard let bits = CheckedSize.product(members.shape + [bitCount]) else {
      throw .malformed("size of tensor \(index) needs more than 63 bits")
    }
    guard bits.isMultiple(of: 8), bits / 8 == end - begin else {
      throw .malformed("tensor \(index) has \(end - begin) bytes of data, expected \(bits) bits")
    }
  }

  private static func members(
    _ value: JSONValue, _ index: Int
  ) throws(ModelFileError) -> (type: String, shape: [UInt64], offsets: [UInt64]) {
    do throws(JSONError) {
      var object = try JSONObject(value, name: "tensor")
      let type = try object.string("dtype")
      let shape = try object.array("shape")
      let offsets = try object.array("data_offsets")
      try object.finish()
      return (type, try counts(shape), try counts(offsets))
    } catch {
      throw .malformed("tensor \(index): \(error.message)")
    }
  }

  private static func counts(_ values: [JSONValue]) throws(JSONError) -> [UInt64] {
    var counts: [UInt64] = []
    for value in values {
      guard case .integer(let number) = value, let count = UInt64(exactly: number) else {
        throw JSONError(JSONError.wrongType, "a dimension or offset is not an integer from 0 up")
      }
      counts.append(count)
    }
    return counts
  }
}

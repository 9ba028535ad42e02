/// One tensor's description in a GGUF file (GGUF, `gguf_tensor_info_t`).
///
///     name: string | dimension count (32) | dimension (64) ... | type (32) | offset (64)
struct GGUFTensor {
  let name: [UInt8]
  /// Of the tensor's data, without padding.
  let byteCount: UInt64
  /// Of the tensor's data, from the start of all tensors' data.
  let offset: UInt64

  init<Reader>(parsing cursor: inout GGUFCursor<Reader>, index: UInt64) throws(ModelFileError) {
    name = try Self.name(&cursor, index)
    let dimensionCount: UInt32 = try cursor.readInteger(field: "dimension count")
    guard dimensionCount <= ModelLimits.ggufDimensionCount else {
      throw .malformed(
        "tensor \(index) has \(dimensionCount) dimensions, at most \(ModelLimits.ggufDimensionCount) are allowed")
    }
    var dimensions: [UInt64] = []
    for _ in 0..<dimensionCount { dimensions.append(try cursor.readInteger(field: "dimension")) }
    let type = try GGUFTensorType(parsing: cursor.readInteger(field: "tensor type"))
    byteCount = try Self.byteCount(dimensions, type, index)
    offset = try cursor.readInteger(field: "tensor offset")
  }

  /// Control characters would end a name early in a language whose strings end with one.
  private static func name<Reader>(
    _ cursor: inout GGUFCursor<Reader>, _ index: UInt64
  ) throws(ModelFileError) -> [UInt8] {
    let name = try cursor.readString(limit: ModelLimits.ggufTensorNameByteCount, field: "tensor name")
    guard !name.isEmpty, name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw .malformed("name of tensor \(index) is empty or has a control character")
    }
    return Array(name)
  }

  /// Blocks run along the first dimension, and none crosses its end. No dimension is 0: readers divided by it.
  private static func byteCount(
    _ dimensions: [UInt64], _ type: GGUFTensorType, _ index: UInt64
  ) throws(ModelFileError) -> UInt64 {
    guard !dimensions.contains(0) else { throw .malformed("tensor \(index) has a dimension of 0") }
    let rowElementCount = dimensions.first ?? 1
    guard rowElementCount.isMultiple(of: type.elementsPerBlock) else {
      throw .malformed(
        "tensor \(index) has \(rowElementCount) elements in a row, expected a multiple of \(type.elementsPerBlock)")
    }
    let blocks = rowElementCount / type.elementsPerBlock
    guard CheckedSize.product(dimensions) != nil,
      let byteCount = CheckedSize.product([blocks, type.bytesPerBlock] + dimensions.dropFirst())
    else { throw .malformed("size of tensor \(index) needs more than 63 bits") }
    return byteCount
  }
}

/// A GGUF file of version 2 or 3 (GGUF, `gguf_file_t`); integers are little-endian.
///
///     "GGUF" | version (32) | tensor count (64) | key count (64) | key-value pairs | tensor descriptions
///     | zeros up to the alignment | tensor data
///
/// What the specification or the reader of ggml refuses is refused, and beside that what is above `ModelLimits`, a
/// dimension of 0 and names with control characters. Both leave the end of a file open: bytes behind the last tensor's
/// data, which belong to nothing, are taken, and that tensor's padding may be missing. The padding between tensors is
/// not read.
enum GGUFHeader {
  static func verify<Reader: ModelReader>(_ reader: Reader) throws(ModelFileError) -> ModelFile {
    var cursor = GGUFCursor(reader)
    try cursor.skip(UInt64(ModelFormat.ggufMagic.count), field: "magic")
    let version = try version(&cursor)
    let tensorCount = try cursor.readCount(limit: ModelLimits.tensorCount, field: "tensor count")
    let keyCount = try cursor.readCount(limit: ModelLimits.keyCount, field: "key count")
    let metadata = try GGUFMetadata(parsing: &cursor, count: keyCount)
    guard let architecture = metadata.architecture else { throw .malformed("architecture is missing") }
    let tensors = try tensors(&cursor, count: tensorCount)
    let headerByteCount: UInt64
    if tensors.isEmpty {
      headerByteCount = cursor.position
    } else {
      headerByteCount = try skipPadding(&cursor, to: UInt64(metadata.alignment))
    }
    return ModelFile(
      format: .gguf, version: version, tensorCount: tensors.count, headerByteCount: headerByteCount,
      tensorByteCount: try place(
        tensors, alignment: UInt64(metadata.alignment), dataByteCount: reader.byteCount - headerByteCount),
      architecture: architecture, contextWindow: metadata.contextWindow)
  }

  /// Version 1 has other lengths, and nobody reads it any more. The format has no mark of its byte order; a version
  /// whose lower half is 0 is how the reader of ggml knows the other one.
  private static func version<Reader>(_ cursor: inout GGUFCursor<Reader>) throws(ModelFileError) -> UInt32 {
    let version: UInt32 = try cursor.readInteger(field: "version")
    guard version & 0xFFFF != 0 || version == 0 else { throw .formatRefused("GGUF is big-endian") }
    guard (2...3).contains(version) else { throw .formatRefused("GGUF has version \(version), expected 2 or 3") }
    return version
  }

  private static func tensors<Reader>(
    _ cursor: inout GGUFCursor<Reader>, count: UInt64
  ) throws(ModelFileError) -> [GGUFTensor] {
    var tensors: [GGUFTensor] = []
    var names: Set<[UInt8]> = []
    for index in 0..<count {
      let tensor = try GGUFTensor(parsing: &cursor, index: index)
      guard names.insert(tensor.name).inserted else { throw .malformed("name of tensor \(index) is there twice") }
      tensors.append(tensor)
    }
    return tensors
  }

  /// - Returns: where the tensors' data begins.
  private static func skipPadding<Reader>(
    _ cursor: inout GGUFCursor<Reader>, to alignment: UInt64
  ) throws(ModelFileError) -> UInt64 {
    let paddingByteCount = (alignment - cursor.position % alignment) % alignment
    guard try cursor.readBytes(paddingByteCount, field: "padding").allSatisfy({ $0 == 0 }) else {
      throw .malformed("padding before the tensor data is not zero")
    }
    return cursor.position
  }

  /// Each tensor's data begins where that of the one before and its padding end, as the reader of ggml demands.
  ///
  /// - Returns: the bytes of all tensors' data.
  private static func place(
    _ tensors: [GGUFTensor], alignment: UInt64, dataByteCount: UInt64
  ) throws(ModelFileError) -> UInt64 {
    var next: UInt64 = 0
    var tensorByteCount: UInt64 = 0
    for (index, tensor) in tensors.enumerated() {
      guard tensor.offset.isMultiple(of: alignment) else {
        throw .malformed("offset of tensor \(index) is \(tensor.offset), expected a multiple of \(alignment)")
      }
      guard tensor.offset == next else {
        let what: StaticString = tensor.offset < next ? "inside other data" : "behind a gap"
        throw .malformed("tensor \(index) is at \(tensor.offset), \(what), expected \(next)")
      }
      guard let end = CheckedSize.sum(tensor.offset, tensor.byteCount), end <= dataByteCount,
        let padded = CheckedSize.padded(end, to: alignment),
        let sum = CheckedSize.sum(tensorByteCount, tensor.byteCount)
      else {
        throw .malformed(
          "tensor \(index) of \(tensor.byteCount) bytes is at \(tensor.offset), the file has \(dataByteCount) of data")
      }
      next = padded
      tensorByteCount = sum
    }
    return tensorByteCount
  }
}

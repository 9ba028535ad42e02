import StrictJSON

/// A safetensors file (huggingface/safetensors, README, "Format").
///
///     header length (64, little-endian) | header: JSON, then blanks | tensor data
///     header: {"<name>": <tensor> ..., "__metadata__": {"<name>": "<text>" ...}}
///
/// Stricter than the reference implementation, which takes members that it does not know, white space of other kinds
/// behind the header, and null for the metadata. The tensors' data covers everything behind the header, without gaps:
/// a byte more or less is refused. Elements need not be aligned: the format asks nothing of the kind, and its writers
/// align the header to 8 bytes by themselves.
enum SafetensorsHeader {
  private static let lengthByteCount: UInt64 = 8
  /// An object of objects that hold arrays of numbers.
  private static let depth = 4

  static func verify(_ reader: some ModelReader) throws(ModelFileError) -> ModelFile {
    let text = try header(reader)
    let headerByteCount = lengthByteCount + UInt64(text.count)
    let tensors = try tensors(text)
    let dataByteCount = reader.byteCount - headerByteCount
    try requireCover(tensors, dataByteCount: dataByteCount)
    return ModelFile(
      format: .safetensors, version: nil, tensorCount: tensors.count, headerByteCount: headerByteCount,
      tensorByteCount: dataByteCount, architecture: nil, contextWindow: nil)
  }

  private static func header(_ reader: some ModelReader) throws(ModelFileError) -> [UInt8] {
    guard reader.byteCount >= lengthByteCount else { throw .malformed("file ends inside the header's length") }
    let length = try reader.bytes(at: 0, count: Int(lengthByteCount)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= ModelLimits.safetensorsHeaderByteCount else {
      throw .malformed("header has \(length) bytes, at most \(ModelLimits.safetensorsHeaderByteCount) are allowed")
    }
    guard length <= reader.byteCount - lengthByteCount else {
      throw .malformed("file of \(reader.byteCount) bytes ends inside the header of \(length)")
    }
    return try reader.bytes(at: lengthByteCount, count: Int(length))
  }

  private static func tensors(_ header: [UInt8]) throws(ModelFileError) -> [SafetensorsTensor] {
    var object = try object(header)
    if let metadata = object.takeEntry("__metadata__") { try requireTexts(metadata) }
    let names = object.remainingNames
    guard names.count <= ModelLimits.tensorCount else {
      throw .malformed("tensor count is \(names.count), at most \(ModelLimits.tensorCount) is allowed")
    }
    var tensors: [SafetensorsTensor] = []
    for (index, name) in names.enumerated() {
      guard (1...ModelLimits.safetensorsNameByteCount).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else { throw .malformed("name of tensor \(index) is empty, too long or has a control character") }
      guard let value = object.takeEntry(name) else { preconditionFailure("a name that was listed has its entry") }
      tensors.append(try SafetensorsTensor(value, index: index))
    }
    return tensors
  }

  /// The header begins with its brace and ends with its brace, or with blanks behind it.
  private static func object(_ header: [UInt8]) throws(ModelFileError) -> JSONObject {
    guard header.first == UInt8(ascii: "{"), header.last(where: { $0 != UInt8(ascii: " ") }) == UInt8(ascii: "}") else {
      throw .malformed("header is not an object, with blanks behind it at most")
    }
    do throws(JSONError) {
      let value = try JSONValue(
        parsing: header, byteLimit: Int(ModelLimits.safetensorsHeaderByteCount), depthLimit: depth)
      return try JSONObject(value, name: "header")
    } catch {
      throw .malformed("header: \(error.message)")
    }
  }

  private static func requireTexts(_ metadata: JSONValue) throws(ModelFileError) {
    guard case .object(let members) = metadata else { throw .malformed("metadata is not an object") }
    for value in members.values {
      guard case .string = value else { throw .malformed("metadata has a value that is not a string") }
    }
  }

  private static func requireCover(
    _ tensors: [SafetensorsTensor], dataByteCount: UInt64
  ) throws(ModelFileError) {
    var next: UInt64 = 0
    for tensor in tensors.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard tensor.begin == next else {
        let what: StaticString = tensor.begin < next ? "inside other data" : "behind a gap"
        throw .malformed("a tensor is at \(tensor.begin), \(what), expected \(next)")
      }
      next = tensor.end
    }
    guard next == dataByteCount else {
      throw .malformed("tensors have \(next) bytes of data, the file has \(dataByteCount)")
    }
  }
}

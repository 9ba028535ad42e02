/// What the header of a well-formed model file says. Only `verify` makes one.
///
/// Well-formed means: the file is of the format that was named; lengths, counts and names are within `ModelLimits`;
/// every tensor's data is inside the file, of the size that type and dimensions say, aligned where the format asks for
/// it, and no tensor's data is another's. The names of tensors, the values of weights and whether an engine knows the
/// architecture are not looked at. Who made the file is not known either: its digest says that.
public struct ModelFile: Sendable, Equatable {
  public let format: ModelFormat
  /// 2 or 3 for GGUF; nil for safetensors, which has no versions.
  public let version: UInt32?
  /// May be 0: a GGUF file may hold a vocabulary alone.
  public let tensorCount: Int
  /// Everything before the first tensor's data.
  public let headerByteCount: UInt64
  /// The data of all tensors, without the padding between them.
  public let tensorByteCount: UInt64
  /// `general.architecture` of a GGUF file: lower-case letters, digits, `-` and `_`, at most 64. Nil for safetensors,
  /// where another file names it.
  public let architecture: String?
  /// The longest input that the model was trained for, in tokens of the model (`[architecture].context_length`); nil
  /// where the file states none.
  public let contextWindow: UInt64?
}

extension ModelFile {
  /// Reads the header of an untrusted file and holds the file against it. The data of tensors is not read; memory and
  /// time are bounded by `ModelLimits`, whatever the size of the file.
  ///
  /// - Parameter format: what the release says that the file is.
  /// - Throws: `model-format-refused` for a file of any other format, `model-malformed`, `model-unreadable`.
  public static func verify(
    format: ModelFormat, reader: some ModelReader
  ) throws(ModelFileError) -> ModelFile {
    let announced = try ModelFormat.identify(reader)
    guard announced == format else {
      throw .formatRefused("file is \(announced.rawValue), expected \(format.rawValue)")
    }
    return switch format {
    case .gguf: try GGUFHeader.verify(reader)
    case .safetensors: try SafetensorsHeader.verify(reader)
    }
  }
}

/// What is read of a model file at most. Every length and count is checked before anything is stored.
public enum ModelLimits {
  /// Metadata and descriptions of tensors in a GGUF file. Vocabularies lie there: the largest known take some 16 MiB.
  public static let ggufHeaderByteCount: UInt64 = 64 << 20
  /// One string in the metadata of a GGUF file, which may be a whole tokenizer.
  public static let stringByteCount: UInt64 = 16 << 20
  /// One key of the metadata of a GGUF file (GGUF, `gguf_metadata_kv_t`).
  public static let keyByteCount: UInt64 = 65_535
  /// Keys in the metadata of a GGUF file. Readers compare each with each.
  public static let keyCount: UInt64 = 4_096
  /// Elements of one array in the metadata of a GGUF file. The largest vocabularies have 262,144 tokens.
  public static let arrayElementCount: UInt64 = 4 << 20
  /// Tensors in one file of either format.
  public static let tensorCount: UInt64 = 65_536
  /// One tensor's name in a GGUF file. The specification says 64; the reader of ggml stores a zero behind it.
  public static let ggufTensorNameByteCount: UInt64 = 63
  /// One tensor's name in a safetensors file.
  public static let safetensorsNameByteCount = 1_024
  /// Dimensions of one tensor in a GGUF file (GGUF, `gguf_tensor_info_t`).
  public static let ggufDimensionCount: UInt32 = 4
  /// Dimensions of one tensor in a safetensors file. The format names no limit; engines have some.
  public static let safetensorsDimensionCount = 8
  /// Alignment of tensors in a GGUF file, in bytes. Files use 32 to 4,096; more would be padding for its own sake.
  public static let alignment: UInt32 = 1 << 20
  /// The header of a safetensors file. The reference implementation takes 100 MB; here a tensor takes some 130 bytes, so
  /// that this is enough for as many as `tensorCount` allows, and JSON takes up to ten times its text when it is read.
  public static let safetensorsHeaderByteCount: UInt64 = 8 << 20
}

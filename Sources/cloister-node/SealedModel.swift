import Confinement
import Glibc
import ModelFiles

/// A model in sealed memory, which is what the engine maps.
struct SealedModel: ModelReader {
  let file: SealedFile

  var byteCount: UInt64 { UInt64(file.byteCount) }

  /// - Throws: `model-unreadable`.
  func read(at offset: UInt64, count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      guard let offset = off_t(exactly: offset) else {
        throw ModelFileError(ModelFileError.unreadable, "an offset is too large")
      }
      initializedCount = max(0, pread(file.descriptor, buffer.baseAddress, count, offset))
    }
  }
}

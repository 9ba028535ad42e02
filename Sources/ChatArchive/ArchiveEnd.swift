/// The record at the end of a zip archive (APPNOTE 4.3.16), looked at before libzip makes anything of its directory.
///
///     signature (32) = 06054B50h | disks (16) (16) | entries of this disk (16) | entries (16) | size (32) | offset (32)
///     | comment length (16) | comment
///
/// Little-endian.
enum ArchiveEnd {
  private static let byteCount = 22
  private static let commentByteCountLimit = 0xFFFF

  /// Refuses more entries than are read, the form for archives above 4 GiB, and two records that may both be the end.
  /// - Throws: `archive-malformed`, `archive-too-large`.
  static func check(_ archive: UnsafeRawBufferPointer) throws(ChatArchiveError) {
    guard archive.count >= byteCount else {
      throw ChatArchiveError(ChatArchiveError.malformed, "archive of \(archive.count) bytes has no end record")
    }
    var fittingCount = 0
    // libzip looks at everything here that looks like an end.
    for start in max(0, archive.count - byteCount - commentByteCountLimit)...archive.count - byteCount {
      func number(_ offset: Int) -> Int { Int(archive[start + offset]) | Int(archive[start + offset + 1]) << 8 }
      guard number(0) == 0x4B50, number(2) == 0x0605 else { continue }
      guard number(10) <= ChatArchive.entryCountLimit else {
        throw ChatArchiveError(
          ChatArchiveError.tooLarge,
          "archive has \(number(10)) entries, at most \(ChatArchive.entryCountLimit) are read")
      }
      guard start + byteCount + number(20) == archive.count else { continue }
      guard number(4) == 0, number(6) == 0, number(8) == number(10), !hasLocator(archive, before: start) else {
        throw ChatArchiveError(
          ChatArchiveError.malformed, "archive is one of several, or of the form for more than 4 GiB")
      }
      fittingCount += 1
    }
    guard fittingCount == 1 else {
      throw ChatArchiveError(ChatArchiveError.malformed, "archive does not end with its end record, or has two")
    }
  }

  /// What names the record of archives above 4 GiB (APPNOTE 4.3.15).
  private static func hasLocator(_ archive: UnsafeRawBufferPointer, before end: Int) -> Bool {
    end >= 20 && archive[end - 20..<end - 16].elementsEqual([0x50, 0x4B, 0x06, 0x07])
  }
}

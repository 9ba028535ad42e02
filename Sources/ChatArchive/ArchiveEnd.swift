/// The record at the end of a zip archive (APPNOTE 4.3.16), looked at before libzip makes anything of its directory.
///
///     signature (32) = 06054B50h | disks (16) (16) | entries of this disk (16) | entries (16) | size (32) | offset (32)
///     | comment length (16) | comment
///
/// Little-endian.
enum ArchiveEnd {
  private static let byteCount = 22

  /// Refuses more entries than are read, and the form for archives above 4 GiB.
  /// - Throws: `archive-malformed`, `archive-too-large`.
  static func check(_ archive: UnsafeRawBufferPointer) throws(ChatArchiveError) {
    guard archive.count >= byteCount else {
      throw ChatArchiveError(ChatArchiveError.malformed, "archive of \(archive.count) bytes has no end record")
    }
    // WhatsApp writes no comment, so that the record stands at the very end.
    let start = archive.count - byteCount
    func number(_ offset: Int) -> Int { Int(archive[start + offset]) | Int(archive[start + offset + 1]) << 8 }
    guard number(0) == 0x4B50, number(2) == 0x0605, number(20) == 0, number(4) == 0, number(6) == 0,
      number(8) == number(10)
    else {
      throw ChatArchiveError(ChatArchiveError.malformed, "archive does not end with its end record")
    }
    guard number(10) <= ChatArchive.entryCountLimit else {
      throw ChatArchiveError(
        ChatArchiveError.tooLarge,
        "archive has \(number(10)) entries, at most \(ChatArchive.entryCountLimit) are read")
    }
  }
}

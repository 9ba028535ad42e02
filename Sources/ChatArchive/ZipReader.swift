import CZip

/// An open archive in memory, and what libzip reads in it.
struct ZipReader {
  struct Entry {
    let index: UInt64
    /// With its folders, separated by `/`.
    let name: String
    /// Unpacked, as the directory says.
    let byteCount: UInt64
    let packedByteCount: UInt64
    let isEncrypted: Bool
    let isStoredOrDeflated: Bool

    /// Nil at the top.
    var folder: Substring? { name.lastIndex(of: "/").map { name[..<$0] } }
    var baseName: Substring { name.lastIndex(of: "/").map { name[name.index(after: $0)...] } ?? name[...] }

    /// Text in each part, without another system's separators, control characters or dots alone.
    var isNameSafe: Bool {
      name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && part.utf8.count <= ChatArchive.nameByteCountLimit && part != "." && part != ".."
          && part.dropFirst().first != ":"
          && !part.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.properties.generalCategory == .control }
      }
    }
  }

  private let archive: OpaquePointer

  /// - Parameter bytes: outlive the reader.
  /// - Throws: `archive-malformed`.
  init(_ bytes: UnsafeRawBufferPointer) throws(ChatArchiveError) {
    // libzip's own check refuses two entries of one name, as two media of a chat may have. Such an archive is opened
    // without it: the length and checksum of what is read are compared all the same.
    var archive = try Self.opened(bytes, ZIP_RDONLY | ZIP_CHECKCONS)
    if archive == nil { archive = try Self.opened(bytes, ZIP_RDONLY) }
    guard let archive else { throw Self.malformed("archive has a directory that cannot be read") }
    self.archive = archive
  }

  /// Nil where two entries have one name.
  private static func opened(
    _ bytes: UnsafeRawBufferPointer, _ flags: Int32
  ) throws(ChatArchiveError) -> OpaquePointer? {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(bytes.baseAddress, zip_uint64_t(bytes.count), 0, &error) else {
      throw malformed("archive cannot be opened")
    }
    guard let archive = zip_open_from_source(source, flags, &error) else {
      zip_source_free(source)
      guard zip_error_code_zip(&error) != ZIP_ER_EXISTS else { return nil }
      throw malformed("archive is no zip, or its directory contradicts its entries")
    }
    return archive
  }

  func close() { zip_discard(archive) }

  /// Those that can be read.
  /// - Throws: `archive-too-large`.
  func entries() throws(ChatArchiveError) -> [Entry] {
    let count = zip_get_num_entries(archive, 0)
    guard (0...zip_int64_t(ChatArchive.entryCountLimit)).contains(count) else {
      throw ChatArchiveError(ChatArchiveError.tooLarge, "archive has \(count) entries")
    }
    return (0..<UInt64(count)).compactMap(entry)
  }

  private func entry(_ index: UInt64) -> Entry? {
    var stat = zip_stat_t()
    zip_stat_init(&stat)
    let wanted =
      UInt64(ZIP_STAT_NAME) | UInt64(ZIP_STAT_SIZE) | UInt64(ZIP_STAT_COMP_SIZE) | UInt64(ZIP_STAT_COMP_METHOD)
      | UInt64(ZIP_STAT_ENCRYPTION_METHOD)
    guard zip_stat_index(archive, index, 0, &stat) == 0, stat.valid & wanted == wanted, let name = stat.name else {
      return nil
    }
    return Entry(
      index: index, name: String(cString: name), byteCount: stat.size,
      packedByteCount: stat.comp_size, isEncrypted: Int32(stat.encryption_method) != ZIP_EM_NONE,
      isStoredOrDeflated: [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(Int32(stat.comp_method)))
  }

  /// Unpacks one entry. libzip compares length and checksum when the end is reached.
  /// - Throws: `archive-malformed`.
  func content(of entry: Entry) throws(ChatArchiveError) -> [UInt8] {
    guard let file = zip_fopen_index(archive, entry.index, 0) else { throw Self.malformed("the chat cannot be opened") }
    defer { zip_fclose(file) }
    let limit = Int(entry.byteCount)
    var isWhole = true
    // One byte more than the directory says, so that the end is reached or shown to be missing.
    let content = [UInt8](unsafeUninitializedCapacity: limit + 1) { buffer, count in
      while count <= limit {
        let read = zip_fread(file, buffer.baseAddress?.advanced(by: count), zip_uint64_t(limit + 1 - count))
        guard read > 0 else {
          isWhole = read == 0 && count == limit
          return
        }
        count += Int(read)
      }
      isWhole = false
    }
    guard isWhole else { throw Self.malformed("the chat is not what the archive's directory says") }
    return content
  }

  private static func malformed(_ message: String) -> ChatArchiveError {
    ChatArchiveError(ChatArchiveError.malformed, message)
  }
}

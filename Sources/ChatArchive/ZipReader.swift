import CZip

/// An open archive in memory, and what libzip reads in it.
struct ZipReader {
  struct Entry {
    let index: UInt64
    let name: String
    /// Unpacked, as the directory says.
    let byteCount: UInt64
    let packedByteCount: UInt64
    let isEncrypted: Bool
    let isStoredOrDeflated: Bool
  }

  private let archive: OpaquePointer

  /// - Parameter bytes: outlive the reader.
  /// - Throws: `archive-malformed`.
  init(_ bytes: UnsafeRawBufferPointer) throws(ChatArchiveError) {
    var error = zip_error_t()
    zip_error_init(&error)
    defer { zip_error_fini(&error) }
    guard let source = zip_source_buffer_create(bytes.baseAddress, zip_uint64_t(bytes.count), 0, &error) else {
      throw Self.malformed("archive cannot be opened")
    }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) else {
      zip_source_free(source)
      guard zip_error_code_zip(&error) != ZIP_ER_EXISTS else {
        throw ChatArchiveError(ChatArchiveError.repeatedName, "two entries have one name")
      }
      throw Self.malformed("archive is no zip, or its directory contradicts its entries")
    }
    self.archive = archive
  }

  func close() { zip_discard(archive) }

  /// - Throws: `archive-malformed`, `archive-too-large`, `archive-name-unsafe`.
  func entries() throws(ChatArchiveError) -> [Entry] {
    let count = zip_get_num_entries(archive, 0)
    guard (0...zip_int64_t(ChatArchive.entryCountLimit)).contains(count) else {
      throw ChatArchiveError(ChatArchiveError.tooLarge, "archive has \(count) entries")
    }
    var entries: [Entry] = []
    for index in 0..<UInt64(count) { entries.append(try entry(index)) }
    return entries
  }

  private func entry(_ index: UInt64) throws(ChatArchiveError) -> Entry {
    var stat = zip_stat_t()
    zip_stat_init(&stat)
    let wanted =
      UInt64(ZIP_STAT_NAME) | UInt64(ZIP_STAT_SIZE) | UInt64(ZIP_STAT_COMP_SIZE) | UInt64(ZIP_STAT_COMP_METHOD)
      | UInt64(ZIP_STAT_ENCRYPTION_METHOD)
    guard zip_stat_index(archive, index, 0, &stat) == 0, stat.valid & wanted == wanted, let name = stat.name else {
      throw Self.malformed("entry \(index + 1) cannot be read")
    }
    return Entry(
      index: index, name: try Self.checked(String(cString: name)), byteCount: stat.size,
      packedByteCount: stat.comp_size, isEncrypted: Int32(stat.encryption_method) != ZIP_EM_NONE,
      isStoredOrDeflated: [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(Int32(stat.comp_method)))
  }

  /// WhatsApp's archives are flat. A name is text without separators of any system, control characters or dots alone.
  private static func checked(_ name: String) throws(ChatArchiveError) -> String {
    let isSafe =
      !name.isEmpty && name.utf8.count <= ChatArchive.nameByteCountLimit && name != "." && name != ".."
      && name.dropFirst().first != ":"
      && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0.properties.generalCategory == .control }
    guard isSafe else {
      throw ChatArchiveError(ChatArchiveError.unsafeName, "the name of an entry is a path or no name")
    }
    return name
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

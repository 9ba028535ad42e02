import Crypto
public import Foundation
import WireFormat

/// Answers of vendors on disk, one file each, named by SHA-256 of the address.
///
/// Nothing in it is trusted: whoever uses an endorsement verifies it. A file that cannot be read is as if it were not
/// there.
public struct EndorsementCache: Sendable {
  private let folder: URL

  /// - Throws: `fetch-folder-unwritable`.
  public init(folder: URL) throws(FetchError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw FetchError(FetchError.folder, "cache folder cannot be made")
    }
    self.folder = folder
  }

  private func file(_ address: String) -> URL {
    folder.appendingPathComponent(Array(SHA256.hash(data: Array(address.utf8))).hexadecimal + ".answer")
  }

  /// The answer to a request, unless it is older than the request allows or from the future.
  func answer(to request: VendorRequest, at time: Date) -> VendorAnswer? {
    guard let content = FileManager.default.contents(atPath: file(request.address).path),
      let entry = CacheEntry(parsing: Array(content)), entry.address == request.address,
      request.fields.allSatisfy({ entry.answer.fields[$0] != nil })
    else { return nil }
    guard let largestAge = request.largestAge else { return entry.answer }
    let age = time.timeIntervalSince1970 - Double(entry.fetched)
    return age >= 0 && age <= Double(largestAge) ? entry.answer : nil
  }

  /// - Throws: `fetch-folder-unwritable`.
  func store(_ answer: VendorAnswer, to request: VendorRequest, at time: Date) throws(FetchError) {
    let entry = CacheEntry(
      address: request.address, fetched: Int64(time.timeIntervalSince1970.rounded(.down)), answer: answer)
    do {
      try Data(entry.encoded).write(to: file(request.address), options: .atomic)
    } catch {
      throw FetchError(FetchError.folder, "cache folder cannot be written")
    }
  }
}

import Crypto
public import Foundation
import StrictJSON
import WireFormat

/// Answers of vendors on disk, one file each, named by SHA-256 of the address.
///
/// Nothing in it is trusted: whoever uses an endorsement verifies it. A file that cannot be read is as if it were not
/// there.
public struct EndorsementCache: Sendable {
  static let byteLimit = 8 << 20

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

  /// One line of JSON, then the body.
  private struct Entry {
    var address: String
    /// Seconds since 1970.
    var fetched: Int64
    var answer: VendorAnswer

    init(address: String, fetched: Int64, answer: VendorAnswer) {
      self.address = address
      self.fetched = fetched
      self.answer = answer
    }

    var bytes: [UInt8] {
      let head: JSONValue = [
        "address": .string(address), "fetched": .integer(fetched),
        "fields": .object(answer.fields.mapValues(JSONValue.string)),
      ]
      return head.canonicalBytes + [0x0A] + answer.body
    }

    init?(_ bytes: [UInt8]) {
      guard bytes.count <= EndorsementCache.byteLimit, let end = bytes.firstIndex(of: 0x0A),
        var head = try? JSONObject(parsing: Array(bytes[..<end]), name: "cache entry"),
        let address = try? head.string("address"), let fetched = try? head.integer("fetched"),
        var fieldObject = try? head.object("fields"), (try? head.finish()) != nil
      else { return nil }
      var fields: [String: String] = [:]
      for name in fieldObject.remainingNames {
        guard case .string(let value)? = fieldObject.takeEntry(name) else { return nil }
        fields[name] = value
      }
      self.init(
        address: address, fetched: fetched, answer: VendorAnswer(body: Array(bytes[(end + 1)...]), fields: fields))
    }
  }

  /// The answer to a request, unless it is older than the request allows or from the future.
  func answer(to request: VendorRequest, at time: Date) -> VendorAnswer? {
    guard let content = FileManager.default.contents(atPath: file(request.address).path),
      let entry = Entry(Array(content)), entry.address == request.address,
      request.fields.allSatisfy({ entry.answer.fields[$0] != nil })
    else { return nil }
    guard let largestAge = request.largestAge else { return entry.answer }
    let age = time.timeIntervalSince1970 - Double(entry.fetched)
    return age >= 0 && age <= Double(largestAge) ? entry.answer : nil
  }

  /// - Throws: `fetch-folder-unwritable`.
  func store(_ answer: VendorAnswer, to request: VendorRequest, at time: Date) throws(FetchError) {
    let entry = Entry(
      address: request.address, fetched: Int64(time.timeIntervalSince1970.rounded(.down)), answer: answer)
    do {
      try Data(entry.bytes).write(to: file(request.address), options: .atomic)
    } catch {
      throw FetchError(FetchError.folder, "cache folder cannot be written")
    }
  }
}

import Foundation

/// What of many markers is found in the memory of one process.
struct Remains: CustomStringConvertible {
  private struct Copy {
    let form: String
    let region: String
    /// Nil where it is overwritten in part.
    let number: Int?
  }

  private var copies: [Copy] = []

  init() {}

  /// - Throws: `ProcessMemory.CannotRead`, also where the process is gone.
  init(of forms: [Markers.Form], in process: Int32) throws {
    let longest = forms.map { Markers.digitCount * $0.digits[0].count }.max() ?? 0
    copies = try ProcessMemory(process: process).hits(of: forms.map(\.prefix), followingCount: longest).map { hit in
      let form = forms[hit.pattern]
      return Copy(form: form.name, region: hit.region, number: form.number(hit.following[...]))
    }
  }

  var copyCount: Int { copies.count }

  /// Of how many requests a whole copy is there.
  var requestCount: Int { Set(copies.compactMap(\.number)).count }

  /// Copies of one request's marker in one form.
  func copyCount(of number: Int, as form: String) -> Int { copies.count { $0.form == form && $0.number == number } }

  var description: String {
    guard !copies.isEmpty else { return "nothing" }
    let places = Dictionary(grouping: copies) { "as \($0.form) in \($0.region)" }.sorted { $0.key < $1.key }
    let list = places.map { "\($0.value.count) \($0.key)" }.joined(separator: ", ")
    return "\(copyCount) copies of \(requestCount) requests (\(list))"
  }
}

import StrictJSON

/// The problem types of Oblivious HTTP (RFC 9458), carried as RFC 9457 says.
///
/// `keyUnknown` is answered outside any encapsulation, since the request could not be opened; `dateNotAcceptable` inside
/// it, so that the relay learns nothing.
public enum OHTTPProblem: String, Sendable, CaseIterable {
  /// Section 5.3: no key of the gateway has the request's key identifier and algorithms.
  case keyUnknown = "https://iana.org/assignments/http-problem-types#ohttp-key"
  /// Section 6.5.2: the `Date` field is outside the window that the gateway accepts.
  case dateNotAcceptable = "https://iana.org/assignments/http-problem-types#date"

  public static let mediaType = "application/problem+json"

  /// What their registrations recommend (sections 9.4 and 9.5). Another gateway may send another one: a problem is known
  /// by its type alone.
  public var statusCode: Int { 400 }

  /// The content of the answer: the type and a title, nothing about the request.
  public var content: [UInt8] {
    let title = self == .keyUnknown ? "Oblivious HTTP key configuration not acceptable" : "Date Not Acceptable"
    return JSONValue.object(["type": .string(rawValue), "title": .string(title)]).canonicalBytes
  }

  /// The problem in a received answer, which is untrusted; nil for any other answer. Whatever else the object says is
  /// ignored.
  ///
  /// - Parameter mediaType: the value of `content-type`; parameters behind it are ignored.
  public init?(mediaType: String?, content: [UInt8]) {
    let essence = mediaType?.prefix { $0 != ";" }.split { $0 == " " || $0 == "\t" }.joined().lowercased()
    guard essence == Self.mediaType, content.count <= Self.contentLimit,
      var object = try? JSONObject(parsing: content, name: "problem"), let type = try? object.string("type")
    else { return nil }
    self.init(rawValue: type)
  }

  /// The longest answer that is read, in bytes.
  private static let contentLimit = 16 << 10
}

import Foundation

/// Base64 with the URL-safe alphabet and padding (RFC 4648, section 5), as token fields carry it.
enum Base64URLText {
  static func encode(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
  }
}

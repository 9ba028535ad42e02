public import Trust
import WireFormat

/// The names by which a gateway finds what publishers signed, in its folder of publications.
public enum PublicationFile {
  /// One name for each release in its role, each publisher's list and the policy, so that a new entry takes the place of
  /// the one before. Nil for what bundles do not carry.
  public static func name(of entry: ReleaseLogEntry) -> String? {
    switch entry {
    case .release(let release): "release-\(plain(release.name))-\(plain(release.role)).dsse"
    case .revocation(_, let publisher): "revocation-\(publisher.identifier).dsse"
    case .policy: "policy.dsse"
    case .promise: nil
    }
  }

  /// The text where it is letters, digits and hyphens, else its bytes in hexadecimal.
  private static func plain(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
    }
    return isPlain && !text.isEmpty ? text : Array(text.utf8).hexadecimal
  }
}

import Attestation

extension String {
  /// The text with everything escaped that a terminal would act on: control and format characters, and separators.
  var printable: String { EvidenceDescription.printable(self) }

  /// The same for a text of several lines, which stay.
  var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\n")
  }
}

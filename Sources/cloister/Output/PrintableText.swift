import Attestation

extension String {
  /// The text with everything escaped that a terminal would act on: control and format characters, and separators.
  var printable: String { EvidenceDescription.printable(self) }
}

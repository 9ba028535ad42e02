package import StrictJSON
import WireFormat

extension AzureSNP {
  /// What the attester adds to the paravisor's report: a quote of the virtual TPM, as JSON. Parsing says nothing about
  /// who wrote it.
  ///
  ///     {"signature": "<hexadecimal>", "message": "<TPMS_ATTEST>", "pcrs": ["<32 bytes>", … 24 of them]}
  package struct QuoteSupplement: Sendable, Equatable {
    package static let byteLimit = 16 << 10
    static let signatureByteLimit = 512

    /// RSASSA-PKCS1-v1_5 with SHA-256 over `message`.
    package var signature: [UInt8]
    /// TPMS_ATTEST.
    package var message: [UInt8]
    /// The bank of SHA-256, PCR 0 first; only those that the quote selects are believed.
    package var pcrs: [[UInt8]]

    package init(signature: [UInt8], message: [UInt8], pcrs: [[UInt8]]) {
      self.signature = signature
      self.message = message
      self.pcrs = pcrs
    }

    /// - Throws: `vtpm-quote-malformed`.
    package init(parsing bytes: [UInt8]) throws(AttestationError) {
      do {
        var object = try JSONObject(parsing: bytes, name: "quote", byteLimit: Self.byteLimit)
        signature = try Self.bytes(try object.string("signature"), limit: Self.signatureByteLimit)
        message = try Self.bytes(try object.string("message"), limit: VTPMQuote.byteLimit)
        pcrs = []
        for text in try object.strings("pcrs") { pcrs.append(try Self.bytes(text, limit: 32)) }
        try object.finish()
      } catch {
        throw VTPMQuote.malformed(error.message)
      }
      guard pcrs.count == VTPMQuote.pcrCount, pcrs.allSatisfy({ $0.count == 32 }) else {
        throw VTPMQuote.malformed("quote has not \(VTPMQuote.pcrCount) PCRs of 32 bytes")
      }
    }

    private static func bytes(_ text: String, limit: Int) throws(JSONError) -> [UInt8] {
      guard text.utf8.count <= 2 * limit, let bytes = [UInt8](hexadecimal: text) else {
        throw JSONError(JSONError.wrongType, "a member of the quote is not hexadecimal of at most \(limit) bytes")
      }
      return bytes
    }

    package var json: JSONValue {
      [
        "signature": .string(signature.hexadecimal), "message": .string(message.hexadecimal),
        "pcrs": .array(pcrs.map { .string($0.hexadecimal) }),
      ]
    }
  }
}

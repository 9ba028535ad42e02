import HybridPublicKeyEncryption

extension SenderContext {
  static func encapsulating(
    to configuration: KeyConfiguration, _ header: RequestHeader, _ form: OHTTPForm, ephemeral: KEMPrivateKey?
  ) throws(OHTTPError) -> SenderContext {
    do {
      return try SenderContext(
        recipient: configuration.publicKey, schedule: header.keySchedule(form), ephemeral: ephemeral)
    } catch {
      throw OHTTPError(OHTTPError.malformed, "public key of the key configuration: \(error.message)")
    }
  }
}

extension RecipientContext {
  static func decapsulating(
    _ encapsulatedKey: [UInt8], _ privateKey: KEMPrivateKey, _ schedule: KeySchedule
  ) throws(OHTTPError) -> RecipientContext {
    do {
      return try RecipientContext(privateKey: privateKey, encapsulatedKey: encapsulatedKey, schedule: schedule)
    } catch {
      throw OHTTPError.notDecrypted
    }
  }
}

extension Nitro {
  static func describe(_ bytes: [UInt8]) throws(AttestationError) -> [FieldDescription] {
    throw AttestationError(AttestationError.platformUnsupported, "platform is not supported")
  }
}

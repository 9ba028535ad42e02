/// What a decoder takes at most, in bytes unless the name says otherwise. Lengths are checked before anything is stored.
public struct Limits: Sendable, Equatable {
  /// Of each of method, scheme, authority and path.
  public var controlDataByteCount: Int
  /// Of one header or trailer section, length prefixes included.
  public var fieldSectionByteCount: Int
  /// Field lines in one section.
  public var fieldCount: Int
  /// Informational responses before the final one.
  public var informationalCount: Int
  public var contentByteCount: Int

  public init(
    controlDataByteCount: Int = 8 << 10, fieldSectionByteCount: Int = 64 << 10, fieldCount: Int = 256,
    informationalCount: Int = 8, contentByteCount: Int = 16 << 20
  ) {
    self.controlDataByteCount = controlDataByteCount
    self.fieldSectionByteCount = fieldSectionByteCount
    self.fieldCount = fieldCount
    self.informationalCount = informationalCount
    self.contentByteCount = contentByteCount
  }

  public static let `default` = Limits()
}

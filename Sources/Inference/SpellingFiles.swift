public import StrictJSON

/// The two files of a dictionary that a node reads: what a release fixes of them is their digests.
///
///     {
///       "language": "en",
///       "affix": {"path": "/usr/share/hunspell/en_US.aff", "digest": "..."},   SHA-256, lower-case hexadecimal
///       "words": {"path": "/usr/share/hunspell/en_US.dic", "digest": "..."}
///     }
public struct SpellingFiles: Sendable, Equatable {
  public let language: Language
  public let affix: EngineProgram.File
  public let words: EngineProgram.File

  /// Reads a list in which no language stands twice.
  /// - Throws: `engine-program-invalid`.
  public static func list(_ value: JSONValue?) throws(InferenceError) -> [SpellingFiles] {
    guard let value else { return [] }
    guard case .array(let elements) = value else {
      throw InferenceError(InferenceError.engineProgramInvalid, "dictionaries is no array")
    }
    var list: [SpellingFiles] = []
    for element in elements {
      let files = try SpellingFiles(element)
      guard !list.contains(where: { $0.language == files.language }) else {
        throw InferenceError(InferenceError.engineProgramInvalid, "a language has two dictionaries")
      }
      list.append(files)
    }
    return list
  }

  private init(_ value: JSONValue) throws(InferenceError) {
    do {
      var object = try JSONObject(value, name: "dictionary")
      guard let language = Language(rawValue: try object.string("language")) else {
        throw InferenceError(InferenceError.engineProgramInvalid, "a dictionary is of an unknown language")
      }
      self.language = language
      affix = try EngineProgram.File(reading: try object.object("affix"))
      words = try EngineProgram.File(reading: try object.object("words"))
      try object.finish()
    } catch let error as InferenceError {
      throw error
    } catch {
      throw InferenceError(InferenceError.engineProgramInvalid, "a dictionary is not of its schema")
    }
  }

  /// What an engine manifest says of it: all but the paths.
  public var manifestValue: JSONValue {
    ["language": .string(language.rawValue), "affix": .string(affix.digest), "words": .string(words.digest)]
  }
}

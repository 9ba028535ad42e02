import CHunspell
public import Inference
import Synchronization

/// A dictionary in Hunspell's form: a list of words, and a file that says how they bend and join.
///
/// Hunspell is C++ that was written for files one trusts. Both files are pinned by digest, and of a draft it gets single
/// words alone: letters, apostrophes and hyphens, not many of them. It is asked whether it knows a word, and never for
/// suggestions, whose code is larger by far and gives up by the processor's clock.
public final class HunspellDictionary: SpellingDictionary {
  public let language: Language
  /// One word at a time: a look-up changes the library's own buffers.
  private let handle: Mutex<Handle>

  private struct Handle: ~Copyable, @unchecked Sendable {
    // Used under the mutex alone, and never copied.
    let pointer: OpaquePointer

    deinit { Hunspell_destroy(pointer) }
  }

  /// Reads both files once; nothing is opened afterwards.
  /// - Throws: `dictionary-unusable` where the library does not take them, or they are not in UTF-8.
  public init(language: Language, affixPath: String, wordsPath: String) throws(InferenceError) {
    guard let pointer = Hunspell_create(affixPath, wordsPath) else { throw Self.unusable }
    self.language = language
    handle = Mutex(Handle(pointer: pointer))
    let isUTF8 = handle.withLock { handle in
      Hunspell_get_dic_encoding(handle.pointer).map { String(cString: $0) == "UTF-8" } ?? false
    }
    // Without its first file the library assumes Latin-1; without words it knows not one.
    guard isUTF8, Self.commonWords[language].map({ contains($0) }) ?? true else { throw Self.unusable }
  }

  private static let commonWords: [Language: String] = [.english: "and", .german: "und", .spanish: "y"]

  private static var unusable: InferenceError {
    InferenceError(InferenceError.dictionaryUnusable, "a dictionary is not in UTF-8, or does not know its language")
  }

  /// False for anything but a word.
  public func contains(_ word: String) -> Bool {
    guard (1...Self.byteLimit).contains(word.utf8.count), word.unicodeScalars.allSatisfy(Self.isPartOfWord) else {
      return false
    }
    return handle.withLock { Hunspell_spell($0.pointer, word) != 0 }
  }

  /// Of the longest word that the library is asked for.
  private static let byteLimit = 128

  private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "'" || scalar == "-" || (scalar.value < 0x250 && scalar.properties.isAlphabetic)
  }
}

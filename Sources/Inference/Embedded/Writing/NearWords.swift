/// Known words near to one that is not known, nearest first: by a capital; by slips of the hand (two letters swapped,
/// one doubled or not doubled, an apostrophe left out, ss for ß, ae for ä); by two such slips; by one letter that is
/// missing, wrong or too much.
///
/// Each word is asked of the dictionary by itself, so that the same word gets the same answer however busy a machine is.
struct NearWords {
  private let word: [Character]
  private let dictionary: any SpellingDictionary

  /// - Parameter word: lower case.
  init(_ word: String, _ dictionary: any SpellingDictionary) {
    self.word = Array(word)
    self.dictionary = dictionary
  }

  /// Letters of the shortest word in which one may be missing, wrong or too much: shorter ones have too many neighbours.
  private static let shortestForLetters = 5

  /// The one known word of the nearest kind that has any; nil where there are several, or none at all.
  var onlyOne: String? {
    let slips = Self.slips(of: word, in: dictionary.language)
    for kind in [{ [capitalized] }, { slips }, farther(slips)] as [() -> [[Character]]] {
      var found: Set<String> = []
      var asked: Set<String> = []
      for candidate in kind() {
        let text = String(candidate)
        guard candidate != word, asked.insert(text).inserted, dictionary.contains(text) else { continue }
        found.insert(text)
        guard found.count == 1 else { return nil }
      }
      if let only = found.first { return only }
    }
    return nil
  }

  private var capitalized: [Character] { Array(String(word).capitalizedFirst) }

  private func farther(_ slips: [[Character]]) -> () -> [[Character]] {
    {
      let twice = slips.flatMap { Self.slips(of: $0, in: dictionary.language) }
      return word.count >= Self.shortestForLetters ? twice + letters : twice
    }
  }

  private static func slips(of word: [Character], in language: Language) -> [[Character]] {
    var output: [[Character]] = []
    for index in word.indices {
      let next = index + 1
      if next < word.count, word[index] != word[next] {
        var swapped = word
        swapped.swapAt(index, next)
        output.append(swapped)
      }
      if next < word.count, word[index] == word[next] {
        output.append(Array(word[..<index] + word[next...]))
      } else {
        output.append(Array(word[...index] + word[index...]))
      }
    }
    switch language {
    case .english where !word.contains("'"):
      for index in word.indices.dropFirst() { output.append(Array(word[..<index] + ["'"] + word[index...])) }
    case .german: output += germanSpellings(of: word)
    default: break
    }
    return output
  }

  private static func germanSpellings(of word: [Character]) -> [[Character]] {
    let pairs: [(String, Character)] = [("ss", "ß"), ("ae", "ä"), ("oe", "ö"), ("ue", "ü")]
    var output: [[Character]] = []
    for index in word.indices {
      for (written, letter) in pairs {
        if index + 1 < word.count, String(word[index...(index + 1)]) == written {
          output.append(Array(word[..<index] + [letter] + word[(index + 2)...]))
        } else if word[index] == letter {
          output.append(Array(word[..<index] + Array(written) + word[(index + 1)...]))
        }
      }
    }
    return output
  }

  private var letters: [[Character]] {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz" + (dictionary.language == .german ? "äöüß" : ""))
    var output: [[Character]] = []
    for index in 0...word.count {
      for letter in alphabet { output.append(Array(word[..<index] + [letter] + word[index...])) }
      guard index < word.count else { break }
      output.append(Array(word[..<index] + word[(index + 1)...]))
      for letter in alphabet where letter != word[index] {
        output.append(Array(word[..<index] + [letter] + word[(index + 1)...]))
      }
    }
    return output
  }
}

/// An engine without a model: it chooses sentences of the chat and puts them in order, and rewrites drafts by rules.
///
/// It is deterministic, holds nothing between requests, and works in time linear in the chat's length. It writes no
/// words of its own but labels, and cannot follow instructions, so text of a chat cannot steer it but by being chosen.
public struct EmbeddedEngine: Engine {
  public let name = "cloister-extractive-1"

  /// Largest length of a summary in words, and its largest share of the chat's words.
  public static let wordLimit = 180
  public static let largestShare = 0.2
  /// What a summary of a very short chat may have all the same.
  public static let smallestWordLimit = 24

  /// The canonical bytes of all dictionaries, for the node's measurement.
  public static var dictionaryDigestInput: [UInt8] { LanguageDictionary.all.flatMap(\.canonicalBytes) }

  private let rewriting: RuleBasedRewriting

  /// - Parameter dictionaries: for spelling; without any it is `engine-cannot`.
  public init(dictionaries: [any SpellingDictionary] = []) {
    rewriting = RuleBasedRewriting(dictionaries: dictionaries)
  }

  public func summarize(_ request: SummaryRequest) async throws(InferenceError) -> Summary {
    // It computes for milliseconds, which a thread that serves connections does not have.
    await withTaskExecutorPreference(globalConcurrentExecutor) { summary(of: request) }
  }

  /// The same without a suspension point.
  public func summary(of request: SummaryRequest) -> Summary {
    summary(of: request, wordLimit: nil)
  }

  func summary(of request: SummaryRequest, wordLimit: Int?) -> Summary {
    let language = Language(detectedIn: request.messages)
    var conversation = Conversation(request: request, language: language)
    conversation.relate()
    let selection = SummarySelection(
      conversation: conversation, candidates: conversation.candidates(), wordLimit: wordLimit)
    return Summary(content: .extracted(selection.sections()), language: language)
  }

  /// Every word that a rule for `concise` or `professional` can write, in lower case; of any other language none.
  package static func substitutes(in language: Language) -> Set<String> {
    WritingRules.rules(for: language)?.substitutes ?? []
  }

  /// Throws `engine-cannot` for tones that need a model, and `draft-too-long`.
  public func rewrite(_ request: RewriteRequest) async throws(InferenceError) -> WrittenText {
    try rewriting.rewrite(request)
  }

  /// The same without a suspension point.
  public func rewritten(_ request: RewriteRequest) throws(InferenceError) -> WrittenText {
    try rewriting.rewrite(request)
  }

  /// Throws `engine-cannot`: free chat needs a model.
  public func complete(_ request: ChatCompletionRequest) async throws(InferenceError) -> ChatCompletionResponse {
    throw InferenceError(InferenceError.engineCannot, "embedded engine has no model for free chat")
  }
}

extension Prompt {
  /// A chat that fits the context window.
  public static let summary = Prompt(
    "summary", answerTokenLimit: 600,
    """
    You summarise one chat for a person who has not read it. \(form) Give, where the chat has them: decisions; open \
    questions; dates and places; what is asked of the reader. Say nothing that the chat does not say.
    """,
    data: "the chat and, where it is known, the reader's name")

  /// One part of a chat that does not.
  public static let notes = Prompt(
    "notes", answerTokenLimit: 256,
    """
    You take notes of one part of a longer chat, from which somebody else will write a summary. Write in the language \
    of the chat, at most 80 words, plain text, one short line for each point. Name who said what. Keep decisions, open \
    questions, dates and places, what is asked of the reader. Say nothing that the chat does not say.
    """,
    data: "the part of the chat and, where it is known, the reader's name")

  /// Notes of parts that follow one another.
  public static let notesOfNotes = Prompt(
    "notes-of-notes", answerTokenLimit: 256,
    """
    You put together notes of parts of one chat, which follow one another, from which somebody else will write a \
    summary. Write in the language of the notes, at most 80 words, plain text, one short line for each point. Where \
    notes contradict each other, the later ones hold. Keep names, decisions, open questions, dates and places, what is \
    asked of the reader. Say nothing that the notes do not say.
    """,
    data: "the notes of each part and, where it is known, the reader's name")

  public static let summaryOfNotes = Prompt(
    "summary-of-notes", answerTokenLimit: 600,
    """
    You summarise one chat for a person who has not read it, from notes of its parts, which follow one another. \(form) \
    Where notes contradict each other, the later ones hold. Give, where the notes have them: decisions; open questions; \
    dates and places; what is asked of the reader. Say nothing that the notes do not say.
    """,
    data: "the notes of each part and, where it is known, the reader's name")

  private static var form: String {
    "Write in the language of the chat, at most 180 words, plain text, short lines. Name who said what."
  }
}

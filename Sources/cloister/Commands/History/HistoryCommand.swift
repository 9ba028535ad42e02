import ArgumentParser

struct HistoryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Answers that you keep, sealed with a passphrase; none, until you say so.",
    discussion: """
      Off by default. While it is on, each summary, rewriting and reply, of these commands and of the local page, is kept \
      under its receipt's identifier: the answer, and what it was about. Chats, and what cloister proxy gives to apps, \
      are not kept. An answer is sealed without asking for the passphrase, and read with it alone. Who takes a copy of \
      the disk, today or later, reads nothing of it without the passphrase. Who can write your files can remove entries, \
      bring back older copies, or add some; and put another key in the place of yours, and read every answer that is kept \
      from then on, but none from before. Your passphrase does not open such a history (history-locked): then purge it.

      The passphrase is asked for on the terminal, or read from --passphrase-file, or from a line of standard input where \
      that is no terminal. Nobody can restore it. A platform's key store can take its place in an app.
      """,
    subcommands: [
      HistoryStatus.self, HistoryOn.self, HistoryOff.self, HistoryList.self, HistoryShow.self, HistoryPurge.self,
    ])
}

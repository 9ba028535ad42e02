import ArgumentParser
import CloisterClient
import Foundation
import Glibc

/// Where a passphrase comes from.
struct PassphraseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("File whose first line is the passphrase; keep it elsewhere than the state.", valueName: "file"))
  var passphraseFile: String?

  /// - Parameter isNew: asks twice.
  func passphrase(isNew: Bool = false) throws -> HistoryPassphrase {
    if let passphraseFile {
      // What is no text would be repaired, and other bytes become the same passphrase.
      guard let text = String(validating: try InputFile.bytes(passphraseFile, byteLimit: 4_096), as: UTF8.self) else {
        throw CommandError(
          CommandError.fileUnfit, "the passphrase is not text in UTF-8", advice: "Save it as plain text in UTF-8.")
      }
      // As a terminal gives it: without the marks that Windows puts at the beginning and at the end of a line.
      let line = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.first ?? ""
      return try HistoryPassphrase(String(line.first == "\u{FEFF}" ? line.dropFirst() : line))
    }
    let text = try Self.line("Passphrase: ")
    if isNew, isatty(STDIN_FILENO) == 1, try Self.line("Again: ") != text {
      throw CommandError(
        CommandError.passphraseMissing, "the passphrases differ", advice: "Begin again, and type the same one twice.")
    }
    return try HistoryPassphrase(text)
  }

  /// A line of standard input, not shown where that is a terminal.
  private static func line(_ prompt: String) throws -> String {
    var settings = termios()
    let isTerminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &settings) == 0
    if isTerminal {
      StandardStream.errors.write(prompt)
      var silent = settings
      silent.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }
    let text = readLine()
    if isTerminal {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
      CommandOutput.note("")
    }
    guard let text else {
      throw CommandError(
        CommandError.passphraseMissing, "there is no passphrase on standard input",
        advice: "Type it when asked, write it to standard input, or name its file: --passphrase-file FILE.")
    }
    return text
  }
}

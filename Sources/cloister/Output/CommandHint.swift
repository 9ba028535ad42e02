import Foundation

/// Commands of `cloister` that a text names between grave accents, as the person has to type them: under the name that
/// this one was called by, and with the state folder where it is not the default one.
struct CommandHint {
  /// The state's folder where the arguments name one; nil where the command would find it by itself.
  var statePath: String?

  /// The text with each command spelled out.
  func spelled(_ text: String) -> String {
    text.replacing(#/`cloister ([^`]*)`/#) { command(String($0.output.1)) }
  }

  /// - Parameter arguments: behind the program's name.
  func command(_ arguments: String) -> String {
    // Help is about no state.
    let state = arguments.hasSuffix("--help") ? "" : statePath.map { " --state \(Self.quoted($0))" } ?? ""
    return "\(Self.program) \(arguments)\(state)"
  }

  static func names(_ text: String) -> Bool { text.contains("`cloister ") }

  /// A path where this process was started by one: then no shell finds it by its name.
  private static let program: String = {
    let first = CommandLine.arguments.first ?? "cloister"
    return first.contains("/") ? quoted(first) : "cloister"
  }()

  /// As a shell reads it back.
  static func quoted(_ text: String) -> String {
    text.wholeMatch(of: #/[A-Za-z0-9\/._+,:@%-]+/#) != nil ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
  }
}

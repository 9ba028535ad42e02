import CloisterSDK

/// The five lines of Sources/CloisterClient/CloisterClient.docc/FirstAnswer.md, as they are there. They would ask with the
/// state of whoever runs the tests, so they are compiled and not called; `examples/command-line-chat` runs the same.
enum FirstAnswerCode {
  static func ask() async throws {
    try await withCloister { client in
      for try await text in try await client.ask("Is Friday still good?") {
        print(text, terminator: "")
      }
    }
  }
}

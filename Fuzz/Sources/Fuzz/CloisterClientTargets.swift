import CloisterClient
import Foundation
import Inference
import PrivacyPass

extension FuzzTarget {
  static let cloisterClient = [
    FuzzTarget("wallet-file", seeds: { WalletFixture.contents }) { bytes in
      guard let file = try? WalletFile(decoding: bytes, name: WalletFixture.name) else { return }
      claim(file.content == bytes, "a wallet file's content encodes to its bytes")
      claim(file.name == WalletFixture.name, "a wallet file is of the plan and day of its name")
      claim(file.tokens.count <= WalletFile.tokenLimit, "tokens are bounded")
      claim(file.tokens.allSatisfy { $0.count == Token.byteCount }, "tokens are whole")
    },
    FuzzTarget("history-key", maximumByteCount: HistoryKeyFile.byteCount + 1, seeds: { HistoryFixture.keys }) { bytes in
      guard let file = try? HistoryKeyFile(decoding: bytes) else { return }
      claim(file.encoded == bytes, "a history's key file has one form")
    },
    FuzzTarget("history-entry", maximumByteCount: 8_192, seeds: { HistoryFixture.contents }) { bytes in
      guard let entry = try? HistoryEntry(decoding: bytes, identifier: HistoryFixture.identifier) else { return }
      claim(entry.receiptIdentifier == HistoryFixture.identifier, "an entry is the one of its name")
      let again = (try? entry.content()).flatMap {
        try? HistoryEntry(decoding: $0, identifier: HistoryFixture.identifier)
      }
      claim(again == entry, "an entry is written and read again")
    },
    FuzzTarget("history-file", maximumByteCount: 4_096, seeds: { [HistoryFixture.file] }) { bytes in
      guard let parts = try? HistoryCipher.parts(bytes) else { return }
      claim(bytes == [1] + parts.encapsulatedKey + parts.ciphertext, "a file is its version and its two parts")
      claim(parts.ciphertext.count >= 16, "a ciphertext has a tag")
    },
    FuzzTarget("wallet-file-name", maximumByteCount: 80, seeds: { [Array(WalletFixture.name.utf8)] }) { bytes in
      guard let name = text(bytes), let day = WalletFile.issuerDay(ofName: name) else { return }
      let digits = String(day)
      claim(
        name.hasPrefix(String(repeating: "0", count: 20 - digits.count) + digits), "a name says its day in one form")
    },
    // What a node says, inside the encryption.
    FuzzTarget("task-answer", seeds: { TaskAnswerFixture.answers }) { bytes in
      let summary = try? SummaryTask.Result(parsing: bytes)
      let reply = try? ReplyTask.Result(parsing: bytes)
      let rewriting = try? RewriteTask.Result(parsing: bytes)
      let durations = [summary?.engine, reply?.engine, rewriting?.engine].compactMap(\.self)
      claim(durations.count <= 1, "an answer is of one task")
      claim(
        durations.allSatisfy { (.zero ... .microseconds(Int64(1) << 40)).contains($0) }, "an engine's time is bounded")
      // A summary is made safe once its placeholders are replaced.
      let shown = [reply?.text, reply?.engineName, rewriting?.text, rewriting?.engineName].compactMap(\.self)
      claim(
        (shown + (rewriting?.unknownWords ?? [])).allSatisfy { AnswerSanitizer.sanitized($0) == $0 },
        "what is shown is safe to print")
    },
  ]
}

private enum TaskAnswerFixture {
  static let answers = [
    #"{"engine":"embedded","engineMicroseconds":1200,"extractive":true,"summary":"- Friday at 7"}"#,
    #"{"engine":"small","engineMicroseconds":9223372036854775807,"text":"See you\u001b[2J then."}"#,
    #"{"engine":"embedded","engineMicroseconds":0,"ruleBased":true,"text":"Hi","unknownWords":["teh\u202e"]}"#,
    #"{"engine":"embedded","engineMicroseconds":-1,"text":""}"#,
  ].map { Array($0.utf8) }
}

private enum WalletFixture {
  private static let plan = TokenPlan(issuerName: "issuer.test", origin: "operator.test", name: "standard")

  static let name = WalletFile.name(issuerDay: 7, plan: plan)

  static let contents: [[UInt8]] = (0...2).map { count in
    WalletFile(
      issuerDay: 7, plan: plan,
      tokens: (0..<count).map { [UInt8](repeating: UInt8($0), count: Token.byteCount) }
    ).content
  }
}

private enum HistoryFixture {
  static let identifier = String(repeating: "a", count: 32)

  static let contents: [[UInt8]] = ["", "We meet on Friday."].compactMap { answer in
    try? HistoryEntry(
      receiptIdentifier: identifier, time: Date(timeIntervalSince1970: 1_790_000_000), task: "summarize",
      subject: answer.isEmpty ? nil : "Garden", answer: answer, isSimulated: true
    ).content()
  }

  /// Of each source, with bytes in the place of key and seal.
  static let keys: [[UInt8]] = [
    [1, 1, 17] + [UInt8](repeating: 7, count: HistoryKeyFile.byteCount - 3),
    [1, 2, 0] + [UInt8](repeating: 0, count: HistoryKeyFile.byteCount - 3),
  ]

  static let file = [1] + [UInt8](repeating: 7, count: HistoryCipher.overheadByteCount + 31)
}

import ChatHistory
import ChatImports
import CloisterClient
import ErrorCodes
import HTTPMessages
import Testing
import Trust

@Suite("What a refusal means to a person")
struct RefusalAdviceTests {
  @Test(
    "what a person can mend by a command names it, between grave accents",
    arguments: [
      (ClientError.policyMissing, "cloister init POLICY"), (ClientError.walletEmpty, "cloister tokens draw"),
      (ClientError.accountMissing, "cloister tokens draw --account-key FILE"),
      (ClientError.receiptUnknown, "cloister receipts list"), (ClientError.historyUnknown, "cloister history list"),
      (ChatHistoryError.notAnExport, "cloister summarize --help"), (ClientError.epochUnavailable, "cloister doctor"),
      (ChatImportError.chatUnknown, "cloister summarize EXPORT --list-chats"),
      (ChatImportError.chatNameAmbiguous, "cloister summarize EXPORT --list-chats"),
      (ClientError.appUnknown, "cloister app list"), (ClientError.appExists, "cloister app revoke NAME"),
    ])
  func command(code: ErrorCode, command: String) throws {
    let advice = try #require(RefusalAdvice.of(code)).commandLineAdvice
    #expect(advice.contains("`\(command)`"), "\(advice)")
  }

  @Test("a clock that is wrong is set")
  func clock() {
    #expect(RefusalAdvice.of(TrustError.beforeFirstEpoch)?.advice.contains("Set the clock") == true)
    #expect(RefusalAdvice.of(ClientError.epochUnavailable)?.commandLineAdvice.contains("clock") == true)
  }

  @Test("a check of the operator's machines that fails has no advice for the person's device")
  func unknown() {
    #expect(RefusalAdvice.of(ClientError.logRollback) == nil)
  }
}

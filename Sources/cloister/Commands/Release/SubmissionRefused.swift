import ErrorCodes
import HTTPMessages
import StrictJSON

/// The log did not take an entry.
struct SubmissionRefused: CodedError {
  let code: ErrorCode
  let message: String

  /// The log did not take an entry that a publisher submitted.
  static let refused = ErrorCode("log-submission-failed")

  /// Names the log's own code, which is one of ours where it is of the form that codes have.
  init(_ answer: WholeResponse) {
    code = Self.refused
    var object = try? JSONObject(parsing: answer.body, name: "log refusal", byteLimit: 1_024)
    let reason = (try? object?.string("code")) ?? "no reason"
    message =
      answer.status == 401
      ? "the submission key is not the one that the log knows"
      : "the log answered with status \(answer.status): \(reason.printable)"
  }
}

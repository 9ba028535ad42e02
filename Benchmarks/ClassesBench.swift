import ArgumentParser
import BinaryHTTP
import ChatHistory
import Foundation
import StrictJSON

/// What sizes requests of chats have, and what each set of request classes costs in padding and tells by the class.
struct ClassesBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classes",
    abstract: "Sizes of requests over chat exports, and what sets of request classes make of them.",
    discussion: """
      Messages of every export are pooled; chats of many messages are drawn from the pool (the same in every run). A
      request holds a selection as the client sends it: transcript, JSON, Binary HTTP. "Wide" stands for scripts of two
      bytes a letter and for talkative chats. Leaked bits: the entropy of the class over all selections, each
      selection as likely as the others; what an observer learns about the size from one request, on average.
      """)

  @Option(help: "Folder of chat exports; $CLOISTER_VECTORS/chat-exports without it.")
  var exports: String?

  @Option(help: "Draws of each selection.")
  var draws = 500

  @Option(help: "Where the random numbers begin.")
  var seed: UInt64 = 1

  private static let sets: [[Int]] = [
    [8], [32], [128], [512], [8, 512], [32, 512], [8, 128], [32, 128], [8, 32, 128], [8, 32, 512], [32, 128, 512],
    [8, 32, 128, 512], [4, 8, 16, 32, 64, 128, 256, 512],
  ]

  mutating func run() throws {
    let pool = try messageByteCounts()
    let sorted = pool.sorted()
    print(
      "\(pool.count) messages; bytes of one in a request: median \(sorted[pool.count / 2]), "
        + "p90 \(sorted[pool.count * 9 / 10]), largest \(sorted[pool.count - 1]), "
        + "mean \(pool.reduce(0, +) / pool.count)\n")
    let selections = Self.selections(of: pool, draws: draws, seed: seed)
    print("| selection | p10 | median | p90 | largest | wide: median | largest |")
    print("|---|---|---|---|---|---|---|")
    for selection in selections {
      let (narrow, wide) = (selection.byteCounts.sorted(), selection.wideByteCounts.sorted())
      func kib(_ bytes: [Int], _ quantile: Double) -> String {
        Self.tenths(Double(bytes[min(Int(Double(bytes.count) * quantile), bytes.count - 1)]) / 1_024)
      }
      print(
        "| \(selection.name) | \(kib(narrow, 0.1)) | \(kib(narrow, 0.5)) | \(kib(narrow, 0.9)) | \(kib(narrow, 1)) | "
          + "\(kib(wide, 0.5)) | \(kib(wide, 1)) |")
    }
    print("\nKiB. Over all of them, narrow and wide alike:\n")
    print("| classes, KiB | sent for each byte needed | mean padding, KiB | leaked bits | shortened |")
    print("|---|---|---|---|---|")
    let all = selections.flatMap { $0.byteCounts + $0.wideByteCounts }
    for set in Self.sets { print(ClassSet(kibibytes: set, byteCounts: all).row) }
  }

  /// The bytes that each message of each export takes in a request.
  private func messageByteCounts() throws -> [Int] {
    let vectors = ProcessInfo.processInfo.environment["CLOISTER_VECTORS"] ?? "../shared/vectors"
    let folder = URL(fileURLWithPath: exports ?? vectors + "/chat-exports")
    var files = [URL(fileURLWithPath: "examples/garden-group.txt")]
    let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    files += paths.filter { $0.hasSuffix(".txt") }.sorted().map { folder.appendingPathComponent($0) }
    var byteCounts: [Int] = []
    for file in files {
      // An export of another app is no export here.
      guard let chat = try? WhatsAppExport.parse(Array(Data(contentsOf: file)), title: nil) else { continue }
      byteCounts += chat.messages.map { message in
        JSONValue.string(ChatTranscript.text(of: [message])).canonicalBytes.count - 2
      }
    }
    guard byteCounts.count > 100 else { throw ValidationError("too few messages in \(folder.path)") }
    return byteCounts
  }

  private struct Selection {
    let name: String
    let byteCounts: [Int]
    let wideByteCounts: [Int]
  }

  private static func selections(of pool: [Int], draws: Int, seed: UInt64) -> [Selection] {
    var kinds = [20, 50, 100, 200, 500, 1_000, 2_000].map { (name: "newest \($0) messages", count: $0) }
    for perDay in [20, 60, 200, 600] {
      kinds.append(("a day at \(perDay) messages a day", perDay))
      kinds.append(("a week at \(perDay) messages a day", perDay * 7))
    }
    var random = SplitMix(state: seed)
    return kinds.map { kind in
      let contents = (0..<draws).map { _ in
        (0..<kind.count).reduce(0) { sum, _ in sum + pool[random.below(pool.count)] }
      }
      return Selection(
        name: kind.name, byteCounts: contents.map { requestByteCount(contentByteCount: $0) },
        wideByteCounts: contents.map { requestByteCount(contentByteCount: $0 * 2) })
    }
  }

  /// The encoded request around a transcript of so many bytes, escapes included.
  private static func requestByteCount(contentByteCount: Int) -> Int {
    let empty = JSONValue.object(["transcript": .string("")]).canonicalBytes.count
    let head = MessageSerializer.head(
      of: Request(
        method: "POST", scheme: "https", authority: "operator.example", path: "/v1/tasks/summarize",
        headerFields: ["content-type": "application/json"]),
      contentByteCount: contentByteCount + empty)
    return head.count + empty + contentByteCount + 1
  }

  fileprivate static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

/// What one set of classes makes of many requests. What is longer than the largest class is cut to it, as the client
/// leaves the oldest messages out.
private struct ClassSet {
  private let kibibytes: [Int]
  private let neededByteCount: Int
  private let sentByteCount: Int
  private let shortenedShare: Double
  private let leakedBits: Double
  private let requestCount: Int

  init(kibibytes: [Int], byteCounts: [Int]) {
    self.kibibytes = kibibytes
    requestCount = byteCounts.count
    let classes = kibibytes.map { $0 << 10 }
    let largest = classes.max() ?? 0
    let needed = byteCounts.map { min($0, largest) }
    let sent = needed.map { byteCount in classes.first { $0 >= byteCount } ?? largest }
    neededByteCount = needed.reduce(0, +)
    sentByteCount = sent.reduce(0, +)
    shortenedShare = Double(byteCounts.count { $0 > largest }) / Double(byteCounts.count)
    leakedBits = classes.reduce(0) { bits, size in
      let share = Double(sent.count { $0 == size }) / Double(sent.count)
      return share > 0 ? bits - share * log2(share) : bits
    }
  }

  var row: String {
    let names = kibibytes.map(String.init).joined(separator: ", ")
    let ratio = (Double(sentByteCount) / Double(neededByteCount) * 100).rounded() / 100
    let padding = Double(sentByteCount - neededByteCount) / Double(requestCount) / 1_024
    return "| \(names) | \(ratio) | \(ClassesBench.tenths(padding)) | \((leakedBits * 100).rounded() / 100) | "
      + "\((shortenedShare * 1_000).rounded() / 10) % |"
  }
}

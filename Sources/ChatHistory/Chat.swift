/// A chat as its export tells it. Holds people's words: neither printable nor encodable, never logged.
public struct Chat: Sendable {
  /// The caller's title, or the one that iOS writes into the first line; nil where there is none.
  public let title: String?
  /// In the order of the file.
  public let messages: [Message]
  public let dateOrder: DateOrder
  /// True when neither the values nor the order of the dates say which of day and month comes first; the choice is a
  /// guess then, which the person should be told.
  public let isDateOrderAmbiguous: Bool
  /// True when the words for morning and afternoon are not known, and the order of the messages does not tell them
  /// apart: times may be 12 hours off then, which the person should be told.
  public let isDayPeriodAmbiguous: Bool
  /// How many messages the exporting app could not write: nothing of them is in the file.
  public let unexportedCount: Int

  public init(
    title: String?, messages: [Message], dateOrder: DateOrder, isDateOrderAmbiguous: Bool,
    isDayPeriodAmbiguous: Bool = false, unexportedCount: Int = 0
  ) {
    self.title = title
    self.messages = messages
    self.dateOrder = dateOrder
    self.isDateOrderAmbiguous = isDateOrderAmbiguous
    self.isDayPeriodAmbiguous = isDayPeriodAmbiguous
    self.unexportedCount = unexportedCount
  }

  /// Who wrote, each once, in the order of their first message.
  public var participants: [String] {
    var seen: Set<String> = []
    return messages.compactMap(\.sender).filter { seen.insert($0).inserted }
  }
}

/// One message or system line. The text is data from anybody, whatever it says.
public struct Message: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    case text
    /// A picture, video, voice message, sticker, document or contact, which an export leaves out or names, and nobody
    /// reads; the text is its caption, or the app's words for it.
    case media
    /// Deleted by its sender or an admin; the text is empty.
    case deleted
    /// Written by the app: the sender is nil, except for calls.
    case system
  }

  public let time: LocalTime
  /// Nil for what the app wrote itself.
  public let sender: String?
  public let kind: Kind
  /// Lines joined by a newline, in full, without the marks that the app adds.
  public let text: String
  /// The attached file's name.
  public let attachment: String?
  public let isEdited: Bool

  public init(
    time: LocalTime, sender: String?, kind: Kind, text: String, attachment: String? = nil, isEdited: Bool = false
  ) {
    self.time = time
    self.sender = sender
    self.kind = kind
    self.text = text
    self.attachment = attachment
    self.isEdited = isEdited
  }
}

/// The order of the three numbers of a date.
public enum DateOrder: String, Sendable, Equatable, CaseIterable {
  case dayMonthYear, monthDayYear, yearMonthDay, yearDayMonth, monthYearDay, dayYearMonth

  /// Indices of year, month and day among the numbers.
  var indices: (year: Int, month: Int, day: Int) {
    switch self {
    case .dayMonthYear: (2, 1, 0)
    case .monthDayYear: (2, 0, 1)
    case .yearMonthDay: (0, 1, 2)
    case .yearDayMonth: (0, 2, 1)
    case .monthYearDay: (1, 0, 2)
    case .dayYearMonth: (1, 2, 0)
    }
  }
}

/// The languages whose cues the embedded engine knows. Anything else is treated as English.
public enum Language: String, Sendable, CaseIterable {
  case english = "en"
  case german = "de"
  case spanish = "es"

  var wording: SummaryWording {
    switch self {
    case .english: .english
    case .german: .german
    case .spanish: .spanish
    }
  }
}

/// What stands around the quotations. Short on purpose: these words count against the summary's length.
struct SummaryWording: Sendable {
  let label: String
  let nothing: String
  let titles: [Summary.Kind: String]
  let weekdays: [String]
  let months: [String]
  let date: @Sendable (_ day: Int, _ month: String) -> String

  static let english = SummaryWording(
    label: "Extractive, no model",
    nothing: "Nothing stands out.",
    titles: [
      .decisions: "Decisions", .askedOfReader: "For you", .openQuestions: "Unanswered", .datesAndPlaces: "Dates/places",
      .tasks: "Tasks", .topics: "Also",
    ],
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    date: { day, month in "\(day)-\(month)" })

  static let german = SummaryWording(
    label: "Extraktiv, ohne Modell",
    nothing: "Nichts sticht heraus.",
    titles: [
      .decisions: "Entscheidungen", .askedOfReader: "Für dich", .openQuestions: "Unbeantwortet",
      .datesAndPlaces: "Termine/Orte", .tasks: "Aufgaben", .topics: "Außerdem",
    ],
    weekdays: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    months: (1...12).map { "\($0)." },
    date: { day, month in "\(day).\(month)" })

  static let spanish = SummaryWording(
    label: "Extractivo, sin modelo",
    nothing: "Nada destaca.",
    titles: [
      .decisions: "Decisiones", .askedOfReader: "Para ti", .openQuestions: "Preguntas",
      .datesAndPlaces: "Fechas/lugares",
      .tasks: "Tareas", .topics: "Además",
    ],
    weekdays: ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
    months: (1...12).map { "\($0)" },
    date: { day, month in "\(day)/\(month)" })
}

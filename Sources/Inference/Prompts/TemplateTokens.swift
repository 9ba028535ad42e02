/// What chat templates of models use to end a message or to begin one in another role: `<|im_start|>`, `<|eot_id|>`,
/// `<start_of_turn>`, `</s>`, `<<SYS>>`, `[INST]`, `<｜User｜>`, `[|assistant|]` and their kin.
///
/// A list of them would be behind the next model, so all of their shape are broken: behind `<` and `[` a space is put.
/// Servers find such tokens in the text of messages too, as exact strings, which a broken one no longer is.
enum TemplateTokens {
  /// The text with nothing in it that a model's server can take for a control token. `<` and `[` stay as they are before
  /// white space and at the end, where no token goes on, and in `<3`.
  static func broken(in text: String) -> String {
    guard text.unicodeScalars.contains(where: isOpening) else { return text }
    var output = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if let previous, isOpening(previous), !scalar.properties.isWhitespace, !(previous == "<" && scalar == "3") {
        output.append(" ")
      }
      output.append(scalar)
      previous = scalar
    }
    return String(output)
  }

  private static func isOpening(_ scalar: Unicode.Scalar) -> Bool { scalar == "<" || scalar == "[" }
}

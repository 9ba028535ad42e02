extension WritingRules {
  static let german = WritingRules(
    language: .german,
    shorter: replacements(
      """
      aufgrund der Tatsache, dass = weil
      wegen der Tatsache, dass = weil
      trotz der Tatsache, dass = obwohl
      ungeachtet der Tatsache, dass = obwohl
      für den Fall, dass = falls
      im Falle, dass = falls
      zum jetzigen Zeitpunkt = jetzt
      zum gegenwärtigen Zeitpunkt = derzeit
      zum aktuellen Zeitpunkt = derzeit
      in der heutigen Zeit = heute
      in naher Zukunft = bald
      nichtsdestotrotz = trotzdem
      nichtsdestoweniger = trotzdem
      des Weiteren = außerdem
      zu jeder Zeit = jederzeit
      auf täglicher Basis = täglich
      auf regelmäßiger Basis = regelmäßig
      voll und ganz = ganz
      einzig und allein = allein
      """),
    fillers: [
      Filler(words: ["eigentlich"]),
      Filler(words: ["sozusagen"]),
      Filler(words: ["gewissermaßen"]),
      Filler(words: ["wirklich"], needsNext: true, notBehind: ["so", "wie", "ob"]),
      Filler(
        words: ["sehr"], needsNext: true, notBehind: ["so", "wie", "zu", "ebenso", "genauso", "danke", "bitte"],
        notBefore: ["geehrte", "geehrter", "geehrtes", "wohl"]),
    ],
    formal: replacements(
      """
      geht's = geht es
      gibt's = gibt es
      ist's = ist es
      hab's = habe es
      wär's = wäre es
      war's = war es
      hab = habe
      vllt = vielleicht
      vlt = vielleicht
      evtl = eventuell
      bzgl = bezüglich
      okidoki = in Ordnung
      ok = in Ordnung
      okay = in Ordnung
      """),
    negatedVerbs: [:],
    interjections: words("lol haha hahaha hahahaha hihi hehe omg rofl"),
    neverNames: words(
      """
      der die das den dem ein eine einen einem einer und oder aber wenn dann ist sind war waren sein habe hat haben \
      hatte kann können konnte muss müssen soll sollen nicht nie niemals kein keine keinen niemand nichts bitte jetzt sofort \
      dringend heute morgen sehr wirklich alle alles immer noch wieder schon dies diese dieser dieses hier dort was \
      wann wo warum wie von für vor nach wir ihr sie unser euer mein dein uns euch mir dir mich dich ihm \
      ihn schicken rufen lesen schreiben kommen gehen geben nehmen machen wissen denken helfen warten
      """),
    negations: words(
      """
      nicht nichts nie niemals niemand niemanden niemandem nirgends nirgendwo weder noch ohne kaum nein nich net nimmer \
      mitnichten keineswegs selten
      """),
    subjects: [],
    conjunctions: words("und oder aber denn sondern doch"),
    abbreviations: words(
      "bspw evtl inkl exkl zzgl bzw usw ggf vgl ca dr prof nr str tel abt max min allg bzgl etc geb hrsg sog"))
}

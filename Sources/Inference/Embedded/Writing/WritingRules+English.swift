extension WritingRules {
  static let english = WritingRules(
    language: .english,
    shorter: replacements(
      """
      in order to = to
      so as to = to
      due to the fact that = because
      owing to the fact that = because
      because of the fact that = because
      despite the fact that = although
      in spite of the fact that = although
      at this point in time = now
      at the present time = now
      at this moment in time = now
      in the event that = if
      until such time as = until
      for the reason that = because
      in the near future = soon
      on a daily basis = daily
      on a weekly basis = weekly
      on a monthly basis = monthly
      on a regular basis = regularly
      with regard to = about
      in regard to = about
      in the vicinity of = near
      each and every = every
      first and foremost = first
      end result = result
      future plans = plans
      past history = history
      advance planning = planning
      absolutely essential = essential
      close proximity = proximity
      in close proximity to = near
      prior to = before
      subsequent to = after
      """),
    fillers: [
      Filler(words: ["basically"], place: .anywhere),
      Filler(words: ["actually"], place: .anywhere),
      Filler(
        words: ["really"], needsNext: true,
        notBehind: ["how", "that", "so", "the", "a", "an", "only"], notBefore: ["much", "many"]),
      Filler(
        words: ["very"], needsNext: true,
        notBehind: [
          "the", "this", "that", "these", "those", "my", "your", "his", "her", "its", "our", "their", "how", "so", "at",
        ],
        notBefore: [
          "much", "many", "few", "little", "well", "best", "first", "last", "same", "own", "end", "beginning", "least",
        ]),
      Filler(words: ["honestly"], place: .apart),
      Filler(words: ["to", "be", "honest"], place: .apart),
      Filler(words: ["to", "tell", "the", "truth"], place: .apart),
      Filler(words: ["as", "a", "matter", "of", "fact"], place: .apart),
      Filler(words: ["needless", "to", "say"], place: .apart),
    ],
    formal: replacements(
      """
      I'm = I am
      i'm = I am
      I've = I have
      i've = I have
      I'll = I will
      i'll = I will
      you're = you are
      you've = you have
      you'll = you will
      we're = we are
      we've = we have
      we'll = we will
      they're = they are
      they've = they have
      they'll = they will
      he'll = he will
      she'll = she will
      it'll = it will
      let's = let us
      gonna = going to
      wanna = want to
      gimme = give me
      lemme = let me
      cuz = because
      coz = because
      pls = please
      plz = please
      thx = thanks
      tmrw = tomorrow
      btw = by the way
      fyi = for your information
      asap = as soon as possible
      ASAP = as soon as possible
      BTW = by the way
      FYI = for your information
      yeah = yes
      yep = yes
      yup = yes
      u = you
      """),
    negatedVerbs: [
      "can't": "cannot", "won't": "will not", "don't": "do not", "doesn't": "does not", "didn't": "did not",
      "isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not", "haven't": "have not",
      "hasn't": "has not", "hadn't": "had not", "wouldn't": "would not", "shouldn't": "should not",
      "couldn't": "could not", "mustn't": "must not", "needn't": "need not",
    ],
    interjections: words("lol haha hahaha hahahaha hehe lmao rofl omg"),
    neverNames: words(
      """
      the a an and but if then than is are was were be been do does did have has had could would should must need \
      not never no nobody nothing none please now urgent urgently immediately today tomorrow tonight very really so too \
      all always every everyone everything still again already this that these those there here what when where why how \
      to of for with from about before after we you they he she our your their his her my me them him \
      want send call answer read write come go get give take make know think help stop start wait look see say tell
      """),
    negations: words(
      """
      not no never none nobody nothing nowhere neither nor without cannot cant dont doesnt didnt isnt arent wasnt werent \
      wont wouldnt shouldnt couldnt hasnt havent hadnt mustnt hardly barely scarcely rarely seldom unless nope nah
      """),
    subjects: words("i you he she it we they there this that these those who"),
    conjunctions: words("and but or so because"),
    abbreviations: words(
      "approx dept corp assoc prof dr mr mrs ms st no vs etc eg ie fig incl est tel ext avg min max ave inc ltd"))
}

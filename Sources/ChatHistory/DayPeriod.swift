/// The half of the day that a 12-hour clock names, in the words of the locales that exports were seen in, and in those
/// that CLDR has for am and pm in the languages of telephones, but for single letters and words that mean either.
enum DayPeriod {
  case morning
  /// From noon to midnight.
  case afternoon
  /// Around noon: 11 stays, 12 stays, 1 is 13.
  case noon
  /// A word that only says "o'clock", or one that is not known.
  case unmarked

  /// By a word without its full stops, blanks and marks, in lower case.
  init?(normalized word: String) {
    guard let period = Self.words[word] else { return nil }
    self = period
  }

  func hour24(_ hour: Int) -> Int {
    switch self {
    case .morning: hour == 12 ? 0 : hour
    case .afternoon: hour < 12 ? hour + 12 : hour
    case .noon: hour < 10 ? hour + 12 : hour
    case .unmarked: hour
    }
  }

  private static let words: [String: DayPeriod] = {
    var words: [String: DayPeriod] = [:]
    for word in mornings.split(separator: " ") { words[String(word)] = .morning }
    for word in afternoons.split(separator: " ") { words[String(word)] = .afternoon }
    for word in ["中午", "正午"] { words[word] = .noon }
    for word in ["ч", "uhr", "hs", "hrs", "h", "น"] { words[word] = .unmarked }
    return words
  }()

  private static let mornings =
    "am 上午 凌晨 清晨 早上 早晨 半夜 午前 오전 ص صباحا قظ صبح öö de fm ap πμ дп проб dop dopo priekšp priešpiet vm vorm "
    + "morgens sa pg կա पूर्वाह्न सुबह मपू পূর্বাহ্ণ முற்பகல் ఉదయం ಪೂರ್ವಾಹ್ನ രാവിലെ epd eparadites paradite לפנהצ ກ່ອນທ່ຽງ ព្រឹក "
    + "နံနက် ጥዋት to prijepodne преподне ก่อนเที่ยง asubuhi"
    + " صباحًا পূৰ্বাহ্ন ам апн апоўначы пријеподне yb قبلازظهر matin rn safiya sf fh تد sokallim सकाळीं bn"
    + " таңкы тң moies prp priekšpusdiena priekšpusdienā претпл үө عم غم damanhã manhã सुबुहजा iđitbeaivet"
    + " iđitbeaivi පෙ පෙව dopoldne gh pd hoseng ቅቀ goöň göň günortadanöň öň چب چۈشتىنبۇرۇن то àárɔ̀ àárọ̀ 上昼 上晝"
  private static let afternoons =
    "pm 下午 傍晚 晚上 午後 午后 오후 م مساء بظ عصر ös du em ip μμ пп слоб odp pop popo pēcp popiet nm nachm abends ch ptg "
    + "կհ अपराह्न शाम मउ অপরাহ্ণ பிற்பகல் సాయంత్రం ಅಪರಾಹ್ನ വൈകുന്നേരം emd epasdites pasdite אחהצ ຫຼັງທ່ຽງ ល្ងាច ညနေ ከሰዓት tk "
    + "poslijepodne поподне หลังเที่ยง jioni"
    + " gm مساءً অপৰাহ্ন пм апд апоўдні popodne послијеподне yh بعدازظهر soir in yamma ym eh تك sanje सांजे pn"
    + " тк түштөнкийинки nomë nomëttes pēcpusd pēcpusdiena pēcpusdienā попл үх غو datarde tarde شام शामजा"
    + " eahketbeaivet eahketbeaivi පව popoldne gd md thapama ድቀ gosoň gsoň günortadansoň soň چك چۈشتىنكېيىن"
    + " ɔ̀sán ọ̀sán 下昼 下晝"
}

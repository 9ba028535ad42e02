/// Short forms that do not grow out of the name's letters. A list, and so incomplete.
enum Nicknames {
  static func of(_ folded: String) -> [String] { groups[folded] ?? [] }

  /// Every name of a group stands for every other: who is `Sasha` in the export may be `Alexander` in a text.
  private static let groups: [String: [String]] = {
    var groups: [String: [String]] = [:]
    for group in list.split(separator: "|") {
      let names = group.split(separator: " ").map(String.init)
      for name in names { groups[name, default: []] += names.filter { $0 != name } }
    }
    return groups
  }()

  private static let list =
    "alexander alex sascha sasha aleksander olek|alexandra alex sascha sasha aleksandra ola|michael mike micha michi mick"
    + "|robert rob robbie bob bobby|william will bill billy liam|elizabeth elisabeth liz lizzie beth betty lisa sissi elli"
    + "|katherine catherine katharina kate katie kathi cathy kathy|thomas tom tommy|christopher chris|christian chris"
    + "|christina christine chris chrissi tina|benjamin ben benni benny|samuel sam|samantha sam|daniel dan danny dani"
    + "|daniela dani|matthew matt|matthias matze matti|andrew andy drew|andreas andi andy|anthony tony|edward ed eddie ted"
    + "|richard rick dick ricky|james jim jimmy|joseph joe|josef sepp jupp|johannes hannes hans jo|johanna hanna jo"
    + "|margaret maggie meg peggy greta|margarete gretel greta|stephen steve|stefan steffen|stefanie steffi|patricia pat patty"
    + "|patrick pat|rebecca becky|jennifer jen jenny|jessica jess|nicholas nick|dominik nick domi|friedrich fritz|heinrich heinz"
    + "|wolfgang wolf wolfi|sebastian basti seb|maximilian max maxi|theodor theo|franziska franzi|susanne susi|gabriele gabi"
    + "|ulrich uli|ulrike uli|jose pepe|francisco paco pancho curro kiko|ignacio nacho|dolores lola|guadalupe lupe"
    + "|concepcion concha conchita|rosario charo|enrique quique|manuel manolo manu|isabel isa|lucia lucy luci|jesus chus|giuseppe beppe pino"
    + "|francesco checco franco|luigi gigi|francisca paca|jan jas janek honza|janina jasia|małgorzata malgorzata gosia malgosia"
    + "|katarzyna kasia|joanna asia joasia|agnieszka aga|barbara basia|tomasz tomek|pawel pawelek|piotr piotrek piotrus"
    + "|krzysztof krzysiek krzys|stanislaw staszek|zofia zosia|maria marysia majka mia mitzi|anna ania anka hania|ewa ewka"
    + "|josef pepa|frantisek franta|jiri jirka|katerina katka|александр саша шура саня|александра саша шура|дмитрий дима митя"
    + "|мария маша маруся|екатерина катя|анастасия настя|наталья наташа|татьяна таня|евгений женя|евгения женя|владимир вова володя"
    + "|иван ваня|михаил миша|николай коля|алексеи леша|алексей леша алеша|сергей сережа|андреи андрюша|андрей андрюша|елена лена"
    + "|ольга оля|светлана света|юлия юля|анна аня нюша|ирина ира|людмила люда|галина галя|петр петя|павел паша|константин костя"
    + "|mehmet memo|mustafa musti|ibrahim ibo|fatma fatos"
}

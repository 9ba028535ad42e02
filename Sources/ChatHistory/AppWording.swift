/// What the app itself writes into exports, in the languages seen: whole phrases where a person could have typed the
/// same, word stems where a mark shows that the app wrote the line.
enum AppWording {
  /// A deleted message, in lower case and without a final full stop.
  static func isDeletionNotice(_ text: String) -> Bool {
    if noticeLengths.contains(withoutFullStops(text).utf8.count), deletionNotices.contains(normalized(text)) {
      return true
    }
    return text.utf8.count <= 200 && text.utf8.starts(with: "This message was deleted by admin ".utf8)
  }

  /// The same for a line that carries the app's mark, in any listed language.
  static func isMarkedDeletionNotice(_ text: String) -> Bool {
    guard text.utf8.count <= 200, !text.contains("\n") else { return false }
    if isDeletionNotice(text) { return true }
    let lowered = text.lowercased()
    return deletionStems.occur(in: lowered) && messageStems.occur(in: lowered)
  }

  /// The inside of `<…>` that stands for media left out.
  static func isOmissionTag(_ inside: String) -> Bool {
    let lowered = inside.lowercased()
    return inside.utf8.count <= 120 && (omissionStems.occur(in: lowered) || mediaStems.occur(in: lowered))
  }

  static func isMarkedOmission(_ text: String) -> Bool {
    text.utf8.count <= 400 && omissionStems.occur(in: text.lowercased())
  }

  /// The words of iOS for media left out, whose mark was lost on the way.
  static func isOmission(_ text: String) -> Bool { text.utf8.count <= 60 && omissions.contains(normalized(text)) }

  static func isAttachmentWord(_ words: String) -> Bool {
    words.utf8.count <= 80 && attachmentStems.occur(in: words.lowercased())
  }

  /// The inside of `<…>` behind an edited text.
  static func isEditedTag(_ inside: String) -> Bool {
    inside.utf8.count <= 120 && editedStems.occur(in: inside.lowercased())
  }

  static func isCall(_ text: String) -> Bool {
    text.utf8.count <= 160 && !isEncryptionNotice(text) && callStems.occur(in: text.lowercased())
  }

  static func isEncryptionNotice(_ text: String) -> Bool {
    text.utf8.count <= 1000 && encryptionStems.occur(in: text.lowercased())
  }

  private static func normalized(_ text: String) -> String { withoutFullStops(text.lowercased()) }

  private static func withoutFullStops(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    while let last = scalars.last, last == "." || last == "。" || last == " " { scalars.removeLast() }
    return String(scalars)
  }

  /// Word stems, found in one pass over a text.
  private struct Stems {
    private var byFirstByte = [[[UInt8]]](repeating: [], count: 256)

    init(_ list: String) {
      for stem in list.utf8.split(separator: UInt8(ascii: "|")) {
        if let first = stem.first { byFirstByte[Int(first)].append(Array(stem)) }
      }
    }

    func occur(in text: String) -> Bool {
      let bytes = Array(text.utf8)
      for start in bytes.indices {
        for stem in byFirstByte[Int(bytes[start])] where bytes[start...].starts(with: stem) { return true }
      }
      return false
    }
  }

  private static func list(_ text: String) -> [String] { text.split(separator: "|").map(String.init) }

  private static let deletionNotices: Set<String> = Set(
    list(
      "this message was deleted|you deleted this message|message deleted"
        + "|diese nachricht wurde gelöscht|du hast diese nachricht gelöscht|sie haben diese nachricht gelöscht"
        + "|se eliminó este mensaje|eliminaste este mensaje|este mensaje fue eliminado|este mensaje se eliminó"
        + "|has eliminado este mensaje|se ha eliminado este mensaje|mensaje eliminado"
        + "|mensagem apagada|você apagou esta mensagem|essa mensagem foi apagada|esta mensagem foi apagada"
        + "|apagou esta mensagem|apagaste esta mensagem|mensagem eliminada|eliminou esta mensagem|você apagou essa mensagem"
        + "|ce message a été supprimé|vous avez supprimé ce message|ce message a été effacé"
        + "|questo messaggio è stato eliminato|hai eliminato questo messaggio"
        + "|dit bericht is verwijderd|u hebt dit bericht verwijderd|je hebt dit bericht verwijderd|dit bericht werd verwijderd"
        + "|данное сообщение удалено|вы удалили данное сообщение|это сообщение удалено|сообщение удалено"
        + "|ви видалили це повідомлення|це повідомлення видалено|bu mesaj silindi|bu mesajı sildiniz"
        + "|ta wiadomość została usunięta|usunięto tę wiadomość|wiadomość została usunięta|ta wiadomość została skasowana"
        + "|detta meddelande raderades|du raderade detta meddelande|denne meldingen ble slettet|du slettet denne meldingen"
        + "|denne besked blev slettet|du slettede denne besked|tämä viesti poistettiin|poistit tämän viestin"
        + "|tato zpráva byla smazána|tuto zprávu jste smazali|táto správa bola odstránená|ez az üzenet törölve lett"
        + "|acest mesaj a fost șters|ai șters acest mesaj|αυτό το μήνυμα διαγράφηκε|διαγράψατε αυτό το μήνυμα"
        + "|ova poruka je izbrisana|ova je poruka izbrisana|това съобщение беше изтрито|הודעה זו נמחקה|מחקת הודעה זו"
        + "|تم حذف هذه الرسالة|لقد حذفت هذه الرسالة|حذفت هذه الرسالة|این پیام حذف شد|यह मैसेज हटा दिया गया|यह संदेश हटा दिया गया था"
        + "|このメッセージは削除されました|このメッセージを削除しました|メッセージを削除しました|你已刪除這則訊息|此訊息已刪除|你已删除这条消息"
        + "|此消息已删除|您已删除此消息|你撤回了一条消息|이 메시지는 삭제되었습니다|삭제된 메시지입니다|이 메시지를 삭제했습니다"
        + "|pesan ini telah dihapus|anda menghapus pesan ini|pesan ini dihapus|mesej ini telah dipadamkan"
        + "|tin nhắn này đã bị xóa|bạn đã xóa tin nhắn này|ข้อความนี้ถูกลบแล้ว|aquest missatge s'ha eliminat|has eliminat aquest missatge"
    ))

  /// In bytes, to spare most texts the comparison; lower case has the same length in all of them.
  private static let noticeLengths = Set(deletionNotices.map(\.utf8.count))

  private static let deletionStems = Stems(
    "delet|gelösch|elimin|supprim|effac|apagad|apagou|apagast|verwijder|удал|видал|silin|sildi|usunię|skasow|削除|删除|刪除|撤回|삭제"
      + "|حذف|slett|radera|poist|smaz|vymaz|odstrán|törl|șters|διαγρ|изтри|נמחק|מחקת|हटा|hapus|padam|xóa|ลบ|izbris")
  private static let messageStems = Stems(
    "messag|nachricht|mensaje|mensag|missatge|messagg|bericht|сообщ|повідом|съобщ|mesaj|mesej|wiadomo|メッセージ|消息|訊息|메시지|رسال|پیام"
      + "|melding|besked|meddelande|viesti|zpráv|správ|üzenet|μήνυμα|הודעה|संदेश|मैसेज|pesan|tin nhắn|ข้อความ|poruka")
  private static let omissionStems = Stems(
    "omitted|omitid|omitt|omis|omess|weggelassen|ausgeschlossen|ausgelassen|weggelaten|ocult|absent|no incluid|non inclus|não revelad"
      + "|não incluíd|pominię|wykluczon|опущен|пропущ|пропусн|отсутств|без медиа|без мультимед|dahil edilmedi|utelämn|uteslut|udelad"
      + "|utelat|utelukk|pois|vynech|elhagy|kihagy|εξαιρ|παραλ|הושמט|לא נכלל|استبعاد|غير مدرج|حذف شد|छोड़|शामिल नहीं"
      + "|省略|忽略|略過|略过|不包含|생략|제외|diabaikan|tidak disertakan|dikecualikan|bỏ qua|ละเว้น|ไม่รวม|izostav|isključ|omès|omesa")
  private static let mediaStems = Stems(
    "media|medien|multim|médi|mèdia|mídia|média|медиа|медіа|وسائط|मीडिया|媒体|媒體|メディア|미디어|מדיה|πολυμέσ|medya|mediá|ficheiro|archivo omitido"
      + "|view once")
  private static let omissions: Set<String> = Set(
    list(
      "image omitted|photo omitted|video omitted|video note omitted|audio omitted|sticker omitted|gif omitted|document omitted"
        + "|contact card omitted|bild weggelassen|video weggelassen|audio weggelassen|sticker weggelassen|gif weggelassen"
        + "|dokument weggelassen|kontaktkarte ausgelassen|imagen omitida|video omitido|vídeo omitido|audio omitido"
        + "|sticker omitido|gif omitido|documento omitido|tarjeta de contacto omitida|image absente|vidéo absente|audio omis"
        + "|gif retiré|sticker omis|document absent|immagine omessa|video omesso|audio omesso|sticker non incluso"
        + "|documento omesso|imagem ocultada|vídeo omitido|áudio ocultado|figurinha omitida|afbeelding weggelaten"
        + "|video weggelaten|audio weggelaten|sticker weggelaten|null"))
  private static let attachmentStems = Stems(
    "attach|anhang|angeh|adjunt|anex|joint|allegat|bijgevoegd|bijlage|вложен|прикреп|добавлен|додано|вкладен|приложен|прикач|ekli|eklen"
      + "|bifog|vedhæft|vedlagt|liite|załącz|příloh|přilož|prílo|csatol|ataș|ataşat|συνημμ|επισυν|מצורף|צורף|مرفق|إرفاق|ضمیمه|पैठ"
      + "|संलग्न|附件|附加|已附|添付|첨부|lampir|đính kèm|แนบ|privitak|prilož|priponk|aangeheg")
  private static let editedStems = Stems(
    "edited|bearbeitet|editó|editado|editada|modifié|modificat|bewerkt|измен|отредакт|відредаг|düzenlen|edytowan|redigera|redigert"
      + "|redigeret|muokat|uprav|szerkeszt|editat|επεξεργ|נערכ|تم تعديل|ویرایش|संपादित|एडिट|編集|编辑|編輯|수정|편집|diedit|chỉnh sửa|แก้ไข|uređen|editat"
  )
  private static let callStems = Stems(
    " call|call,|llamada|anruf|appel|chiamata|chamada|ligação|oproep|звонок|дзвінок|arama|通話|通话|통화|samtal|anrop|opkald|połączen|hovor"
      + "|hívás|apel|κλήση|שיחה|مكالمة|تماس|कॉल|panggilan|cuộc gọi|สาย")
  private static let encryptionStems = Stems(
    "end-to-end|ende-zu-ende|encrypt|verschlüssel|extremo a extremo|cifrad|bout en bout|chiffr|crittograf|ponta a ponta|criptograf"
      + "|versleutel|сквозн|шифр|uçtan uca|şifrele|szyfrow|krypter|salattu|salaus|šifrov|titkos|κρυπτογρ|הצפנה|מוצפנ|تشفير|مشفر|رمزگذاری"
      + "|एन्क्रिप्ट|暗号|加密|암호화|terenkripsi|mã hóa|เข้ารหัส")
}

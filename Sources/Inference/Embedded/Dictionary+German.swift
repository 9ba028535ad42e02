extension LanguageDictionary {
  static let german = LanguageDictionary(
    language: .german,
    entries: [
      (
        .stop,
        """
        ab aber alle allem allen aller alles als also am an andere anderen auch auf aus bei beim bin bis bist
        bitte da dabei dafür damit dann das dass davon dazu dein deine dem den denn der des dich die dies
        diese diesem diesen dieser dieses dir doch dort du durch echt eh ein eine einem einen einer eines
        einfach einmal er es etwas euch euer eure eurem euren für ganz gar gab geben geht gehen gemacht gerade
        gern gerne gibt gibts gleich gut gute guten habe haben habt hab halt hast hat hatte hatten hätte
        hätten her hier hin ich ihm ihn ihnen ihr ihre ihren im immer in ins irgendwie ist ja jede jeden jeder
        jedes jemand jetzt kann kannst kein keine keinen kommen kommt können könnt könnte könnten konnte
        machen macht mach mache mal man mehr mein meine meinem meinen meiner mich mir mit möchte muss müssen
        müsst musst nach nein nicht nichts noch nö nee nen ne nun nur ob oder ohne okay ok sagen schon sehr
        sein seine seit sich sie sind so soll sollen sollte sollten sonst über uns unser unsere unserem
        unseren um und unter vielleicht viel vom von vor wäre war waren warum was weg weil weiter welche
        welcher wenn wer werde werden wie wieder will wir wird wirklich wo wohl wollen wollt wurde wurden
        würde würden zu zum zur zwar sei seid dran drauf drin hätt wär wars isses ists hats gehts ma mans wann
        """
      ),
      (
        .laughter,
        """
        haha* hahah* hehe* hihi* lol xd ups oh ach ui boah puh oha hui jaja wow oje juhu* yay* omg uff autsch
        krass geil
        """
      ),
      (
        .courtesy,
        """
        hallo, hi, hey, moin, servus, guten morgen, guten tag, guten abend, gute nacht, morgen zusammen,
        danke, danke schön, dankeschön, vielen dank, danke dir, danke euch, danke für, danke fürs, hoffe ihr,
        ich hoffe ihr, ich hoffe euch, tausend dank, dank dir, glückwunsch, herzlichen glückwunsch,
        gratuliere, alles gute, alles liebe, gute besserung, viel spaß, viel erfolg, viel glück, schönes
        wochenende, schönen abend, schönen tag, bis dann, bis später, tschüss, tschüs, ciao, liebe grüße, lg,
        vg, sorry, tut mir leid, kein problem, gern geschehen, kein ding, gerne doch, wie geht, süß, du bist
        die beste, du bist der beste, schade, frohes, frohe
        """
      ),
      (
        .filler,
        """
        ok, okay, also, so, na, na ja, naja, ja, nein, nee, ach, ach ja, ah, oh, hm, hmm, äh, ähm, und, aber,
        hallo, hallo zusammen, hi, hi zusammen, hey, moin, moin zusammen, servus, guten morgen, guten morgen
        zusammen, guten abend, guten tag, guten abend zusammen, leute, ihr lieben, liebe alle, liebe eltern,
        liebe nachbarn, hallo ihr lieben, übrigens, mal was anderes, noch was, ps, sorry, danke, danke dir,
        super, prima, alles klar, klar, gut, genau, kurz, tja, nun, dann, haha, lol, perfekt, mädels, jungs,
        gern, gerne, schade, stimmt, halt, eben, kurze frage, kurze info, frage, nochmal, ehrlich gesagt,
        achso, ach so, eigentlich, einfach, zusammen, nur so, oh nein, alle, top
        """
      ),
      (
        .lead,
        """
        also und aber so ach na naja übrigens oh ah hm hallo hi hey leute ok okay nun tja achso denn sondern
        ps
        """
      ),
      (.dueWord, "bis"),
      (.asksPerson, "wer wen wem"),
      (.asksTime, "wann"),
      (.asksPlace, "wo wohin woher"),
      (
        .leisure,
        """
        fernsehen fernseher serie serien folge netflix film filme wetter regen regnet schnee sonne doku
        podcast meme traum quiz quizsendung tatort geträumt
        """
      ),
      (.negation, "nicht kein keine keinen keiner nie niemals nix nichts weder"),
      (.collective, "wir uns unser unsere alle alles ihr euch jeder jede jemand leute zusammen"),
      (
        .questionWord,
        """
        wer wen wem was wann wo wohin woher wie wieviel wieviele welche welcher welches welchen warum wieso
        weshalb wozu
        """
      ),
      (.selfWord, "ich wir mich"),
      (
        .weekday,
        """
        montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag montags dienstags mittwochs
        donnerstags freitags samstags sonntags mo di mi do fr sa so wochenende montagabend dienstagabend
        mittwochabend donnerstagabend freitagabend samstagabend sonntagabend montagnachmittag
        freitagnachmittag samstagnachmittag sonntagnachmittag samstagvormittag sonntagvormittag sonntagmorgen
        samstagmorgen
        """
      ),
      (
        .month,
        """
        januar februar märz april mai juni juli august september oktober november dezember jan feb apr jun jul
        aug sept okt nov dez
        """
      ),
      (
        .relativeDay,
        """
        heute morgen übermorgen gestern mittag mittags abend abends nachmittag nachmittags vormittag
        vormittags mitternacht früh woche monat heut
        """
      ),
      (.clockPreposition, "um ab bis gegen von zwischen vor nach"),
      (.clockUnit, "uhr h"),
      (.currency, "euro euros eur cent tausend franken chf beitrag kosten gebühr kaution"),
      (
        .unit,
        """
        personen leute kinder kindern erwachsene gäste karten tickets plätze platz flaschen kisten kästen
        tüten kg g km minuten min stunden stunde tage tagen wochen monate monaten prozent % liter stück tische
        stühle zimmer autos tassen seiten punkte meter stock etage größe
        """
      ),
      (.placePreposition, "in im bei beim am an nach zum zur vor hinter neben auf aus"),
      (
        .streetWord,
        """
        straße platz weg allee gasse bahnhof hauptbahnhof halle turnhalle schule kirche park klinik
        krankenhaus flughafen gleis raum saal sportplatz hof keller garten restaurant hotel café adresse
        eingang haltestelle vereinsheim gemeindehaus rathaus
        """
      ),
      (.conjunction, "und aber weil denn sondern damit falls obwohl sonst oder da"),
      (.dependent, "weil dass denn sondern obwohl welche welcher welches damit ob oder als"),
      (.abbreviation, "z b bzw ca dr hr fr frau nr str usw etc evtl ggf inkl max min st tel u a d h vgl sog bspw og"),
      (
        .media,
        """
        medien ausgeschlossen, medien weggelassen, bild weggelassen, video weggelassen, audio weggelassen,
        sticker weggelassen, gif weggelassen, dokument weggelassen, sprachnachricht, diese nachricht wurde
        gelöscht, du hast diese nachricht gelöscht, nachricht wurde bearbeitet, verpasster sprachanruf,
        verpasster videoanruf, datei angehängt, kontaktkarte ausgelassen, bild ausgelassen, audio ausgelassen
        """
      ),
      (
        .agreement,
        """
        ok, okay, oki, ja, jo, jep, jup, jaa*, klar, gern, gerne, passt, passt mir, passt gut, passt für mich,
        passt bei mir, perfekt, super, top, prima, alles klar, abgemacht, einverstanden, bin dabei, sind
        dabei, wir sind dabei, ich bin dabei, dabei, dito, geht klar, gute idee, find ich gut, finde ich gut,
        genau, mach ich, mache ich, machen wir, so machen wirs, so machen wir es, in ordnung, geht, geht bei
        mir, bei mir auch, uns auch, mir auch, ich auch, wir auch, +1, auf jeden fall, auf jeden, natürlich,
        logo, sehr gut, sehr gerne, deal, erledigt, gekauft, jawohl, stimmt, notiert, ist notiert, bin dafür,
        dafür, mega, toll, cool, geil, ideal, schön, läuft, kein problem, na klar, freu mich, kann ich, hört
        sich gut an, klingt gut, hervorragend, wunderbar
        """
      ),
      (
        .refusal,
        """
        nein, nee, nö, ne, leider nicht, leider nein, nicht bei mir, bei uns nicht, bei mir nicht, mir nicht,
        ich nicht, kann nicht, geht nicht, leider, mir auch nicht, nicht mir
        """
      ),
      (
        .ignorance,
        """
        keine ahnung, weiß nicht, weiß gar nicht, weiß nicht mehr, weiß ich nicht, weiß ich auch nicht, weiß
        ich noch nicht, nicht sicher, gute frage, kein plan, ich frag, frag ich, ich frage, muss ich fragen,
        muss mal schauen, ich schau mal, schau ich mal, kläre ich, klär ich, noch offen, noch nicht, mal
        sehen, frage ich mich auch, das frag ich mich auch, wüsste ich auch gern, erst einmal ab, warten wir,
        glaub schon, glaube schon, glaube ja, glaub nicht, glaube nicht, denke schon, laut google, vermutlich,
        mal gucken, steht noch nicht fest
        """
      ),
      (
        .anybody,
        """
        jemand, irgendwer, irgendjemand, wer kann, wer könnte, wer hat, wer möchte, wer will, wer macht, wer
        bringt, wer kommt, wer wäre, wer würde, wer übernimmt, weiß wer, hat wer, kann wer, einer von euch,
        ihr noch, habt ihr, kennt ihr, wisst ihr
        """
      ),
      (
        .decision,
        """
        abgemacht, beschlossen, entschieden, entscheidung, dann steht, geht klar, gehen klar, wir machen,
        machen wir, dann machen wir, nehmen
        wir, wir nehmen, steht fest, steht das, das steht, fix, festgelegt, gebucht, ist gebucht, hab gebucht,
        reserviert, bestellt, gekauft, bezahlt, bestätigt, zugesagt, genehmigt, abgelehnt, abgesagt, fällt
        aus, ausgefallen, gestrichen, vereinbart, geeinigt, einstimmig, mehrheit, abgestimmt, es bleibt bei,
        bleibt es bei, bleiben bei, bleibt dabei, treffen wir uns, wir treffen uns, treffpunkt, treffen um,
        wir feiern, findet statt, statt finden, angemeldet, angesetzt, festgemacht, ausgemacht,
        unterschrieben, wird gemacht, also am, dann also, dann am, bleibt am, ab sofort, ab jetzt, künftig,
        einigen wir uns
        """
      ),
      (
        .change,
        """
        verschoben, verschieben, verlegt, vorverlegt, geändert, änderung, planänderung, terminänderung,
        stattdessen, statt, anstatt, doch nicht, doch erst, doch schon, jetzt schon, jetzt doch, jetzt erst,
        neuer termin, neue uhrzeit, neuer plan, neu:, fällt aus, abgesagt, kein training, ausfall, tauschen,
        getauscht, früher als, später als, verspätet, korrektur, update, nicht mehr, neuigkeiten, anders als,
        auf den, wechselt
        """
      ),
      (
        .proposal,
        """
        vorschlag, ich schlage vor, schlage vor, wollen wir, sollen wir, sollten wir, könnten wir, können wir,
        lasst uns, lass uns, wie wäre, wie wärs, wie wär's, was haltet ihr, würde vorschlagen, würd sagen, ich
        würde sagen, ich wäre für, ich bin für, wäre dafür, hätte jemand lust, wer hätte lust, vielleicht
        könnten, wir könnten, wir sollten, machen wir, legen wir, nehmen wir, treffen wir, idee, passt euch,
        passt das, geht bei euch, ginge, was ist mit, soll ich, zusammenlegen
        """
      ),
      (
        .request,
        """
        bitte, kannst du, könntest du, könnt ihr, könntet ihr, würdest du, kann jemand, könnte jemand, kann
        wer, wer kann, wer könnte, wer bringt, wer übernimmt, wer macht, denk dran, denkt dran, denkt an,
        denkt bitte, denk an, nicht vergessen, vergesst nicht, vergiss nicht, mitbringen, bringt, bring bitte,
        schickt, schick mir, schickt mir, gebt bescheid, gib bescheid, sagt bescheid, sag bescheid, bescheid
        geben, bescheid sagen, meldet euch, melde dich, rückmeldung*, tragt euch, eintragen, überweist,
        überweisen, spätestens, frist, deadline, abgeben, gebt, abgabe, bis freitag, bis montag, bis dienstag,
        bis mittwoch, bis donnerstag, bis samstag, bis sonntag, bis morgen, bis heute, bis zum, bis ende, bis
        spätestens, erinnerung, erinnere euch, erinnere daran, erinnert, ihr müsst, du musst, muss jemand,
        müssen noch, brauchen noch, brauche noch, wir brauchen, ich brauche, fehlt noch, fehlen noch, suchen
        noch, suche noch, achtet, darauf achten, unterschreib*, ausfüllen, zahlt, lasst, wäre nett, wäre super
        wenn, helfer
        """
      ),
      (
        .commitment,
        """
        ich bring*, bring ich, bringe ich, bringen wir, wir bringen, ich mach*, ich kümmer*, kümmere mich,
        kümmer mich, ich übernehm*, übernehme ich, übernehm ich, ich besorg*, besorge ich, besorg ich, ich
        hol*, hole ich, hol ich, ich kauf*, kaufe ich, ich bestell*, bestelle ich, bestell ich, ich
        organisier*, ich back*, backe ich, ich koch*, ich fahr*, fahre ich, fahr ich, ich nehm*, nehme ich,
        nehm ich, ich reservier*, reserviere ich, ich buch*, ich ruf*, rufe ich, ich frag*, frage ich, ich
        kann machen, ich kann bringen, ich kann * mitnehmen, kann ich mitnehmen, ich kann * mitbringen, kann
        ich mitbringen, ich hätte, ich habe noch, ich hab noch, wir haben noch, ich druck*, ich schreib*, ich
        schick*, schicke ich, schick ich, ich stell*, ich leih*, mach ich, mache ich, bin zuständig,
        ich kann, ich könnte, ich
        werde, wir stellen
        """
      ),
      (
        .announcement,
        """
        noch was, noch eine sache, zwei dinge, drei dinge, ein paar dinge, kurze info, kurz zum, kurz zur, mal
        was anderes, achtung, wichtig, info, hinweis, zur info, gute nachricht*, schlechte nachricht*, gute
        neuigkeiten, neuigkeiten, aushang, laut, los gehts, los geht's, beginnt, beginn, start, startet,
        anpfiff, einlass, öffnet, schließt, geschlossen, kostet, kosten, preis, eintritt, beitrag, adresse,
        treffpunkt, passwort, code, link, kommt am, kommt heute, kommt morgen, ankunft, abfahrt, findet, gilt,
        ab april, ab mai, ab januar, pflicht, allergisch, allergie, steigt, inklusive, termin, erinnerung,
        ergebnis
        """
      ),
      (
        .problem,
        """
        spinnt, klemmt, streikt, tropft, kaputt, defekt, geht nicht, funktioniert nicht, problem, ausgefallen,
        verloren, vermisst, gestohlen, geklaut, verspätung, krank, verletzt, krankenhaus, gesperrt,
        geschlossen, fehler, ausverkauft, ausgebucht, leck, undicht, wasserschaden, schaden, unfall,
        blockiert, beschwerde, beschwert, stau, kann nicht kommen, schaffe es nicht, schaffen es nicht, leider
        """
      ),
      (
        .sympathy,
        """
        glückwunsch, glückwünsche, herzlichen glückwunsch, gratuliere, gratulation, stolz auf dich, gute
        besserung, alles gute, mein beileid, tut mir so leid, das tut mir leid, freut mich für, wahnsinn
        gratuliere, stark, respekt
        """
      ),
      (
        .smallTalk,
        """
        habt ihr gesehen, habt ihr * gesehen, habt ihr gestern, habt ihr das, hat jemand gestern, schaut
        jemand, habt ihr auch, kennt ihr das, wie geht, wie war euer, wisst ihr noch, was kocht ihr, wer
        kocht, wer ist das, was ist das, stellt euch vor, ratet mal
        """
      ),
      (
        .resolved,
        """
        gefunden, aufgetaucht, wieder da, hat sich erledigt, erledigt, gelöst, ist da, hab eine, habe eine,
        hab einen, habe einen
        """
      ),
      (.asksAmount, "wie viel, wie viele, wie lange, wieviel, wieviele"),
      (.asksWhen, "wie viel uhr, um wieviel uhr, welcher tag, welchen tag, welches datum, an welchem tag"),
      (
        .topicChange,
        """
        übrigens, mal was anderes, was anderes, anderes thema, nebenbei, noch was, apropos, ganz anderes thema
        """
      ),
      (.past, "war, waren, hatte, hatten, letztes jahr, letzte woche, letztes mal, gestern, damals, früher, seit"),
    ])
}

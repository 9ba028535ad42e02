extension LanguageDictionary {
  static let spanish = LanguageDictionary(
    language: .spanish,
    entries: [
      (
        .stop,
        """
        a al algo alguien alguna algunas alguno algunos ahí ahora allí ante antes aquí así aunque aún bien
        bueno cada casi como cómo con contra creo cual cuál cuando cuándo cuanto cuánto da dar de del desde
        después di dice digo donde dónde dos el él ella ellas ellos en entonces entre era eran eres es esa
        esas ese eso esos está están estar estas este esto estos estoy fue fui gente gran ha haber había hace
        hacer hago han has hasta hay haya he hecho hemos hoy iba igual ir jo la las le les lo los luego más
        mas me mejor mi mí mis mismo mucha mucho muchos muy nada nadie ni no nos nosotros nuestra nuestro o os
        otra otro otros para pero poco podemos podéis poder por porque pues puede pueden puedes puedo q que
        qué quien quién quiere quiero sé se sea ser si sí siempre sin sobre solo sólo son soy su sus también
        tampoco tan tanto te tenemos tener tenéis tengo ti tiene tienen tienes toda todas todavía todo todos
        tu tú tus un una uno unas unos va vais vale vamos van vas ver vez voy vosotros y ya yo tal pa porfa x
        xq pq tb tmb venga hombre tía tío mujer
        """
      ),
      (
        .laughter,
        """
        jaja* jeje* jiji* ja jajj* jajs* xd lol uy ay uf uff buah ostras madre ole yuju* yupi* toma hala wow
        ups bua
        """
      ),
      (
        .courtesy,
        """
        hola, holaa*, buenas, buenos días, buenas tardes, buenas noches, buen día, gracias, graci*, mil
        gracias, gracias por, espero que, muchas gracias, de nada, felicidades, enhorabuena, feliz cumple,
        feliz cumpleaños, qué guapos, qué guapas, qué mono, qué bonito, un beso, besos, besitos, un abrazo,
        abrazos, perdón, perdona, lo siento, qué tal, cómo estáis, cómo estás, hasta luego, adiós, nos vemos,
        que os mejoréis, que te mejores, buen finde, suerte, bravo, eres un sol, qué bien, qué ganas, qué
        pena, qué rabia, me alegro, te quiero
        """
      ),
      (
        .filler,
        """
        ok, vale, bueno, pues, pues nada, a ver, oye, oíd, hola, hola a todos, hola a todas, hola chicos, hola
        chicas, buenas, buenos días, buenos días a todos, buenas tardes, buenas noches, chicos, chicas,
        familia, familias, gente, y, pero, sí, no, ah, ay, uy, eh, mmm, jaja, por cierto, además, también,
        entonces, mira, mirad, en fin, una cosa, otra cosa, perdón, perdonad, gracias, genial, perfecto,
        claro, venga, oye chicos, primero, segundo, luego, es que, la verdad, que sepáis, os cuento, pd, tíos,
        tías, vecinos, hola vecinos, compañeros, equipo, buenas gente, más cosas, una pregunta, que, oye una
        cosa, ya, menos mal, anda, jo, jope, bien, pues mira, todos
        """
      ),
      (.lead, "pues y pero bueno oye entonces ah ay uy hola ok vale venga eh chicos chicas jo mira además pd"),
      (.dueWord, "hasta antes"),
      (.asksPerson, "quién quiénes"),
      (.asksTime, "cuándo"),
      (.asksPlace, "dónde adónde"),
      (
        .leisure,
        """
        tele televisión serie series capítulo capítulos netflix película peli pelis tiempo llueve lluvia calor
        documental programa podcast meme sueño soñado novela
        """
      ),
      (.negation, "no ni nunca tampoco nadie nada"),
      (
        .collective,
        """
        nosotros nos todos todas alguien cada vosotros os podemos hacemos vamos tenemos quedamos ponemos
        compramos llevamos
        """
      ),
      (.questionWord, "quién quiénes cuándo dónde adónde cuánto cuánta cuántos cuántas cuál cuáles cómo"),
      (.selfWord, "yo nosotros nosotras llevo traigo voy puedo compro hago pongo recojo reservo llamo"),
      (.weekday, "lunes martes miércoles jueves viernes sábado domingo sábados domingos finde lun mié jue vie sáb dom"),
      (.month, "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"),
      (.relativeDay, "hoy mañana ayer pasado mediodía medianoche tarde noche semana mes madrugada anoche"),
      (.clockPreposition, "las la sobre hasta desde hacia"),
      (.clockUnit, "h hs horas hrs"),
      (.currency, "euro euros eurazos eur céntimos pavos dólares pesos usd fianza señal cuota precio"),
      (
        .unit,
        """
        personas gente niños adultos invitados entradas plazas sitios botellas cajas bolsas kg g km kilómetros
        kilos minutos min horas hora días noches semanas meses litros trozos mesas sillas habitaciones coches
        tazas páginas página puntos metros piso planta talla familias unidades años
        """
      ),
      (.placePreposition, "en a de hasta desde junto frente cerca"),
      (
        .streetWord,
        """
        calle plaza avenida avda paseo carretera estación sala salón parque iglesia colegio hospital
        aeropuerto andén puerta edificio piso portal hotel restaurante bar pabellón polideportivo conserjería
        camping playa centro ayuntamiento dirección local
        """
      ),
      (.conjunction, "y pero porque aunque así si sino o entonces pues"),
      (.dependent, "porque aunque sino o cual cuales q pa"),
      (.abbreviation, "sr sra sres d dña dr dra av avda c pl núm nº tel etc p ej aprox máx mín pág ud uds vd"),
      (
        .media,
        """
        multimedia omitido, imagen omitida, vídeo omitido, video omitido, audio omitido, sticker omitido, gif
        omitido, documento omitido, archivo adjunto, archivo omitido, nota de voz, mensaje de voz, se eliminó
        este mensaje, eliminaste este mensaje, este mensaje fue eliminado, este mensaje se eliminó, llamada
        perdida, se editó este mensaje, tarjeta de contacto omitida, contacto omitido, esperando este mensaje
        """
      ),
      (
        .agreement,
        """
        ok, okey, vale, va, sí, sii*, sip, claro, perfecto, genial, de acuerdo, hecho, venga, me parece bien,
        me parece genial, me parece perfecto, por mí bien, por mí perfecto, por mí vale, por mí ok, me apunto,
        yo me apunto, apuntado, apuntada, me va bien, nos va bien, me viene bien, nos viene bien, +1, yo
        también, nosotros también, a mí también, y yo, dale, estupendo, fenomenal, buena idea, qué buena idea,
        guay, bien, muy bien, trato hecho, cuenta conmigo, contad conmigo, oído, oído cocina, por supuesto,
        sin problema, ahí estaré, allí estaré, allí estaremos, ahí estaremos, voto, yo voto, a favor,
        encantada, encantado, me encanta, yo digo que sí, confirmado, enviado, pagado, recibido, exacto, eso
        es, tranquila, tranquilo, ideal, listo
        """
      ),
      (
        .refusal,
        """
        no, nop, qué va, yo no, a mí no, aquí no, tampoco, nosotros no, no puedo, no podemos, no lo tengo,
        aquí no está, en casa no, a nosotros tampoco
        """
      ),
      (
        .ignorance,
        """
        ni idea, no sé, no lo sé, no sabemos, ni papa, buena pregunta, no tengo ni idea, pregunto, lo
        pregunto, le pregunto, les pregunto, voy a preguntar, lo miro, miro, habrá que ver, ya veremos, a
        saber, no estoy segura, no estoy seguro, yo tampoco lo sé, quién sabe, hay que mirarlo, lo consulto,
        ya os digo, os digo algo, creo que sí, creo que no, puede ser, supongo, todavía no, aún no, eso digo
        yo, lo mismo digo, me pregunto lo mismo
        """
      ),
      (
        .anybody,
        """
        alguien, quién puede, quién podría, quién tiene, quién quiere, quién se, quién lleva, quién trae,
        quién va, quién compra, quién organiza, quién recoge, alguno, alguna de vosotras, alguno de vosotros,
        sabéis, tenéis, conocéis, habéis visto, algún voluntario, voluntarios
        """
      ),
      (
        .decision,
        """
        decidido, queda decidido, tocamos a, se paga, convoco, convocamos, acordado, acordamos,
        hemos acordado, hemos decidido, decidimos, quedamos,
        hemos quedado, entonces quedamos, vale entonces, pues entonces, queda, quedamos en, quedamos a,
        reservado, reservada, reservé, he reservado, pues reservo, reservo, comprado, comprada, compradas, he
        comprado, pagado, pagada, encargado, encargada, he encargado, pedido, confirmado, confirmada, cerrado,
        cerrada, aprobado, aprobada, se aprueba, aprobamos, sale aprobado, votado, por mayoría, mayoría,
        unanimidad, gana, ganó, cancelado, cancelada, se cancela, se suspende, suspendido, anulado, anulada,
        salimos, nos vemos el, nos vemos a, nos vemos en, será el, será en, definitivo, definitivamente,
        elegido, elegimos, nos quedamos con, trato hecho, vamos con, haremos, iremos, cenamos, comemos,
        hacemos, a partir de, desde ahora, firmado, adjudicado, fijado, fijada
        """
      ),
      (
        .change,
        """
        cambio, cambio de planes, cambiado, cambiada, se cambia, se ha cambiado, cambiamos, ha cambiado, han
        cambiado, cambian, se pasa al, se pasa a, pasa al, pasamos al, se mueve, se ha movido, movemos, se
        aplaza, aplazado, aplazada, aplazamos, se retrasa, retrasado, se adelanta, adelantado, adelantamos, en
        lugar de, en vez de, cancelado, cancelada, se cancela, se suspende, suspendido, ya no, nueva hora,
        nueva fecha, nuevo horario, última hora, de última hora, finalmente, corrección, rectifico, novedades,
        no podemos entrar, pasado a, trasladado, trasladada
        """
      ),
      (
        .proposal,
        """
        propongo, propuesta, y si, qué os parece, qué te parece, os parece, podríamos, podemos, deberíamos,
        hacemos, hacemos lo, quedamos, ponemos, compramos, vamos, yo voto, yo digo, mejor si, sugiero, os
        apetece, quién se apunta, os apuntáis, por qué no, os va bien, os viene bien, a quién le, vendría
        bien, estaría bien, había pensado, he pensado, se me ocurre, idea, no?
        """
      ),
      (
        .request,
        """
        por favor, porfa, porfi, puedes, podéis, podrías, podríais, puede alguien, alguien puede, alguien
        podría, quién puede, quién podría, quién lleva, quién trae, quién compra, quién organiza, acuérdate,
        acordaos, acordarse, acordaros, no olvides, no olvidéis, no os olvidéis, no te olvides, recordad,
        recuerda, os recuerdo, recordatorio, traed, trae, llevad, hay que, tenéis que, tienes que, hace falta
        que, hacen falta, falta, faltan, necesito, necesitamos, se necesita, mandad, mandadme, mándame,
        enviad, enviadme, pasadme, pásame, avisad, avisadme, avísame, que me avise, decidme, dime, confirmad,
        confirma, confirmadme, apuntaos, apúntate, antes de, antes del, como tarde, fecha límite, plazo,
        último día, haced, haz, bizum, ingresad, pagad, firmad, firmar, entregad, entregar, rellenad, revisad,
        reviséis, revisar, urgente, a más tardar, hasta el, pide que, tened, cuidado con, devolved, traigáis,
        traigan, llevéis
        """
      ),
      (
        .commitment,
        """
        yo llevo, yo traigo, puedo, la llevo yo, las llevo yo, los llevo yo, yo te, te lo, te la, yo hago,
        yo compro, yo pongo, yo voy, yo puedo, puedo llevar, puedo pasar, puedo
        traer, puedo hacer, puedo comprar, puedo ir, puedo sacar*, yo me encargo, me encargo, me ocupo, yo
        reservo, yo llamo, yo pregunto, yo recojo, yo preparo, yo aviso, yo organizo, yo pago, pago yo, los
        pago yo, lo pago yo, llevo, llevo yo, traigo, lo llevo, lo traigo, voy yo, hago yo, lo hago yo, lo
        compro, los compro, compro yo, ya lo compro, nosotros llevamos, nosotros traemos, nosotros ponemos, me
        pido, lo reservo, la reservo, lo cojo yo, cojo yo, yo cocino, yo grabo, lo grabo, yo imprimo, yo lo,
        yo la, yo los, cuenta con, dejadme a mí, déjamelo, lo miro yo, mi turno, me toca
        """
      ),
      (
        .announcement,
        """
        otra cosa, una cosa, una cosita, más cosas, varias cosas, varias cosillas, dos cosas, os escribo,
        atención, importante, ojo, aviso, buenas noticias, malas noticias, noticias, noticia, me han dicho, me
        ha dicho, me dicen, me ha escrito, nos han dicho, nos han dado, dice que, dicen que, cuesta, cuestan,
        precio, sale a, sale por, salen a, incluye, incluido, empieza, empiezan, abre, cierra, cerrado, será,
        dirección, punto de encuentro, contraseña, código, enlace, link, llega el, llegan, salida, entrada*,
        obligatorio, plazo, último día, alérgic*, alergia, celíac*, novedades, info, información, os informo,
        convocatoria, reunión, autorización, resultado
        """
      ),
      (
        .problem,
        """
        se ha estropeado, falla, gotea, roto, rota, estropeado, estropeada, averiado, avería, no funciona, no
        va, problema, perdido, perdida, ha perdido, desaparecid*, robado, robo, retraso, enfermo, enferma,
        malo, mala, hospital, lesionado, cortado, corte, cerrado, error, agotado, agotada, agotadas, completo,
        lleno, fuga, gotera, goteras, humedad, inundación, accidente, atasco, queja, quejas, no puedo ir, no
        podemos ir, no llego, bloqueado, piojos, fallo
        """
      ),
      (
        .sympathy,
        """
        enhorabuena, felicidades, felicitaciones, cuánto me alegro, me alegro mucho, qué alegría, qué buena
        noticia, que te mejores, que os mejoréis, lo siento mucho, mucho ánimo, ánimo, mi pésame, qué orgullo,
        te lo mereces
        """
      ),
      (
        .smallTalk,
        """
        habéis visto, visteis, has visto, viste, habéis leído, alguien ha visto el partido, quién ganó, cómo
        fue, qué tal, sabéis qué me, sabéis quién, a que no sabéis, os acordáis, te acuerdas, no os pasa,
        adivinad, qué coméis, qué cenáis, qué pasa, qué te pasa
        """
      ),
      (
        .resolved,
        """
        apareció, aparecida, ha aparecido, encontré, la encontré, lo encontré, he encontrado, ya la tengo, ya
        lo tengo, resuelto, solucionado, ya está solucionado
        """
      ),
      (.asksAmount, "cuánto, cuánta, cuántos, cuántas"),
      (.asksWhen, "a qué hora, qué día, qué fecha"),
      (
        .topicChange,
        """
        por cierto, cambiando de tema, otra cosa, una cosa, a todo esto, otro tema, hablando de otra cosa
        """
      ),
      (.past, "era, eran, fue, fueron, había, el año pasado, la última vez, la semana pasada, ayer, anoche, hace años"),
    ])
}

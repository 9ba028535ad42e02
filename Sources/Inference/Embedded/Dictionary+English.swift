extension LanguageDictionary {
  static let english = LanguageDictionary(
    language: .english,
    entries: [
      (
        .stop,
        """
        a about after again all also always am an and another any anyone anything are aren't as at away back
        be because been before being both but by bye came can can't cannot come comes could couldn't d did
        didn't do does doesn't doing don't done dont down each either else even ever every everyone everything
        few for from get gets getting give go goes going gonna got gotta had has hasn't have haven't having he
        he's her here hers him his how i i'd i'll i'm i've if im in into is isn't it it's its ive just know
        last less let let's lets like lot lots made make many may maybe me might mine more most much must my
        myself need never new next no nobody none not nothing now of off oh ok okay on once one only or other
        our ours out over own please put quite rather re really right said same say see she she's should
        shouldn't since so some someone something soon still such sure take than that that's thats the their
        theirs them then there there's these they they're they've thing things think this those though through
        till to too under until up us use very via wait want was wasn't way we we'd we'll we're we've well
        went were weren't what what's when where which while who who's why will with without won't would
        wouldn't yeah yes yet you you'd you'll you're you've your yours u ur r ya yep nope
        """
      ),
      (
        .laughter,
        """
        lol lmao haha* hahah* hehe* hihi* rofl xd ha lolol omg wow oof aww* ugh meh eek yay* woo* oops phew
        """
      ),
      (
        .courtesy,
        """
        hi, hello, hey, hiya, morning, good morning, good afternoon, good evening, evening all, good night,
        night, thanks, thank you, thx, ty, cheers, ta, congrats, congratulations, well done, happy birthday,
        welcome, no worries, no problem, np, you're welcome, sorry, my bad, see you, take care, bless, love
        it, so cute, have fun, enjoy, get well soon, good luck, hope you're, hope you are, hope you all, hope
        everyone, thanks for, thank you for, hope it, how are you, nice one, you're a star, legend, miss you
        """
      ),
      (
        .filler,
        """
        ok, okay, so, well, right, oh, ah, hey, hi, hello, hi all, hi everyone, hello everyone, hey guys, hey
        all, guys, anyway, btw, by the way, also, and, but, yeah, yes, yep, no, nope, hmm, hm, um, uh, ooh,
        haha, lol, omg, ps, fyi, alright, now, then, just, morning, morning all, good morning, good evening,
        evening, thanks, thank you, cool, great, perfect, sure, actually, honestly, to be honest, tbh, listen,
        look, i mean, you know, one more thing, next thing, right then, well then, sorry, folks, everyone,
        done, fine, oh and, ok so, ok then, quick one, another thing, just to say, good, nice, lovely,
        brilliant, aw, ha, team, all, ladies, quick reminder
        """
      ),
      (.lead, "so and but also anyway anyways btw oh ah hmm hm um well ok okay hey hi hello yeah haha plus ps"),
      (.dueWord, "by before"),
      (.asksPerson, "who who's whose"),
      (.asksTime, "when when's"),
      (.asksPlace, "where where's"),
      (
        .leisure,
        """
        telly tv series show episode netflix film movie movies weather rain raining sunny snow documentary
        podcast meme dream watched watching
        """
      ),
      (.negation, "not no don't dont doesn't didn't can't cannot won't isn't haven't hasn't never none n't nothing"),
      (
        .collective,
        """
        we we'll we're we've us our everyone everybody all anyone anybody someone somebody guys team folks
        """
      ),
      (.questionWord, "who who's whose what what's when when's where where's which why how how's"),
      (.selfWord, "i i'll i'm i've i'd ill im ive id we we'll me"),
      (
        .weekday,
        """
        monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
        saturdays sundays mon tue tues wed thu thur thurs fri sat sun weekend
        """
      ),
      (
        .month,
        """
        january february march april june july august september october november december jan feb mar apr jun
        jul aug sep sept oct nov dec
        """
      ),
      (
        .relativeDay,
        """
        today tomorrow tmrw tmr tonight yesterday noon midday midnight lunchtime morning afternoon evening
        week month
        """
      ),
      (.clockPreposition, "at by from until till before after between around about"),
      (.clockUnit, "am pm o'clock oclock hrs"),
      (.currency, "pound pounds quid p pence dollar dollars bucks usd gbp euro euros eur cents k grand fee deposit"),
      (
        .unit,
        """
        people persons kids adults guests tickets seats places spots bottles boxes bags kg g km miles mile
        minutes mins min hours hour days weeks months percent % litres liters pieces loaves tables chairs
        rooms cars cups slots pages points metres meters floor
        """
      ),
      (.placePreposition, "at in near to from outside opposite behind by"),
      (
        .streetWord,
        """
        street road lane avenue square drive close station hall park church school hospital airport platform
        terminal room gate building floor street's pub hotel restaurant centre center court address postcode
        """
      ),
      (.conjunction, "and but so because cause cos then although though unless while whereas or since"),
      (.dependent, "because cos cause which who whose that than whereas although though unless or nor"),
      (.abbreviation, "mr mrs ms dr st no vs approx etc eg ie e.g i.e p.m a.m tel ext min max dept ca"),
      (
        .media,
        """
        media omitted, image omitted, video omitted, audio omitted, sticker omitted, gif omitted, document
        omitted, contact card omitted, voice message, this message was deleted, you deleted this message,
        missed voice call, missed video call, attached, waiting for this message, this message was edited
        """
      ),
      (
        .agreement,
        """
        ok, okay, yes, yep, yeah, yup, ya, sure, agreed, agree, i agree, deal, done, perfect, great, good
        idea, sounds good, sounds great, works for me, works for us, fine, fine by me, fine with me, i'm in,
        im in, i am in, in, count me in, same, +1, me too, good plan, lovely, brilliant, cool, absolutely,
        definitely, of course, will do, no problem, np, got it, noted, grand, k, kk, yes please, do it, go for
        it, love it, great idea, excellent, awesome, good for me, happy with that, that works, suits me, i'm
        happy, sold, go ahead, makes sense, all good, right, can do, makes two, yay, amazing, nice, approved,
        confirmed, seconded, second that, i'm up for, i'm free, i can, fair, fair enough
        """
      ),
      (
        .refusal,
        """
        no, nope, nah, not me, no sorry, sorry no, can't, i can't, cannot, not really, afraid not, i haven't,
        haven't, not here, neither
        """
      ),
      (
        .ignorance,
        """
        no idea, don't know, dont know, not sure, dunno, idk, good question, no clue, i wonder, let me check,
        let me see, will check, i'll check, i'll ask, i'll find out, find out, was wondering, who knows,
        haven't decided, not yet, beats me, need to check, waiting to hear, same question, i think so, i don't
        think so, i guess, probably not, apparently, wondering that too, wondering the same, tbc, tbd
        """
      ),
      (
        .anybody,
        """
        anyone, anybody, someone, somebody, any of you, who can, who could, who has, who's got, who is going
        to, who will, who wants, who's, any idea, any ideas, any news, does anyone, has anyone, can anyone,
        any chance, any volunteers
        """
      ),
      (
        .decision,
        """
        agreed, lock in, let's lock, nailed down, decided, decision, it is $, we've decided, we have decided,
        let's do, let's go with, lets go with, lets do, go with, going with, we're going with, we'll go with,
        final, settled, sorted, confirmed, confirm, booked, i've booked, i booked, reserved, paid, ordered,
        signed, approved, rejected, cancelled, canceled, called off, off the table, it's on, set for,
        scheduled, it is then, that's it then, stick with, sticking with, sign off, signed off, we'll have,
        we'll meet, meet at, meeting at, we'll do, we are going, we're meeting, we're not, we won't, no
        longer, from now on, official, voted, won the vote, majority, green light, go ahead with, picked,
        chosen, chose, deal, the plan is, plan is, done deal, locked in, bought, got the tickets, keep it at,
        moved to, has been, voted for
        """
      ),
      (
        .change,
        """
        moved to, moved it, moving to, move it to, pushed to, pushed back, postponed, brought forward, going up,
        goes up, rescheduled, instead, change of plan, changed to, has changed, have changed, change, changed, new
        time, new date, new plan, slight change, cancelled, canceled, called off, not anymore, no longer,
        swap*, update, correction, actually now, delayed, earlier than, later than, switched to, back to
        """
      ),
      (
        .proposal,
        """
        shall we, should we, let's, lets, how about, what about, why don't we, we could, could we, can we, i
        suggest, suggest*, propose, i'd say, i was thinking, i vote, maybe we, do we want, who's up for,
        fancy, would it work, does it work, does that work, works for everyone, would * work, i reckon, idea,
        what if, want me to, shall i, should i, we should
        """
      ),
      (
        .request,
        """
        please, pls, plz, can you, could you, can u, would you, will you, can someone, could someone, can
        somebody, can anyone, could anyone, can everyone, could everyone, everyone needs, you need to, need
        you to, don't forget, dont forget, remember to, reminder, make sure, bring, send me, let me know, lmk,
        tell me, reply by, rsvp, deadline, by friday, by monday, by tuesday, by wednesday, by thursday, by
        saturday, by sunday, by tomorrow, by tonight, by the end, by noon, no later than, due, sign up, fill
        in, fill out, pay me, transfer, hand in, hand it in, return the, remind, need someone, need a
        volunteer, volunteers, we need, someone needs, someone has to, you have to, asap, would be great if,
        be there
        """
      ),
      (
        .commitment,
        """
        i'll, i will, ill bring, i can bring, i can do, i can make, i can take, i can pick, i can drive, i can
        get, i can ask, i'm bringing, i'm getting, i'm doing, i'm making, i'm on it, leave it to me, leave it
        with me, i've got it, i'll handle, i have booked, i've booked, i've ordered, i ordered, i've paid,
        i've asked, i've sent, i've told, we'll bring, we'll take, we can bring, we can take, we can host, i'd
        be happy to, happy to bring, happy to drive, i can, my turn, i'm taking, i volunteer, count on me
        """
      ),
      (
        .announcement,
        """
        one more thing, one last thing, next thing, another thing, last thing, quick one, important, heads up,
        fyi, attention, note that, please note, just heard, good news, bad news, news, update, announcement,
        starts at, starts on, opens, closes, closed, deadline, costs, cost, price, ticket*, includes,
        including, address, meeting point, code is, password, the link, link, arrives, arriving, leaves at,
        departs, doors, kick off, kickoff, takes place, runs from, due, available, offered, offers, required,
        rule*, allergic, allergy
        """
      ),
      (
        .problem,
        """
        acting up, playing up, keeps dropping, drops the, went down, is down, broken, broke, not working,
        doesn't work, isn't working, problem, issue, leak*, lost, missing, stolen, late, delayed, ill, sick,
        injured, hospital, closed, fault*, dead, error, failed, out of order, can't make it, cannot make it,
        won't be able, sold out, fully booked, double booked, accident, damage*, blocked, stuck, crash*,
        complaint, complained, mixed up
        """
      ),
      (
        .sympathy,
        """
        congrats, congratulations, well done, so proud, proud of you, happy birthday, get well, sorry to hear,
        so sorry, poor you, well deserved, amazing news, great news, so happy for you, condolences, thinking
        of you
        """
      ),
      (
        .smallTalk,
        """
        did you see, did you all see, did anyone see the, did anyone watch, anyone watch, has everyone seen,
        have you seen the, have you all seen, did you watch, anyone watching, guess what, how was your, how is
        everyone, how's everyone, how are you, who ate, did you know, anyone else, who else
        """
      ),
      (
        .resolved,
        """
        found it, found my, found the, found them, turned up, sorted, solved, never mind, nevermind, no longer
        needed, got one, got it now, all sorted, mystery solved
        """
      ),
      (.asksAmount, "how much, how many, how long"),
      (.asksWhen, "what time, which day, what day, what date, which date"),
      (
        .topicChange,
        """
        btw, by the way, anyway, anyways, different topic, another thing, other thing, one more thing, off
        topic, unrelated, in other news
        """
      ),
      (.past, "was, were, had, used to, last year, last time, last week, yesterday, remember when, back in, since"),
    ])
}

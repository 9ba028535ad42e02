"""A person's way through the local page, and a look at the reports of audit and receipts. Each function is one claim."""

import argparse
import contextlib
import pathlib
import urllib.parse

from playwright.sync_api import TimeoutError

from browser import View, chromium

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1180, "height": 900}

# What a member of a chat may write to whoever reads it in a page.
HOSTILE = """<img src=x onerror="document.title='owned'"><script>window.owned=1</script> javascript:alert(1)"""
CHAT = "".join(
    f"10/06/2026, 07:{10 + i} - {sender}: {text}\n"
    for i, (sender, text) in enumerate([
        ("Priya", "Morning! We have to answer the council by Monday 15 June."),
        ("Marek", "The tap costs £7.50, I will fit it on Saturday."),
        ("Priya", "Decision: we buy the tap. Leila, can you call them?"),
        ("Leila", "Yes, tomorrow at 10:00."),
        ("Sam", f"Decision: {HOSTILE} we meet on Friday."),
    ]))
GARDEN = pathlib.Path(__file__).parents[2] / "examples" / "garden-group.txt"
SUMMARY_SHOWN = "#summary-after:not([hidden])"


class Walk:
    def __init__(self, browser, page, screenshots, **reports):
        self.browser = browser
        self.address = page
        parts = urllib.parse.urlsplit(page)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.reports = {name: pathlib.Path(path).resolve().as_uri() for name, path in reports.items()}
        self.pictures = screenshots

    def open(self, scheme="light", size=DESK, **options):
        context = self.browser.new_context(viewport=size, color_scheme=scheme, **options)
        view = View(context)
        view.page.goto(self.address)
        view.page.wait_for_selector(".view:not([hidden])")
        return view

    def go(self, view, name):
        view.page.evaluate(f"location.hash = '#/{name}'")
        view.page.wait_for_selector(f"#view-{name}:not([hidden])")
        view.page.wait_for_timeout(300)

    def check(self, view):
        view.expect_named()
        view.expect_readable()
        view.expect_no_sideways_scroll()
        assert view.page.is_visible("#banner-simulated"), "the banner is not shown"
        assert "SIMULATED" in view.page.inner_text("#banner-simulated")
        assert not view.page.query_selector("#banner-simulated button, #banner-simulated a")

    def finish(self, view):
        view.expect_quiet()
        view.expect_only(self.origin)
        view.page.context.close()

    # The claims, in the order of a person's first visit.

    def shows_only_the_switch_at_first(self):
        view = self.open()
        shown = view.page.eval_on_selector_all(
            "main button, main a, main input, nav a",
            "all => all.filter((e) => e.checkVisibility()).map((e) => e.id)")
        assert shown == ["feature-on"], shown
        assert view.page.get_attribute("#feature-on", "aria-checked") == "false"
        assert self.address.split("#")[1] not in view.page.url, "the secret stays in the address bar"
        self.check(view)
        view.picture(self.pictures, "off-light")
        self.finish(view)

    def says_when_the_secret_is_missing(self):
        context = self.browser.new_context()
        view = View(context)
        view.page.goto(self.origin + "/page/")
        view.page.wait_for_selector("#failure:not([hidden])")
        assert "page-secret-missing" in view.page.inner_text("#failure")
        assert not view.page.query_selector(".view:not([hidden])")
        self.finish(view)

    def goes_from_switch_to_summary_by_keyboard(self):
        view = self.open()
        page = view.page
        keys = page.keyboard
        keys.press("Tab")
        assert page.evaluate("document.activeElement.id") == "skip"
        keys.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        self.tab_to(page, "feature-on")
        keys.press("Space")
        page.wait_for_selector("#view-summary:not([hidden])")
        view.picture(self.pictures, "consent-light")
        self.check(view)
        self.tab_to(page, None, "data-task", "summarize")
        keys.press("Space")
        page.wait_for_selector("#drop", state="visible")
        chooser = self.choose_by_keyboard(page)
        chooser.set_files(
            {"name": "WhatsApp Chat with Garden.txt", "mimeType": "text/plain", "buffer": GARDEN.read_bytes()})
        page.wait_for_selector("#step-range:not([hidden])")
        assert page.evaluate("document.activeElement.id") == "export-title"
        self.tab_to(page, "range-count")
        keys.type("60")
        assert page.is_checked("input[value=unread]")
        self.tab_to(page, "reader")
        keys.type("Leila")
        assert page.input_value("#reader") == "Leila"
        self.tab_to(page, None, "type", "submit")
        keys.press("Enter")
        page.wait_for_selector("#step-preview:not([hidden])")
        self.tab_to(page, "send")
        keys.press("Enter")
        page.wait_for_selector(SUMMARY_SHOWN, timeout=60_000)
        assert page.inner_text("#summary-text").strip()
        view.picture(self.pictures, "first-summary-light")
        self.tab_to(page, None, "href", "#/receipts/", prefix=True)
        keys.press("Enter")
        page.wait_for_selector("#receipt-body table")
        assert page.evaluate("document.activeElement.id") == "receipt-title"
        self.finish(view)

    def choose_by_keyboard(self, page):
        """Chromium on a busy machine may miss the first press of a key after the view changed."""
        for _ in range(5):
            self.tab_to(page, "file")
            with contextlib.suppress(TimeoutError):
                with page.expect_file_chooser(timeout=6_000) as chooser:
                    page.keyboard.press("Enter")
                return chooser.value
        raise AssertionError("no file can be chosen by keyboard")

    def tab_to(self, page, identifier, attribute=None, value=None, prefix=False):
        """Presses Tab until the focus is there; on its way every stop must be visible and show that it has the focus."""
        for _ in range(80):
            page.keyboard.press("Tab")
            stop = page.evaluate("""([attribute]) => {
              const e = document.activeElement;
              const style = getComputedStyle(e);
              const shows = (s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
              const next = e.nextElementSibling;
              return {
                id: e.id, value: attribute ? e.getAttribute(attribute) : null, isBody: e === document.body,
                isVisible: e.checkVisibility(),
                isShown: shows(style) || (next && shows(getComputedStyle(next)))
                  || (e.parentElement && shows(getComputedStyle(e.parentElement))),
              };
            }""", [attribute])
            if not stop["isBody"]:
                assert stop["isVisible"] and stop["isShown"], f"the focus is not seen: {stop}"
            if identifier and stop["id"] == identifier:
                return
            if attribute and stop["value"] and (
                    stop["value"] == value or (prefix and stop["value"].startswith(value))):
                return
        raise AssertionError(f"Tab never comes to {identifier or value}")

    def has_no_keyboard_trap(self):
        view = self.open()
        for name in ["summary", "reply", "writing", "chat", "history", "receipts", "settings"]:
            self.go(view, name)
            seen = []
            for _ in range(120):
                view.page.keyboard.press("Tab")
                seen.append(view.page.evaluate("document.activeElement.id || document.activeElement.outerHTML"))
                if seen.count("skip") == 2:
                    break
            assert seen.count("skip") == 2, f"{name}: the focus does not come around: {seen[-5:]}"
        self.finish(view)

    def summarises_a_dropped_export_with_a_receipt(self):
        view = self.open()
        page = view.page
        # A drop as the browser makes one.
        transfer = page.evaluate_handle("""(text) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "WhatsApp Chat with Garden.txt", { type: "text/plain" }));
          return transfer;
        }""", CHAT)
        page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
        page.wait_for_selector("#step-range:not([hidden])")
        assert page.inner_text("#export-title") == "Garden"
        before = len([url for url in view.requests if "/api/summary" in url])
        page.click("#range-form [type=submit]")
        page.wait_for_selector("#step-preview:not([hidden])")
        shown = page.inner_text("#preview-text")
        assert "fit it on Saturday" in shown and HOSTILE in shown, shown
        assert before == len([url for url in view.requests if "/api/summary" in url]) == 0, "sent before the person said so"
        page.click("#send")
        page.wait_for_selector(SUMMARY_SHOWN, timeout=60_000)
        # What a member wrote is text and nothing else.
        assert page.evaluate("window.owned === undefined && document.title !== 'owned'")
        assert not page.query_selector("main img, main script, #summary-text a, #preview-text a")
        self.check(view)
        view.picture(self.pictures, "summary-light")
        page.click("#summary-after a")
        page.wait_for_selector("#receipt-body table")
        text = page.inner_text("#receipt-body")
        for words in ["Everybody gets the same keys", "Simulated: it runs exactly that software", "What each party could see",
                      "The age of every proof", "Witnesses’ signatures"]:
            assert words in text, words
        page.click("text=Check everything again")
        page.wait_for_selector("text=none failed")
        self.check(view)
        view.picture(self.pictures, "receipt-light")
        self.finish(view)

    def refuses_what_is_no_export_with_code_and_advice(self):
        view = self.open()
        view.page.set_input_files(
            "#file", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no chat at all"})
        view.page.wait_for_selector("#failure:not([hidden])")
        assert "chat-not-an-export" in view.page.inner_text("#failure")
        assert view.page.get_attribute("#failure", "role") == "alert"
        # Chromium itself says that an answer had status 400.
        view.said = [text for text in view.said if "status of 400" not in text]
        self.finish(view)

    def says_before_anybody_tries_what_the_machines_cannot_do(self):
        view = self.open()
        page = view.page
        for name, part in [("reply", "#reply-drop"), ("chat", "#question")]:
            self.go(view, name)
            page.wait_for_selector(f"[data-consent={name}] .notice")
            notice = page.inner_text(f"[data-consent={name}]")
            assert "cannot do this" in notice and "no model" in notice, notice
            assert page.is_hidden(part), "what cannot be done can be asked for"
            assert not page.query_selector(f"[data-consent={name}] .switch"), "what cannot be done can be turned on"
            self.check(view)
            view.picture(self.pictures, f"{name}-without-model-light")
        # A task that is on already is not asked for either.
        self.go(view, "settings")
        page.click("#task-switches [data-task=chat]")
        page.wait_for_selector("#task-switches [data-task=chat][aria-checked=true]")
        self.go(view, "chat")
        page.wait_for_selector("[data-consent=chat] .notice")
        assert page.is_hidden("#question")
        self.finish(view)

    def mends_a_draft_and_says_what_cannot(self):
        view = self.open()
        page = view.page
        self.go(view, "writing")
        page.click("[data-consent=rewrite] .switch")
        page.wait_for_selector("#draft", state="visible")
        page.wait_for_selector("#tones-missing:not([hidden])")
        page.fill("#draft", "i think we shoud meet on friday , what do you think ?")
        page.check("[name=tone][value=spelling]", force=True)
        page.click("#writing-form [type=submit]")
        page.wait_for_selector("#writing-after:not([hidden])", timeout=60_000)
        text = page.inner_text("#writing-text")
        assert text.strip() == "I think we shoud meet on Friday , what do you think ?", text
        notes = page.inner_text("#writing-after")
        assert "shoud" in notes and "without a model" in notes, notes
        self.check(view)
        view.picture(self.pictures, "writing-light")
        missing = page.inner_text("#tones-missing")
        assert "no model: Friendlier, Clearer." in missing, missing
        assert page.is_hidden(".tone:has([value=friendlier])") and page.is_visible(".tone:has([value=concise])")
        # As of whoever picked a tone before the offer was known.
        page.evaluate("document.querySelector('[name=tone][value=friendlier]').checked = true")
        self.go(view, "chat")
        self.go(view, "writing")
        assert page.is_checked("[name=tone][value=concise]"), "a tone is picked that is not shown"
        self.finish(view)

    def keeps_answers_under_a_passphrase_once_asked_to(self):
        view = self.open()
        page = view.page
        passphrase = "correct horse battery"
        self.go(view, "history")
        assert "Off" in page.inner_text("#history-state") and page.is_hidden("#history-read-form")
        self.check(view)
        page.fill("#history-new", passphrase)
        page.fill("#history-again", passphrase + "x")
        page.click("#history-on-form [type=submit]")
        page.wait_for_selector("#failure:not([hidden])")
        assert "page-passphrase" in page.inner_text("#failure")
        page.fill("#history-new", passphrase)
        page.fill("#history-again", passphrase)
        page.click("#history-on-form [type=submit]")
        page.wait_for_selector("#history-off:not([hidden])")
        assert page.evaluate("document.activeElement.id") == "history-title"
        self.go(view, "summary")
        page.set_input_files(
            "#file", {"name": "WhatsApp Chat with Garden.txt", "mimeType": "text/plain", "buffer": CHAT.encode()})
        page.click("#range-form [type=submit]")
        page.click("#send")
        page.wait_for_selector(SUMMARY_SHOWN, timeout=60_000)
        assert "Kept in your history." in page.inner_text("#summary-after")
        summary = page.inner_text("#summary-text p >> nth=0").strip()
        self.go(view, "history")
        page.fill("#history-passphrase", "another one")
        page.click("#history-read-form [type=submit]")
        page.wait_for_selector("#failure:not([hidden])")
        assert "history-locked" in page.inner_text("#failure")
        page.fill("#history-passphrase", passphrase)
        page.click("#history-read-form [type=submit]")
        page.wait_for_selector("#history-open:not([hidden])")
        assert page.is_hidden("#failure") and page.is_hidden("#history-read-form")
        text = page.inner_text("#history-entries")
        assert "Summary of a chat: Garden" in text and summary in text and "SIMULATED" in text, text
        assert page.evaluate("window.owned === undefined") and not page.query_selector("#history-entries img")
        self.check(view)
        view.picture(self.pictures, "history-light")
        # The view is left: nothing of it stays in the tab, and the passphrase is nowhere.
        self.go(view, "receipts")
        assert page.text_content("#history-entries") == "" and page.input_value("#history-passphrase") == ""
        stored = page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])")
        assert passphrase not in stored and not any("correct" in url for url in view.requests), stored
        self.go(view, "history")
        page.fill("#history-passphrase", passphrase)
        page.keyboard.press("Enter")
        page.wait_for_selector("#history-open:not([hidden])")
        page.click("#history-entries button:text('Delete')")
        page.click("#confirm-yes")
        page.wait_for_selector("#history-open", state="hidden")
        assert "No answer is kept" in page.inner_text("#history-state")
        page.click("#history-purge")
        page.click("#confirm-yes")
        page.wait_for_selector("#history-on-form:not([hidden])")
        assert page.is_visible("#history-again") and page.is_hidden("#history-purge")
        # Chromium itself says that an answer had status 400.
        view.said = [text for text in view.said if "status of 400" not in text]
        self.finish(view)

    def fits_a_phone_in_light_and_dark(self):
        for scheme in ["light", "dark"]:
            view = self.open(scheme, PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)
            assert view.is_dark() == (scheme == "dark"), scheme
            for name in ["summary", "reply", "writing", "chat", "history", "receipts", "settings"]:
                self.go(view, name)
                self.check(view)
                view.picture(self.pictures, f"phone-{name}-{scheme}")
            self.go(view, "receipts")
            view.page.click("#receipts-list a")
            view.page.wait_for_selector("#receipt-body table")
            self.check(view)
            view.picture(self.pictures, f"phone-receipt-{scheme}")
            self.finish(view)

    def is_dark_where_a_person_likes_it(self):
        view = self.open("dark")
        assert view.is_dark()
        view.page.set_input_files(
            "#file", {"name": "WhatsApp Chat with Garden.txt", "mimeType": "text/plain", "buffer": CHAT.encode()})
        view.page.click("#range-form [type=submit]")
        view.page.wait_for_selector("#step-preview:not([hidden])")
        self.check(view)
        view.picture(self.pictures, "preview-dark")
        self.finish(view)

    def moves_nothing_where_motion_is_reduced(self):
        view = self.open(reduced_motion="reduce")
        moving = view.page.evaluate("""() => {
          const item = document.createElement("li");
          document.getElementById("summary-progress").append(item);
          const names = [...document.querySelectorAll("*")].map((e) => getComputedStyle(e).animationName);
          names.push(getComputedStyle(item, "::before").animationName);
          item.remove();
          return names.filter((name) => name !== "none");
        }""")
        assert not moving, moving
        self.finish(view)

    def stops_injected_script(self):
        view = self.open()
        result = view.page.evaluate("""async () => {
          const violations = [];
          document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
          const script = document.createElement("script");
          script.append("window.owned = 1");
          try { document.body.append(script); } catch { violations.push("thrown"); }
          const link = document.createElement("a");
          link.setAttribute("href", "javascript:window.owned = 1");
          document.body.append(link);
          link.click();
          let markup = "taken";
          try { document.createElement("div").innerHTML = "<b>x</b>"; } catch { markup = "refused"; }
          const image = new Image();
          image.src = "http://elsewhere.example/x.png";
          let fetched = "taken";
          try { await fetch("http://127.0.0.1:9/x"); } catch { fetched = "refused"; }
          await new Promise((done) => setTimeout(done, 200));
          return { owned: window.owned ?? null, markup, fetched, violations };
        }""")
        assert result["owned"] is None and result["markup"] == "refused" and result["fetched"] == "refused", result
        # The script that was put in, and the link that is one.
        kinds = {name for name in result["violations"] if name.startswith(("script-src", "require-trusted-types"))}
        assert len(kinds) == 2, result
        assert "img-src" in result["violations"] and "connect-src" in result["violations"], result
        view.page.context.close()

    def stands_in_no_frame_of_another_page(self):
        context = self.browser.new_context()
        view = View(context)
        view.page.goto("data:text/html,<iframe src='" + self.origin + "/page/'></iframe>")
        view.page.wait_for_timeout(500)
        assert not any(
            frame.url.startswith(self.origin) and frame.query_selector("#main") for frame in view.page.frames)
        context.close()

    def turns_everything_off_again(self):
        view = self.open()
        page = view.page
        self.go(view, "settings")
        self.check(view)
        view.picture(self.pictures, "settings-light")
        page.click("#feature-off")
        page.wait_for_selector("dialog[open]")
        assert page.evaluate("document.activeElement.id") == "confirm-no"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "feature-off", "the focus is lost behind the dialog"
        page.click("#feature-off")
        page.click("#confirm-yes")
        page.wait_for_selector("#view-off:not([hidden])")
        assert page.is_hidden("#nav")
        page.reload()
        page.wait_for_selector("#view-off:not([hidden])")
        self.check(view)
        self.finish(view)

    def opens_each_report_alone(self):
        looks = [("light", DESK), ("dark", PHONE)]
        for name, report, scheme, size in [(*report, *look) for report in self.reports.items() for look in looks]:
            view = View(self.browser.new_context(viewport=size, color_scheme=scheme))
            view.page.goto(report)
            assert view.page.inner_text("h1").strip()
            assert view.requests == [report], view.requests
            assert view.is_dark() == (scheme == "dark"), scheme
            view.page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
            view.expect_named()
            view.expect_readable()
            view.expect_no_sideways_scroll()
            view.expect_whole_words()
            assert not view.page.query_selector("script, a[href^=http], img, link, iframe")
            assert view.page.get_attribute("html", "lang")
            view.expect_quiet()
            view.picture(self.pictures, f"{name}-{scheme}")
            view.page.context.close()


CLAIMS = [
    Walk.shows_only_the_switch_at_first, Walk.says_when_the_secret_is_missing,
    Walk.goes_from_switch_to_summary_by_keyboard, Walk.summarises_a_dropped_export_with_a_receipt,
    Walk.refuses_what_is_no_export_with_code_and_advice,
    Walk.says_before_anybody_tries_what_the_machines_cannot_do, Walk.mends_a_draft_and_says_what_cannot,
    Walk.keeps_answers_under_a_passphrase_once_asked_to, Walk.has_no_keyboard_trap,
    Walk.fits_a_phone_in_light_and_dark, Walk.is_dark_where_a_person_likes_it,
    Walk.moves_nothing_where_motion_is_reduced, Walk.stops_injected_script, Walk.stands_in_no_frame_of_another_page,
    Walk.turns_everything_off_again, Walk.opens_each_report_alone,
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", required=True)
    parser.add_argument("--report", required=True)
    parser.add_argument("--receipts", required=True)
    parser.add_argument("--screenshots", required=True)
    arguments = parser.parse_args()
    with chromium() as browser:
        show_all(
            CLAIMS,
            Walk(browser, arguments.page, arguments.screenshots, audit=arguments.report, receipts=arguments.receipts))


def show_all(claims, walk):
    for claim in claims:
        print(claim.__name__.replace("_", " "), flush=True)
        claim(walk)


if __name__ == "__main__":
    main()

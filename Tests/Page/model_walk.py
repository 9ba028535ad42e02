"""A person's way through the local page where the nodes have a model: chats and replies. Each function is one claim."""

import argparse

from browser import chromium
from engine import REPLY, EngineDriver, answer
from walk import CHAT, HOSTILE, PHONE, Walk, show_all

TASK_SWITCH = "[data-consent=%s] .switch"
QUESTIONS = ["Where does basil grow best?", "And mint?", "And thyme?"]


class ModelWalk(Walk):
    def __init__(self, browser, page, screenshots, engine):
        super().__init__(browser, page, screenshots)
        self.engine = EngineDriver(engine)

    def said(self, view):
        """What the model said, turn by turn."""
        return view.page.locator("#talk .model .said").all_inner_texts()

    def ask(self, view, question):
        """Asks by the Enter key, and waits for the whole answer."""
        turns = len(self.said(view))
        view.page.focus("#question")
        view.page.keyboard.type(question)
        view.page.keyboard.press("Enter")
        view.page.wait_for_selector(f"#talk li:nth-child({2 * turns + 2}) a", timeout=90_000)

    def choose_chat(self, page):
        """Chooses the export that a reply is wanted in."""
        page.set_input_files(
            "#reply-file", {"name": "WhatsApp Chat with Garden.txt", "mimeType": "text/plain", "buffer": CHAT.encode()})
        page.wait_for_selector("#reply-step-range:not([hidden])")

    def expect_receipt(self, view, sentence):
        """The receipt that is shown tells its steps and names what the release does without."""
        page = view.page
        page.wait_for_selector("#receipt-body table")
        text = page.inner_text("#receipt-body")
        for words in [sentence, "Everybody gets the same keys", "Simulated: it runs exactly that software",
                      "A known weakness of this release: engine-not-isolated", "What each party could see",
                      "The age of every proof"]:
            assert words in text, words
        page.click("text=Check everything again")
        page.wait_for_selector("text=none failed")
        self.check(view)

    # The claims, in the order of a person's first visit.

    def chats_by_keyboard_at_phone_width_as_the_words_come(self):
        view = self.open(size=PHONE)
        page = view.page
        keys = page.keyboard
        self.tab_to(page, "feature-on")
        keys.press("Space")
        page.wait_for_selector("#view-summary:not([hidden])")
        self.tab_to(page, None, "href", "#/chat")
        keys.press("Enter")
        page.wait_for_selector("#view-chat:not([hidden])")
        assert page.is_hidden("#question"), "something can be asked before the task is on"
        self.tab_to(page, None, "data-task", "chat")
        keys.press("Space")
        page.wait_for_selector("#question", state="visible")
        self.tab_to(page, "question")
        self.engine.hold()
        keys.type(QUESTIONS[0])
        keys.press("Enter")
        whole = answer([{"role": "user"}])
        first = whole.split(" ")[0]
        page.wait_for_function(
            "(first) => document.querySelector('#talk .model .said')?.textContent.trim() === first", arg=first,
            timeout=90_000)
        # The word stands there, and the engine has not said another.
        assert self.engine.newest() == {"messages": [{"role": "user", "content": QUESTIONS[0]}], "said": first}
        assert page.inner_text("#chat-status") == "Answering…"
        assert page.query_selector("#talk a") is None, "a receipt is linked before the answer is whole"
        self.check(view)
        view.picture(self.pictures, "phone-chat-streaming-light")
        self.engine.release()
        page.wait_for_selector("#talk .model a", timeout=60_000)
        assert self.said(view) == [whole], self.said(view)
        assert page.evaluate("document.activeElement.id") == "question", "the next question cannot just be typed"
        self.check(view)
        view.picture(self.pictures, "phone-chat-answer-light")
        self.tab_to(page, None, "href", "#/receipts/", prefix=True)
        keys.press("Enter")
        self.expect_receipt(view, "Task “chat”")
        view.picture(self.pictures, "phone-chat-receipt-light")
        page.go_back()
        page.wait_for_selector("#view-chat:not([hidden])")
        assert self.said(view) == [whole], "the conversation is lost on the way to its receipt"
        self.finish(view)

    def sends_the_conversation_with_each_question_until_it_is_forgotten(self):
        view = self.open()
        self.go(view, "chat")
        for count in [1, 2]:
            self.ask(view, QUESTIONS[count - 1])
            assert f"question {count} of" in self.said(view)[-1], self.said(view)
        sent = self.engine.newest()["messages"]
        assert [message["role"] for message in sent] == ["user", "assistant", "user"], sent
        assert [message["content"] for message in sent] == [QUESTIONS[0], self.said(view)[0], QUESTIONS[1]], sent
        receipts = view.page.eval_on_selector_all("#talk a", "all => all.map((each) => each.href)")
        assert len(set(receipts)) == 2, receipts
        self.check(view)
        view.picture(self.pictures, "chat-second-turn-light")
        view.page.click("#chat-clear")
        assert self.said(view) == []
        self.ask(view, QUESTIONS[2])
        assert self.engine.newest()["messages"] == [{"role": "user", "content": QUESTIONS[2]}]
        self.finish(view)

    def forgets_what_is_being_answered_too(self):
        view = self.open()
        page = view.page
        self.go(view, "chat")
        self.engine.hold()
        page.fill("#question", QUESTIONS[0])
        page.press("#question", "Enter")
        page.wait_for_function("() => document.querySelector('#talk .model .said')?.textContent", timeout=90_000)
        page.click("#chat-clear")
        self.engine.release()
        page.wait_for_selector("#chat-form [type=submit]:not([aria-disabled])", timeout=60_000)
        assert self.said(view) == []
        self.ask(view, QUESTIONS[1])
        assert self.engine.newest()["messages"] == [{"role": "user", "content": QUESTIONS[1]}]
        self.finish(view)

    def keeps_no_conversation_in_the_history(self):
        view = self.open()
        page = view.page
        self.go(view, "history")
        for name in ["new", "again"]:
            page.fill(f"#history-{name}", "correct horse battery")
        page.click("#history-on-form [type=submit]")
        page.wait_for_selector("#history-off:not([hidden])")
        self.go(view, "chat")
        for question in QUESTIONS[:2]:
            self.ask(view, question)
        assert "question 2 of" in self.said(view)[-1], "with the history on, a conversation is another one"
        assert "history" not in page.inner_text("#talk")
        self.go(view, "history")
        assert "No answer is kept" in page.inner_text("#history-state")
        self.finish(view)

    def drafts_a_reply_by_touch_at_phone_width(self):
        view = self.open("dark", PHONE, device_scale_factor=2, has_touch=True, is_mobile=True)
        page = view.page
        self.go(view, "reply")
        page.tap(TASK_SWITCH % "reply")
        page.wait_for_selector("#reply-drop", state="visible")
        self.choose_chat(page)
        page.select_option("#reply-reader", "Leila")
        page.fill("#hint", "I call them at ten")
        page.tap("#reply-range-form [type=submit]")
        page.wait_for_selector("#reply-step-preview:not([hidden])")
        page.tap("#reply-send")
        page.wait_for_selector("#reply-after:not([hidden])", timeout=90_000)
        assert page.inner_text("#reply-text").strip() == REPLY
        asked = self.engine.newest()["messages"]
        assert [message["role"] for message in asked] == ["system", "user"], asked
        # What was shown is what the model read, each line quoted.
        for words in ["fit it on Saturday", "> I call them at ten", "> Leila"]:
            assert words in asked[1]["content"], words
        # The history is on since the claim before.
        after = page.inner_text("#reply-after")
        assert "Drafted by" in after and "Kept in your history." in after, after
        assert page.evaluate("window.owned === undefined && document.title !== 'owned'")
        self.check(view)
        view.picture(self.pictures, "phone-reply-draft-dark")
        page.tap("#reply-after a")
        self.expect_receipt(view, "Task “reply”")
        view.picture(self.pictures, "phone-reply-receipt-dark")
        self.finish(view)

    def shows_all_that_a_reply_would_send(self):
        view = self.open()
        page = view.page
        self.go(view, "reply")
        self.choose_chat(page)
        assert page.evaluate("document.activeElement.id") == "reply-export-title"
        page.select_option("#reply-reader", "Leila")
        page.fill("#hint", "I call them at ten")
        page.click("#reply-range-form [type=submit]")
        page.wait_for_selector("#reply-step-preview:not([hidden])")
        shown = page.inner_text("#reply-preview-text")
        assert "fit it on Saturday" in shown and HOSTILE in shown, shown
        notes = page.inner_text("#reply-preview-notes")
        assert "Leila" in notes and "I call them at ten" in notes, notes
        asked = [url for url in view.requests if url.endswith("/api/reply")]
        assert not asked, "sent before the person said so"
        self.check(view)
        view.picture(self.pictures, "reply-light")
        page.fill("#hint", "I call them at nine")
        assert page.is_hidden("#reply-send"), "what was shown is not what would be sent"
        assert page.evaluate("window.owned === undefined && document.title !== 'owned'")
        self.finish(view)

    def says_of_a_draft_that_broke_off_that_it_is_not_whole(self):
        view = self.open()
        page = view.page
        self.go(view, "reply")
        self.choose_chat(page)
        page.click("#reply-range-form [type=submit]")
        page.wait_for_selector("#reply-step-preview:not([hidden])")
        self.engine.break_next()
        page.click("#reply-send")
        page.wait_for_selector("#failure:not([hidden])", timeout=90_000)
        first = REPLY.split(" ")[0]
        shown = page.locator("#reply-text p").all_inner_texts()
        assert shown[0] == first and len(shown) == 2 and "not whole" in shown[1], shown
        assert page.is_hidden("#reply-after"), "a draft that broke off can be copied as if it were whole"
        self.check(view)
        view.picture(self.pictures, "reply-broken-light")
        self.finish(view)


CLAIMS = [
    ModelWalk.chats_by_keyboard_at_phone_width_as_the_words_come,
    ModelWalk.sends_the_conversation_with_each_question_until_it_is_forgotten,
    ModelWalk.forgets_what_is_being_answered_too, ModelWalk.keeps_no_conversation_in_the_history,
    ModelWalk.drafts_a_reply_by_touch_at_phone_width, ModelWalk.shows_all_that_a_reply_would_send,
    ModelWalk.says_of_a_draft_that_broke_off_that_it_is_not_whole,
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", required=True)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--screenshots", required=True)
    arguments = parser.parse_args()
    with chromium() as browser:
        show_all(CLAIMS, ModelWalk(browser, arguments.page, arguments.screenshots, arguments.engine))


if __name__ == "__main__":
    main()

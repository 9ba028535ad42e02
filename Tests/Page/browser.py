"""A Chromium that notes what a page asks for and says, and what must hold of every view of it."""

import contextlib
import shutil

from playwright.sync_api import sync_playwright

# What a person operates must have a name that a screen reader can say.
NAMED_ROLES = {
    "button", "link", "textbox", "checkbox", "radio", "combobox", "switch", "spinbutton", "searchbox", "slider", "tab",
    "Date", "DateTime", "dialog", "region", "log", "navigation", "img", "heading", "radiogroup",
}

# Every text against what is painted behind it (WCAG 2.2, 1.4.3).
CONTRASTS = """() => {
  const parse = (text) => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    return { rgb: numbers.slice(0, 3), alpha: numbers[3] ?? 1 };
  };
  const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.alpha === 1) return colour.rgb;
    }
    return [255, 255, 255];
  };
  const low = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
    if (element.closest("[hidden], script, style, noscript, option, .hidden-text, .skip")) continue;
    if (element.closest("[aria-disabled=true]")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(parse(style.color).rgb), luminance(behind(element))].sort((x, y) => y - x);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.7 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) low.push([walker.currentNode.textContent.trim().slice(0, 40), ratio]);
  }
  return low;
}"""

WIDER = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 0.5
    && !e.closest("[tabindex='0'][role=region], .arcade, .hidden-text"))
  .map((e) => e.tagName + "." + e.className + "#" + e.id)"""

# Words that stand on two lines: a column is narrower than what is in it.
BROKEN_WORDS = """() => {
  const broken = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("code, thead")) continue;
    for (const word of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""


class View:
    """One page of the browser, with what it asked for and said."""

    def __init__(self, context):
        self.page = context.new_page()
        self.requests = []
        self.said = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._note(message))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))

    def _note(self, message):
        if message.type in ("error", "warning"):
            self.said.append(message.text)

    def expect_quiet(self):
        assert not self.said, f"the console has: {self.said}"

    def expect_only(self, origin):
        foreign = [url for url in self.requests if not url.startswith((origin + "/", "blob:" + origin, "data:"))]
        assert self.requests and not foreign, f"requests to others: {foreign}"

    def expect_no_sideways_scroll(self):
        width = self.page.evaluate("innerWidth")
        scrolled = self.page.evaluate("document.documentElement.scrollWidth")
        assert scrolled <= width, f"{scrolled} px in {width} px: {self.page.evaluate(WIDER)}"

    def expect_whole_words(self):
        broken = self.page.evaluate(BROKEN_WORDS)
        assert not broken, f"broken words: {broken[:10]}"

    def expect_readable(self):
        low = self.page.evaluate(CONTRASTS)
        assert not low, f"too little contrast: {low}"

    def expect_named(self):
        session = self.page.context.new_cdp_session(self.page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        session.detach()
        count = 0
        for node in nodes:
            if node.get("ignored") or node.get("role", {}).get("value") not in NAMED_ROLES:
                continue
            count += 1
            assert node.get("name", {}).get("value", "").strip(), f"no name: {node}"
        assert count >= 1, "nothing on this view can be operated"

    def is_dark(self):
        colour = self.page.evaluate("getComputedStyle(document.body).backgroundColor")
        if colour == "rgba(0, 0, 0, 0)":
            colour = self.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        if colour == "rgba(0, 0, 0, 0)":
            # The browser's own canvas, by the page's colour scheme.
            return self.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches "
                                      "&& getComputedStyle(document.documentElement).colorScheme.includes('dark')")
        return sum(int(float(part)) for part in colour[colour.index("(") + 1:-1].split(",")[:3]) < 3 * 96

    def picture(self, folder, name):
        self.page.evaluate("scrollTo(0, 0)")
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@contextlib.contextmanager
def chromium():
    """Debian's Chromium; it may resolve no name, so that nothing can leave this machine."""
    path = shutil.which("chromium")
    assert path, "Debian's package chromium is missing: scripts/prepare --tests"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            # Root cannot use Chromium's own sandbox; the page is ours and nothing else is loaded.
            args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"])
        try:
            yield browser
        finally:
            browser.close()

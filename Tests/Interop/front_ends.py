"""Chat front ends of the terminal against `cloister proxy`, each as a person uses it: in a terminal, line by line, with
base URL and key changed and nothing else. `llm` speaks through the official OpenAI client, `ngpt` through code of its
own. Arguments: the base URL, an app's key, what the engine records, its named pipe, a folder for what the front ends keep.
Prints how many requests it made."""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

from peer import claim

BASE_URL, KEY, RECORD, PIPE, HOME = sys.argv[1:]
PROGRAMS = pathlib.Path(sys.executable).parent
SECONDS = 30
# Whatever this machine sets for other clients of OpenAI's is not theirs.
ENVIRONMENT = {
    "HOME": HOME, "LLM_USER_PATH": HOME + "/llm", "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm",
    # Nobody answers here where the cursor is.
    "PROMPT_TOOLKIT_NO_CPR": "1",
}
PROMPT = r"(>|You:)\s*$"
CONTROLS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\r\x07\x08]")
request_count = 0


def recorded():
    """What reached the engine last."""
    with open(RECORD, "rb") as record:
        return json.loads(record.readlines()[-1])


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, *command):
        self.name, self.bytes = command[0], b""
        self.end, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
        self.process = subprocess.Popen(
            [PROGRAMS / command[0], *command[1:]], stdin=inner, stdout=inner, stderr=inner, env=ENVIRONMENT,
            start_new_session=True)
        os.close(inner)

    @property
    def shown(self):
        return CONTROLS.sub("", self.bytes.decode(errors="replace"))

    def type(self, line):
        """What was shown before does not count any more."""
        self.bytes = b""
        os.write(self.end, line.encode() + b"\r")

    def expect(self, pattern, what):
        deadline = time.monotonic() + SECONDS
        while not re.search(pattern, self.shown):
            if not self.read(deadline):
                claim(False, f"{self.name}: {what}\n{self.shown[-800:]}")
        claim(True, what)

    def read(self, deadline):
        """False at the end of the program's output, or of the time for it."""
        if not select.select([self.end], [], [], max(0, deadline - time.monotonic()))[0]:
            return False
        try:
            piece = os.read(self.end, 65536)
        except OSError:
            # Linux says so of a terminal in which nobody is left.
            return False
        self.bytes += piece
        return bool(piece)

    def finish(self):
        """The program's status, once it has ended."""
        deadline = time.monotonic() + SECONDS
        while self.read(deadline):
            pass
        status = self.process.wait(timeout=SECONDS)
        os.close(self.end)
        return status


def chat(name, first_word, *command):
    """Two turns, of which the second waits behind its first word."""
    global request_count
    request_count += 2
    terminal = Terminal(*command)
    terminal.expect(PROMPT, "a prompt is shown")
    terminal.type("melon")
    terminal.expect("You said: melon", "an answer is shown")
    terminal.expect(PROMPT, "the next question can be typed")
    terminal.type("please wait")
    terminal.expect(first_word, "the first word is shown while the engine still waits")
    open(PIPE, "w").close()
    terminal.expect("You said: please wait", "a streamed answer is whole")
    sent = recorded()
    claim([(message["role"], message["content"]) for message in sent["messages"] if message["role"] != "system"] == [
        ("user", "melon"), ("assistant", "You said: melon"), ("user", "please wait")], f"{name} sends the conversation")
    claim(set(sent) <= {"model", "messages", "stream", "stream_options", "max_tokens", "temperature", "top_p"},
          f"the closed form alone reaches the engine: {sorted(sent)}")
    terminal.expect(PROMPT, "a third question could be typed")
    terminal.type("exit")
    claim(terminal.finish() == 0, f"{name} ends well")


def shows(text, *command):
    terminal = Terminal(*command)
    status = terminal.finish()
    claim(text in terminal.shown, f"{command[0]} shows {text}\n{terminal.shown[-800:]}")
    return status


# llm, whose answers come as events that it wants counts of tokens in.
endpoint = ["llm", "openai", "endpoint", BASE_URL]
claim(shows("cloister-node", *endpoint, "--models", "--key", KEY) == 0, "llm lists the models")
chat("llm", r"please wait\nYou $", *endpoint, "--model", "any", "--key", KEY, "--chat")
request_count += 2
claim(shows("You said: melon", *endpoint, "melon", "--model", "any", "--key", KEY, "--responses") == 0,
      "llm asks for a response")
claim(shows("You said: melon", *endpoint, "melon", "--model", "any", "--key", KEY, "--no-stream") == 0,
      "llm asks for a whole answer")
claim(shows("endpoint-key-unknown", *endpoint, "melon", "--model", "any", "--key", "sk-other") != 0,
      "llm tells of a refusal")
# As a model among its others.
os.makedirs(ENVIRONMENT["LLM_USER_PATH"], exist_ok=True)
with open(ENVIRONMENT["LLM_USER_PATH"] + "/extra-openai-models.yaml", "w") as models:
    models.write(f"- {{model_id: cloister, model_name: any, api_base: '{BASE_URL}', api_key_name: cloister}}\n")
chat("llm chat", r"please wait\nYou $", "llm", "chat", "--model", "cloister", "--key", KEY)
request_count += 2
counted = ["llm", "melon", "--model", "cloister", "--key", KEY, "--usage"]
for form in [[], ["--no-stream"]]:
    claim(shows("Token usage: 1 input, 3 output", *counted, *form) == 0, "llm shows the counts of tokens")

# ngpt, which draws each answer in a frame.
ngpt = ["ngpt", "--base-url", BASE_URL, "--model", "any"]
claim(shows("cloister-node", *ngpt, "--api-key", KEY, "--list-models") == 0, "ngpt lists the models")
chat("ngpt", r"│ You +│", *ngpt, "--api-key", KEY, "--interactive")
request_count += 1
shows("You said: melon", *ngpt, "--api-key", KEY, "--plaintext", "melon")
shows("Authentication failed", *ngpt, "--api-key", "sk-other", "--plaintext", "melon")

print(request_count)
print(f"  {claim.count} claims hold", file=sys.stderr)

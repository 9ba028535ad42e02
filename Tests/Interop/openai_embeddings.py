"""Vectors by the official OpenAI client for Python, through `cloister proxy` from the stand-in of nodes that embed.
Arguments: the base URL, the key of an app that may have vectors, the key of one that may not."""

import sys

import openai

from peer import claim

BASE_URL, KEY, OTHER_KEY = sys.argv[1:]
TEXTS = ["fig", "quince é", "fig"]


def expected(text):
    """What hostile_engine.c makes of a text; vectors travel in 32 bits, which round a tenth."""
    count, total = len(text.encode()), sum(text.encode())
    return [count, total / 8, -0.10000000149011612]


def ask(key=KEY, **arguments):
    client = openai.OpenAI(base_url=BASE_URL, api_key=key)
    response = client.embeddings.with_raw_response.create(**({"model": "any", "input": TEXTS} | arguments))
    return response, response.parse()


def holds(form, response, answer, texts):
    type(answer).model_validate(answer.to_dict())
    claim(len(response.headers["x-cloister-receipt"]) == 32, f"vectors name their receipt: {form}")
    claim([each.index for each in answer.data] == list(range(len(texts))), f"a vector for each text: {form}")
    claim([list(each.embedding) for each in answer.data] == [expected(text) for text in texts],
          f"a vector is its text's: {form}")
    count = sum(len(text.encode()) for text in texts)
    claim(answer.usage.prompt_tokens == answer.usage.total_tokens == count, f"the engine's count is told: {form}")
    return response.headers["x-cloister-receipt"]


def raw(response):
    return response.http_response.json()["data"][0]["embedding"]


# The client asks for base64 unless it is told otherwise.
response, answer = ask()
claim(isinstance(raw(response), str), "the client's default is base64")
receipts = [holds("base64", response, answer, TEXTS)]

response, answer = ask(encoding_format="float", user="person-4711")
claim(isinstance(raw(response), list), "numbers where numbers are asked for")
receipts.append(holds("float", response, answer, TEXTS))

receipts.append(holds("one text", *ask(input="plum"), ["plum"]))
claim(len(set(receipts)) == len(receipts), "every request has a receipt of its own")


def refused(kind, code, **arguments):
    try:
        ask(**arguments)
    except kind as error:
        claim(error.code == code, f"{error.code} is {code}")
    else:
        claim(False, f"{code} is refused")


refused(openai.BadRequestError, "json-unknown-member", dimensions=2)
refused(openai.PermissionDeniedError, "app-consent-missing", key=OTHER_KEY)

print(*receipts)
print(f"  {claim.count} claims hold", file=sys.stderr)

"""The official OpenAI client for Python against `cloister proxy`, with base URL and key changed and nothing else.
Arguments: the base URL, an app's key, the key of an app that may nothing, what the engine records, its named pipe."""

import asyncio
import json
import sys

import openai

from peer import claim

BASE_URL, KEY, OTHER_KEY, RECORD, PIPE = sys.argv[1:]
client = openai.OpenAI(base_url=BASE_URL, api_key=KEY)


def messages(text):
    return [{"role": "user", "content": text}]


def recorded():
    """What reached the engine last."""
    with open(RECORD, "rb") as record:
        return json.loads(record.readlines()[-1])


def refused(kind, code, ask, param=None):
    with open(RECORD, "rb") as record:
        before = record.read()
    try:
        ask()
    except kind as error:
        claim(error.code == code, f"{error.code} is {code}")
        claim(error.param == param, f"{error.param} is {param}")
        claim(isinstance(error.message, str) and code in error.message, "the message names the code")
    else:
        claim(False, f"{code} is refused")
    with open(RECORD, "rb") as record:
        claim(record.read() == before, "nothing of a refused request reached the engine")


def receipt(response):
    identifier = response.headers["x-cloister-receipt"]
    claim(len(identifier) == 32, "an answer names its receipt")
    return identifier


# Models.
models = client.models.list().data
claim([model.id for model in models] == ["cloister-node"], "models are the releases of the verified nodes")
claim(all(model.object == "model" for model in models), "a model is one")
claim(client.models.retrieve("cloister-node").id == "cloister-node", "one model is told by its name")

# A whole answer.
response = client.chat.completions.with_raw_response.create(model="gpt-any", messages=messages("melon"))
answer = response.parse()
receipts = [receipt(response)]
claim(answer.choices[0].message.content == "You said: melon", "a chat is answered")
claim(answer.choices[0].message.role == "assistant", "the assistant answers")
claim(answer.choices[0].finish_reason == "stop", "an answer says why it ends")
claim(answer.id == "chatcmpl-" + receipts[0], "an answer's identifier is its receipt's")

def counts(usage):
    return usage.prompt_tokens, usage.completion_tokens, usage.total_tokens


claim(counts(answer.usage) == (1, 3, 4), "an answer has the engine's counts of tokens")
claim(recorded()["stream_options"] == {"include_usage": True}, "an engine is asked for counts")
uncounted = messages("do not count")
claim(client.chat.completions.create(model="gpt-any", messages=uncounted).usage is None, "no count is invented")

# The answer goes back as a message, as chat front ends do.
history = messages("melon") + [answer.choices[0].message] + messages("pear")
claim(client.chat.completions.create(model="gpt-any", messages=history).choices[0].message.content == "You said: pear",
      "an answer goes back as a message")
claim([message["role"] for message in recorded()["messages"]] == ["user", "assistant", "user"], "roles are kept")

# A stream, event by event: the engine waits behind its first word until that word is here.
response = client.chat.completions.with_raw_response.create(
    model="gpt-any", messages=messages("please wait"), stream=True, stream_options={"include_usage": True})
receipts.append(receipt(response))
stream = response.parse()
chunks = [next(stream)]
claim(chunks[0].choices[0].delta.content == "You ", "the first word comes while the engine still waits")
claim(chunks[0].choices[0].delta.role == "assistant", "the first event names the role")
open(PIPE, "w").close()
chunks += list(stream)
last = chunks.pop()
claim("".join(chunk.choices[0].delta.content for chunk in chunks) == "You said: please wait", "a stream is whole")
claim(chunks[-1].choices[0].finish_reason == "stop", "the last event with text says why it ends")
claim(last.choices == [] and counts(last.usage) == (2, 3, 5), "a stream ends with the counts that are asked for")
claim(last.id == chunks[0].id, "the event with the counts belongs to the answer")


def are_null(chunks):
    return all("usage" in chunk.model_fields_set and chunk.usage is None for chunk in chunks)


claim(are_null(chunks), "counts are null before the last event")
chunks = list(client.chat.completions.create(
    model="gpt-any", messages=uncounted, stream=True, stream_options={"include_usage": True}))
claim(are_null(chunks) and chunks[-1].choices[0].finish_reason == "stop", "counts that nobody told are told as unknown")
chunks = list(client.chat.completions.create(model="gpt-any", messages=messages("melon"), stream=True))
claim(not any("usage" in chunk.model_fields_set for chunk in chunks), "counts that nobody asked for are not told")


async def ask_asynchronously():
    asynchronous = openai.AsyncOpenAI(base_url=BASE_URL, api_key=KEY)
    text = ""
    async with asynchronous.chat.completions.stream(model="gpt-any", messages=messages("plum")) as events:
        async for event in events:
            if event.type == "content.delta":
                text += event.delta
    claim(text == "You said: plum", "the asynchronous client reads a stream")


asyncio.run(ask_asynchronously())

# Responses.
def is_valid(model):
    """The client takes whatever comes; its types' own validation does not."""
    type(model).model_validate(model.to_dict())
    return True


# A whole answer.
response = client.responses.with_raw_response.create(model="gpt-any", input="melon", instructions="Be brief.")
answer = response.parse()
receipts.append(receipt(response))
claim(is_valid(answer), "a response holds what the client's type demands")
claim([message["role"] for message in recorded()["messages"]] == ["system", "user"], "instructions come first")
claim(answer.output_text == "You said: melon", "a response is answered")
claim(answer.status == "completed" and answer.error is None, "a response is whole")
claim(answer.id == "resp_" + receipts[-1], "a response's identifier is its receipt's")
claim((answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (3, 3, 6),
      "a response has the engine's counts of tokens")
claim(client.responses.create(model="gpt-any", input="do not count").usage is None,
      "no count of a response is invented")

# The output goes back as input, as the protocol has it where nothing is stored.
history = messages("melon") + answer.output + messages("pear")
claim(client.responses.create(model="gpt-any", input=history).output_text == "You said: pear",
      "a response goes back as input")
claim([message["role"] for message in recorded()["messages"]] == ["user", "assistant", "user"],
      "roles of a response are kept")

# One that reaches its limit.
answer = client.responses.create(model="gpt-any", input="melon", max_output_tokens=2)
claim(answer.status == "incomplete" and answer.incomplete_details.reason == "max_output_tokens",
      "a response says that it reached its limit")
claim(answer.output_text == "You said: ", "a response that reached its limit holds what came before")

# A stream, event by event.
response = client.responses.with_raw_response.create(model="gpt-any", input="please wait", stream=True)
receipts.append(receipt(response))
stream = response.parse()
events = []
while not events or events[-1].type != "response.output_text.delta":
    events.append(next(stream))
claim(events[-1].delta == "You ", "a response's first word comes while the engine still waits")
open(PIPE, "w").close()
events += list(stream)
for event in events:
    claim(is_valid(event), f"{event.type} holds what the client's type demands")
claim([event.sequence_number for event in events] == list(range(len(events))), "events of a response are numbered")
claim("".join(event.delta for event in events if event.type == "response.output_text.delta") == "You said: please wait",
      "a response's stream is whole")
claim(events[-1].type == "response.completed" and events[-1].response.output_text == "You said: please wait",
      "the last event holds the response")
claim(events[0].response.usage is None and events[-1].response.usage.total_tokens == 5,
      "a response's stream has counts once it is whole")

# The client's own reader of streams, which checks their order.
with client.responses.stream(model="gpt-any", input="plum") as stream:
    claim(stream.get_final_response().output_text == "You said: plum", "the client's reader takes a response's stream")


async def respond_asynchronously():
    asynchronous = openai.AsyncOpenAI(base_url=BASE_URL, api_key=KEY)
    response = await asynchronous.responses.create(model="gpt-any", input="plum")
    claim(response.output_text == "You said: plum", "the asynchronous client reads a response")


asyncio.run(respond_asynchronously())
# What asks for what happens anyhow is taken.
client.chat.completions.create(
    model="gpt-any", messages=messages("lime"), n=1, logprobs=False, top_logprobs=0, modalities=["text"],
    parallel_tool_calls=True)
claim(set(recorded()) == {"model", "messages", "stream", "stream_options", "max_tokens"},
      "what happens anyhow does not travel")

# What leaves the device.
client.chat.completions.create(
    model="ft:person-4711", messages=messages("quince"), user="person-4711", metadata={"who": "person-4711"}, store=True,
    safety_identifier="person-4711", prompt_cache_key="person-4711", service_tier="flex", seed=7, temperature=0.5,
    max_completion_tokens=50, extra_headers={"x-person": "person-4711"}, extra_query={"person": "person-4711"})
claim("person-4711" not in json.dumps(recorded()), "nothing that names a user reaches the engine")
claim(set(recorded()) == {"model", "messages", "stream", "stream_options", "seed", "temperature", "max_tokens"},
      f"the closed form alone reaches the engine: {sorted(recorded())}")
client.responses.create(
    model="ft:person-4711", input="quince", user="person-4711", metadata={"who": "person-4711"}, store=True,
    safety_identifier="person-4711", prompt_cache_key="person-4711", service_tier="flex", temperature=0.5,
    max_output_tokens=50, extra_headers={"x-person": "person-4711"}, extra_query={"person": "person-4711"})
claim("person-4711" not in json.dumps(recorded()), "nothing that names a user of a response reaches the engine")
claim(set(recorded()) == {"model", "messages", "stream", "stream_options", "temperature", "max_tokens"},
      f"a chat's closed form alone reaches the engine: {sorted(recorded())}")


# Refusals, as the client raises them.
def create(**arguments):
    return client.chat.completions.create(**({"model": "gpt-any", "messages": messages("fig")} | arguments))


refused(openai.BadRequestError, "json-unknown-member", lambda: create(reasoning_effort="low"), "reasoning_effort")
refused(openai.BadRequestError, "json-unknown-member", lambda: create(extra_body={"x": 1}), "x")
refused(openai.BadRequestError, "completion-value-unsupported", lambda: create(n=2), "n")
refused(openai.BadRequestError, "completion-value-unsupported",
        lambda: create(stream_options={"include_usage": True}), "stream_options.include_usage")
refused(openai.BadRequestError, "completion-request-invalid", lambda: create(temperature=2.5))
refused(openai.AuthenticationError, "endpoint-key-unknown",
        lambda: openai.OpenAI(base_url=BASE_URL, api_key="sk-other").models.list())
refused(openai.PermissionDeniedError, "app-consent-missing",
        lambda: openai.OpenAI(base_url=BASE_URL, api_key=OTHER_KEY).chat.completions.create(
            model="gpt-any", messages=messages("fig")))
refused(openai.NotFoundError, "not-found", lambda: client.files.list())


def respond(**arguments):
    return client.responses.create(**({"model": "gpt-any", "input": "fig"} | arguments))


refused(openai.BadRequestError, "json-unknown-member", lambda: respond(reasoning={"effort": "low"}), "reasoning")
for reference in ["previous_response_id", "conversation"]:
    refused(openai.BadRequestError, "json-unknown-member", lambda: respond(**{reference: "resp_1"}), reference)
refused(openai.BadRequestError, "completion-value-unsupported",
        lambda: respond(tools=[{"type": "web_search"}]), "tools")
refused(openai.BadRequestError, "completion-value-unsupported",
        lambda: respond(input=[{"type": "function_call_output", "call_id": "1", "output": "x"}]), "input.type")
refused(openai.PermissionDeniedError, "app-consent-missing",
        lambda: openai.OpenAI(base_url=BASE_URL, api_key=OTHER_KEY).responses.create(model="gpt-any", input="fig"))
refused(openai.NotFoundError, "not-found", lambda: client.models.retrieve("gpt-any"), "model")
# As LangChain sends texts by default.
refused(openai.BadRequestError, "completion-value-unsupported",
        lambda: client.embeddings.create(model="any", input=[[1, 2]]), "input")
refused(openai.PermissionDeniedError, "consent-missing", lambda: client.embeddings.create(model="any", input="fig"))

print(*receipts)
print(f"  {claim.count} claims hold", file=sys.stderr)

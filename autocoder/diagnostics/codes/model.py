"""Codes of the model client and the model reader (AC11xx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC1101",
        "title": "no model is configured",
        "why": "A model was asked for, and nothing says which one, or where it is.",
        "fix": "Set AUTOCODER_MODEL_URL and AUTOCODER_MODEL, or write url and model into the [model] table of "
        "config.toml.",
    },
    {
        "code": "AC1102",
        "title": "the model's settings are wrong",
        "why": "A setting in config.toml or in an AUTOCODER_MODEL… variable is unknown or has a value that cannot be. "
        "A key never stands in a file or in an address.",
        "fix": "Mend the setting that the message names. The key belongs into the environment variable that "
        "key_variable names.",
        "example": '[model]\nkey = "…"',
    },
    {
        "code": "AC1103",
        "title": "the endpoint refused the key",
        "why": "The endpoint answered 401 or 403.",
        "fix": "Put a valid key into the environment variable that the message names.",
    },
    {
        "code": "AC1104",
        "title": "the endpoint does not know the model",
        "why": "The endpoint answered 404: no such model, or no chat completions at this address.",
        "fix": "Check the model's name and the address, which ends where `/chat/completions` would follow.",
    },
    {
        "code": "AC1105",
        "title": "the endpoint limits requests",
        "why": "The endpoint answered 429 to every try. The pauses that it asked for were kept.",
        "fix": "Wait, raise the limit at the endpoint, or raise retries.",
    },
    {
        "code": "AC1106",
        "title": "the model did not answer in time",
        "why": "No answer came within the time of one request, in any try.",
        "fix": "Raise timeout, ask for fewer sentences at once, or use a faster model.",
    },
    {
        "code": "AC1107",
        "title": "no whole answer came",
        "why": "The connection could not be made, or it ended before the answer did, in every try.",
        "fix": "Check that the endpoint runs and that the address is right.",
    },
    {
        "code": "AC1108",
        "title": "the endpoint failed",
        "why": "The endpoint answered with a fault of its own (5xx, in every try) or did not take the request (4xx).",
        "fix": "Read what it said in the message; some models do not take every parameter or mode.",
    },
    {
        "code": "AC1109",
        "title": "the answer holds nothing",
        "why": "The answer has no choice in it, is a refusal, or was cut off at its largest size. Half an answer "
        "is none.",
        "fix": "Raise max_tokens, check the address, or ask another model.",
    },
    {
        "code": "AC1110",
        "title": "a limit on spending is reached",
        "why": "The next call could have gone over the limit on calls, tokens, money or waiting time, so it was not "
        "made.",
        "fix": "Raise the limit that the message names, or shorten the text.",
    },
    {
        "code": "AC1111",
        "title": "the model repeats itself",
        "why": "It was told what is wrong with its answer and gave the same one again; asking on would cost and not "
        "help.",
        "fix": "Ask another model.",
    },
    {
        "code": "AC1112",
        "title": "no answer fits the schema",
        "why": "Answers have a fixed form. The model was told what does not fit, as often as reasks allows.",
        "fix": "Try another mode, or another model.",
    },
    {
        "code": "AC1113",
        "title": "requests to other machines are forbidden",
        "why": "AUTOCODER_MODEL_LOOPBACK_ONLY=1 forbids them, as in autocoder's own tests.",
        "fix": "Unset the variable, or use an endpoint on this machine.",
    },
    {
        "code": "AC1114",
        "title": "a frozen completion is missing",
        "why": "With --frozen no connection is opened: every answer comes from autocoder.lock, where it stands under "
        "the hash of its whole request. This request has none; the message names the parts that changed since.",
        "fix": "Build without --frozen once, look at what changes, and keep the lock.",
    },
    {
        "code": "AC1115",
        "title": "the lock cannot be read",
        "why": "autocoder.lock holds the frozen completions, and it is not as autocoder wrote it.",
        "fix": "Take it from version control again. Without it every completion is asked for again.",
    },
    {
        "code": "AC1116",
        "title": "facts of the model were refused",
        "why": "A fact stands only on words of the text. These had a quote that is not in their sentence, a value that "
        "is not in the quote, or no place in the vocabulary. They are not used.",
        "fix": "Nothing, where the sentences concerned were understood otherwise. Else say them in other words.",
    },
    {
        "code": "AC1117",
        "title": "the model's answer is wrong after all repairs",
        "why": "The answer was checked and sent back with the exact problem, as often as repairs allows.",
        "fix": "Write the body by hand, say more in its description and examples, or ask another model.",
    },
    {
        "code": "AC1118",
        "title": "the text is not English",
        "why": "Facts consist of the text's own words, and the compiler's vocabulary is English.",
        "fix": "Translate the description; nothing was taken from a translation that a model made.",
    },
    {
        "code": "AC1119",
        "title": "a model wants a place to keep its answers",
        "why": "The model reader freezes its answers in the workspace's lock, so the workspace must be known before.",
        "fix": "Name the folder with --out, or stand in it.",
    },
    {
        "code": "AC1120",
        "title": "a model's body waits for approval",
        "why": "A body that a model wrote runs only in the gates' sandbox until a person has read it. The approval "
        "is of its hash, so it does not outlive a change.",
        "fix": "Read custom/NAME.py, then approve the decision about it in decisions.yaml.",
    },
)

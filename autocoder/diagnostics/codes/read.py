"""Codes of the read stage (AC1xxx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC1001",
        "title": "a sentence was not understood",
        "why": "Every sentence of the description ends as facts, as a question, or here: nothing is passed over in "
        "silence, so the service is never built from half of what was said.",
        "fix": "Say it in the form that the message shows, split it, or leave it out.",
        "example": "Links are pretty.",
    },
    {
        "code": "AC1002",
        "title": "some words of a sentence were not understood",
        "why": "Facts were taken from the rest of the sentence. The words that are left could add to them, and "
        "nobody knows what.",
        "fix": "Leave the words out, or say what they mean in a sentence of their own.",
        "example": "Links expire after 30 days with fireworks.",
    },
    {
        "code": "AC1003",
        "title": "a block is not prose",
        "why": "Code and HTML blocks are not read as sentences, and what they say would be lost without a word.",
        "fix": "Say in sentences what the block means for the service, or leave it out.",
        "example": "```\nSELECT 1;\n```",
    },
    {
        "code": "AC1004",
        "title": "a sentence is too long",
        "why": "A sentence of hundreds of words is not read: what it says could not be accounted for word by word.",
        "fix": "Split it into sentences.",
    },
    {
        "code": "AC1005",
        "title": "two sentences contradict each other",
        "why": "The same thing is said to have two different values. Choosing one of them would be a guess.",
        "fix": "Keep one of the two sentences.",
        "example": "Links expire after 30 days. Links expire after 2 weeks.",
    },
    {
        "code": "AC1006",
        "title": "a demand that cannot be met",
        "why": "What the sentence asks for is beyond what any system can do, so no gate could ever pass it.",
        "fix": "State a figure that can be met, or say for whom it holds.",
        "example": "It answers within 1 ms at p99 from anywhere in the world.",
    },
    {
        "code": "AC1007",
        "title": "a context file cannot be used",
        "why": "A context file is read for schemas only: OpenAPI, JSON Schema, SQL, a CSV header, an example in JSON. "
        "One that is none of these, or is broken, would be passed over in silence.",
        "fix": "Give a file of one of these kinds, mend it at the place that the message names, or leave it out.",
        "example": "autocoder plan description.md --context notes.txt",
    },
    {
        "code": "AC1121",
        "title": "the text holds a NUL character",
        "why": "Text has none. A file with one is binary, of another encoding (UTF-16), or damaged, and what stands "
        "around it may not be what its author wrote.",
        "fix": "Save the description as UTF-8 text.",
    },
)

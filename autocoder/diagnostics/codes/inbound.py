"""Codes of what comes in from others (AC328x, AC329x): signed webhooks, and tokens of an issuer."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC3282",
        "title": "a signature beside other rules",
        "why": "A webhook comes from a system that signs what it sends. Nobody is signed in then, and there is no key "
        "of a row to send.",
        "fix": "Let `signature` stand alone; give people another operation.",
        "example": "access: [user, {signature: PAYMENTS_HOOK_KEYS}]",
    },
    {
        "code": "AC3283",
        "title": "a delivery that cannot happen once",
        "why": "Whoever sends a webhook sends it again until it is answered, so each delivery is acted on once, by its "
        "id. For that its effects and its reply stand in one transaction, which neither a call of another system nor a "
        "reply that shows a secret can be part of.",
        "fix": "Use POST with effects and JSON; publish an event and call in a handler on it.",
        "example": "route: GET /hook, access: {signature: PAYMENTS_HOOK_KEYS}",
    },
    {
        "code": "AC3284",
        "title": "ids of deliveries that are forgotten too early",
        "why": "A delivery is good from `tolerance` before the time that it names until `tolerance` after it. Whoever "
        "caught one could send it again for as long, so its id must be known until then.",
        "fix": "Keep ids longer, at best longer than the sender tries again; or shorten `tolerance`.",
        "example": "access: {signature: {secret: PAYMENTS_HOOK_KEYS, tolerance: 1h, keep: 1h}}",
    },
    {
        "code": "AC3285",
        "title": "one header for two things",
        "why": "The id of a delivery and its signature stand in a header each, and so does the time at which it was "
        "sent, unless it stands beside the signature.",
        "fix": "Name a header for each, or leave `headers` out for those of the scheme.",
        "example": "headers: {id: X-Hook, signature: X-Hook}",
    },
    {
        "code": "AC3306",
        "title": "a time that no signature proves",
        "why": "A scheme without `{timestamp}` signs no time. What somebody adds to an old delivery says nothing of "
        "its age. Where the time stands in the header of the signature, commas part the two.",
        "fix": "Leave `tolerance` and `headers.timestamp` out, or state the scheme by which the time is signed.",
        "example": "access: {signature: {secret: HOOK_KEYS, scheme: github, tolerance: 5m}}",
    },
    {
        "code": "AC3307",
        "title": "a delivery without an id",
        "why": "A delivery happens once by its id: a header, or where `id` names it a text of the body that is always "
        "there. A scheme with `{id}` signs what the header says.",
        "fix": "Name the header in `headers.id`, or in `id` a text of the body that is not optional.",
        "example": "access: {signature: {secret: HOOK_KEYS, scheme: stripe, id: number}}, input: {number: integer}",
    },
    {
        "code": "AC3286",
        "title": "a password beside an issuer",
        "why": "With `issuer` people sign in elsewhere and show a token. This service sees and checks no password.",
        "fix": "Remove the password and `secret`, or remove `issuer`.",
        "example": "auth: {entity: User, login: subject, secret: word, issuer: {url: {env: ISSUER}, audience: shop}}",
    },
    {
        "code": "AC3287",
        "title": "a role that comes from nowhere",
        "why": "With `issuer` a role comes from a claim of the token and is kept in the account. One without the other "
        "gives nobody a role; a token with none of the roles needs one all the same, or null.",
        "fix": "Name the claim in `issuer.role`, let `roles` lead to values of the field, give the field a default.",
        "example": "issuer: {url: {env: ISSUER}, audience: shop, role: roles, roles: {admins: boss}}",
    },
    {
        "code": "AC3288",
        "title": "an account that a token cannot make",
        "why": "Whoever comes for the first time with a good token gets an account. All that is known then is who it "
        "is, by any text, and the role.",
        "fix": "Make the field optional, or give it a default.",
        "example": "User: {fields: {subject: text, name: text}}",
    },
    {
        "code": "AC3289",
        "title": "signing in beside an issuer",
        "why": "With `issuer` tokens come from there. This service has no key that others would trust.",
        "fix": "Remove the operation that signs people in.",
        "example": "{sign_in: User} with auth: {issuer: …}",
    },
)

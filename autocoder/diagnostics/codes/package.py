"""Codes of the package stage and of the ledger (AC6xxx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC6001",
        "title": "a package is not signed without its gates",
        "why": "The signature says that all six gates passed. A gate that failed, could not run, or was never run "
        "leaves nothing to sign.",
        "fix": "Mend what the gate found, or ask the missing gate, then build again.",
    },
    {
        "code": "AC6002",
        "title": "the package is incomplete",
        "why": "A package holds its sources, so that it can be derived again, and the hashed requirements that its "
        "bill of materials is made from; no two of its files share a path.",
        "fix": "Rename the file that the message names, or report the message: a target emitted what cannot be packed.",
    },
    {
        "code": "AC6003",
        "title": "a requirement is not pinned with hashes",
        "why": "The bill of materials lists exact versions with the digests of what gets installed.",
        "fix": "Pin the library with `==` and `--hash=sha256:…`, as `uv pip compile --generate-hashes` does.",
        "example": "fastapi>=0.100",
    },
    {
        "code": "AC6004",
        "title": "a decision that nobody approved",
        "why": "`--require-approvals` or the blueprint's own policy asks that a person approved every decision that "
        "nobody stated, at the value that it has now. Without that nothing is signed.",
        "fix": "Look at the decisions with `autocoder review`; approve them with `autocoder approve`, or state another "
        "value.",
        "example": "policy: {approvals: required}",
    },
    {
        "code": "AC6010",
        "title": "a file of the package cannot be read",
        "why": "A package is four files side by side: the archive, its manifest, the manifest's signature bundle and "
        "the attestation's bundle. The one that the message names is missing, unreadable or too large.",
        "fix": "Give the path of the .tar.gz and keep all four files beside each other.",
    },
    {
        "code": "AC6011",
        "title": "the signature does not fit",
        "why": "The signed file was changed after it was signed, or the signature was.",
        "fix": "Do not use the package. Get it again from where it was built, or build it from its sources.",
    },
    {
        "code": "AC6012",
        "title": "signed with an unknown key",
        "why": "The package is signed with a key that you did not say you trust; expected and found are the keys' "
        "names (base64 of the sha256 of the public key).",
        "fix": "Get the signer's public key over a way you trust (there `autocoder key show` prints it) and give it "
        "with `--key FILE`.",
    },
    {
        "code": "AC6013",
        "title": "not the signature bundle of a package",
        "why": "Signatures are Sigstore bundles v0.3 with a public key, in canonical JSON, so that no byte of them can "
        "change unseen.",
        "fix": "Get the file again, or sign with autocoder; verify a bundle with a certificate with cosign itself.",
    },
    {
        "code": "AC6014",
        "title": "the manifest is not one of this package",
        "why": "The manifest is signed, but it is not the canonical list of this archive: another package's manifest, "
        "or one of a newer format.",
        "fix": "Keep the four files of one package together under their own names.",
    },
    {
        "code": "AC6015",
        "title": "the archive was changed",
        "why": "The archive's digest is not the one in the signed manifest.",
        "fix": "Do not use the package. Get it again from where it was built, or build it from its sources.",
    },
    {
        "code": "AC6016",
        "title": "a member of the archive was changed",
        "why": "The file in the archive is not the one that was signed, or it is missing, or was added.",
        "fix": "Do not use the package. Get it again from where it was built, or build it from its sources.",
    },
    {
        "code": "AC6017",
        "title": "a member that no package has",
        "why": "Members are regular files below the package's own folder, each once. A link, a device, a second copy "
        "or a path that leaves the folder could write anywhere when somebody unpacks the archive.",
        "fix": "Do not unpack the archive.",
    },
    {
        "code": "AC6018",
        "title": "the archive cannot be read",
        "why": "The archive is damaged, unpacks to more than its manifest lists, or carries bytes beside its members.",
        "fix": "Do not unpack the archive. Get it again from where it was built.",
    },
    {
        "code": "AC6019",
        "title": "the bill of materials does not fit",
        "why": "It must list what the packaged requirements pin; it is made from them again and compared.",
        "fix": "Do not rely on it; build the package again.",
    },
    {
        "code": "AC6020",
        "title": "there is no signing key",
        "why": "Without a key of your own no signature can be made, and none is trusted without `--key`.",
        "fix": "Make one with `autocoder key create`, or give the signer's public key with `--key FILE`.",
    },
    {
        "code": "AC6021",
        "title": "the signing key stays locked",
        "why": "The key's file is encrypted; its password comes from the environment variable COSIGN_PASSWORD alone.",
        "fix": "Set COSIGN_PASSWORD to the password that the key was made with.",
    },
    {
        "code": "AC6022",
        "title": "others can read the signing key",
        "why": "Whoever reads the key can sign in your name.",
        "fix": "Allow reading for yourself only (chmod 600); if others had access to the machine, make a new key.",
    },
    {
        "code": "AC6023",
        "title": "the signing key cannot be used",
        "why": "The embedded signer uses an ECDSA P-256 key in your configuration folder: encrypted as cosign does it, "
        "or plain PKCS#8.",
        "fix": "See where it is with `autocoder key show`. Bring it back from a copy, put the key that `cosign "
        "generate-key-pair` wrote in its place, or make a new one with `autocoder key create --replace`.",
    },
    {
        "code": "AC6024",
        "title": "not a public key for packages",
        "why": "Packages are verified with an ECDSA P-256 public key in PEM form.",
        "fix": "Give the file that `autocoder key export` or `cosign public-key` writes.",
    },
    {
        "code": "AC6025",
        "title": "the signing key is unprotected",
        "why": "The key's file is readable by you alone but not encrypted: a copy of it is enough to sign.",
        "fix": "Set COSIGN_PASSWORD and make a new key with `autocoder key create --replace`.",
    },
    {
        "code": "AC6026",
        "title": "the public key cannot be written",
        "why": "`autocoder key export --out` writes a new file and never replaces one.",
        "fix": "Name a path that does not exist yet in a folder that you can write to.",
    },
    {
        "code": "AC6027",
        "title": "there is a signing key already",
        "why": "Packages that were signed with the old key verify with its public half only; a key is not overwritten.",
        "fix": "Use the key, or put it aside with `autocoder key create --replace` (move signing.key.old away first).",
    },
    {
        "code": "AC6031",
        "title": "this cosign is not supported",
        "why": "The options and the bundle format changed between major versions of cosign; autocoder uses version 3.",
        "fix": "Install cosign 3, or sign with the embedded signer.",
    },
    {
        "code": "AC6032",
        "title": "cosign failed",
        "why": "cosign was asked to sign and did not; its own words are in the message.",
        "fix": "Check the key reference, COSIGN_PASSWORD and the credentials of the KMS.",
    },
    {
        "code": "AC6040",
        "title": "the attestation is not one of this package",
        "why": "The attestation is signed, but it is about another archive or other sources.",
        "fix": "Keep the four files of one package together; build again if they are.",
    },
    {
        "code": "AC6041",
        "title": "a gate did not pass",
        "why": "The attestation says that a gate failed, could not run or checked nothing, or has no verdict of it.",
        "fix": "Do not deploy the package; mend what the gate found and build again.",
    },
    {
        "code": "AC6042",
        "title": "the sources differ from the packaged ones",
        "why": "The package was made from other inputs than those in the folder given with `--source`: a file differs, "
        "is missing there, or is only there.",
        "fix": "Compare the file with the packaged one; check out the sources of this version.",
    },
    {
        "code": "AC6043",
        "title": "a file is not what its sources derive",
        "why": "Every generated file follows from the packaged sources alone. This one was made in another way.",
        "fix": "Do not use the package; build it again from its sources.",
    },
    {
        "code": "AC6044",
        "title": "made by another version of autocoder",
        "why": "Only the version that made a package derives its bytes again.",
        "fix": "Run the same command with that version: `uv tool run autocoder@VERSION verify …`.",
    },
    {
        "code": "AC6045",
        "title": "made with another platform bundle",
        "why": "Every file follows from the sources and from the platform bundle that autocoder.lock names. This "
        "autocoder has another one under that name, or the lock names none.",
        "fix": "Verify with the autocoder that made the package; its version is in the manifest.",
    },
    {
        "code": "AC6050",
        "title": "an earlier package does not verify",
        "why": "A build is compared with the last signed one in dist/, by the time in its attestation. This package is "
        "damaged, incomplete or signed with another key, so its numbers are not believed.",
        "fix": "See what is wrong with `autocoder verify`. Remove the package, or bring it back as it was signed.",
    },
    {
        "code": "AC6060",
        "title": "the ledger cannot be opened",
        "why": "Every build is recorded; a build that could not be recorded does not start.",
        "fix": "Make the file or database that the message names usable, install the driver that it needs (psycopg for "
        "PostgreSQL), or name another ledger with --ledger.",
    },
    {
        "code": "AC6061",
        "title": "the build could not be recorded",
        "why": "The ledger was opened but refused the row.",
        "fix": "Make room or mend the database, then build again.",
    },
)

"""Codes of the gen stage (AC7xxx): 70 the index, 71 what was found, 72 what could not be checked."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC7001",
        "title": "no generator index",
        "why": "`autocoder gen` reads the generators of a project from an index file, and there is none to read.",
        "fix": "Write arch/gen/index.json (its schema is schemas/gen-index.schema.json), or name one with --index.",
        "example": '{"schema_version": "autocoder.gen.index@0.1.0", "generators": [{"id": "api", "tool": "python3",\n'
        ' "check_argv": ["tools/api.py", "--check"], "write_argv": ["tools/api.py"], "outputs": ["src/api"]}]}',
    },
    {
        "code": "AC7002",
        "title": "the index is not JSON",
        "why": "The index is one JSON document in UTF-8. A key that stands twice is an error: readers differ in "
        "which of the two they take.",
        "fix": "Correct the text at the place that the message names.",
        "example": '{"id": "api", "id": "web"}',
    },
    {
        "code": "AC7003",
        "title": "the index has an unknown version",
        "why": "The meaning of an index depends on its schema_version; another version is not guessed at.",
        "fix": 'Write "schema_version": "autocoder.gen.index@0.1.0", or X07\'s "x07.arch.gen.index@0.1.0".',
    },
    {
        "code": "AC7004",
        "title": "the index has the wrong shape",
        "why": "Unknown keys, missing keys and wrong types are errors: a misspelt key must not switch a check off.",
        "fix": "Correct the key or value that the message names; schemas/gen-index.schema.json describes all of them.",
        "example": '{"id": "api", "outputz": ["src/api"]}',
    },
    {
        "code": "AC7005",
        "title": "two generators have one id",
        "why": "Reports, --only and `after` name a generator by its id.",
        "fix": "Rename one of them.",
    },
    {
        "code": "AC7006",
        "title": "a path leaves the project",
        "why": "Outputs are removed and written anew. An absolute path, or one with .., would reach files outside the "
        "project.",
        "fix": "Write the path relative to the project, with forward slashes and without ..",
        "example": '"outputs": ["../shared/api"]',
    },
    {
        "code": "AC7007",
        "title": "an output holds what is not generated",
        "why": "An output belongs wholly to its generator: `gen write` removes it and writes it anew. The project "
        "itself, .git, the index and a generator's own inputs are nobody's output.",
        "fix": "Give the generator a folder or files of its own and name those.",
        "example": '"outputs": ["."]',
    },
    {
        "code": "AC7008",
        "title": "two outputs overlap",
        "why": "Where two generators own one path, the later one removes what the earlier one wrote. Names that differ "
        "in case alone are one path on some machines.",
        "fix": "Give every path one generator.",
    },
    {
        "code": "AC7009",
        "title": "a path goes through a link",
        "why": "A folder above an output or input is a symbolic link or no folder, so that writing below it would "
        "happen somewhere else.",
        "fix": "Name the real path, or make the parent a real folder.",
    },
    {
        "code": "AC7010",
        "title": "generators have no order",
        "why": "A generator runs after those in its `after` and after those whose outputs are its inputs. They wait "
        "for each other, or one of them does not exist.",
        "fix": "Remove one of the dependencies, or correct the name.",
    },
    {
        "code": "AC7011",
        "title": "a command says the opposite",
        "why": "A check command with --write would change what it should look at; a write command with --check would "
        "write nothing.",
        "fix": "Remove the flag from the command that the message names.",
    },
    {
        "code": "AC7012",
        "title": "an input is not there",
        "why": "A generator sees its declared inputs alone, and one of them is neither in the project nor an output of "
        "another generator.",
        "fix": "Correct the path. Files and folders are named; patterns are not read.",
    },
    {
        "code": "AC7013",
        "title": "no such generator",
        "why": "--only names a generator that the index does not have.",
        "fix": "Use an id from the index.",
    },
    {
        "code": "AC7101",
        "title": "an output is missing",
        "why": "A fresh checkout of the project does not have a declared output: it was never generated or never "
        "committed, or Git ignores it.",
        "fix": "Run `autocoder gen write` and commit the result.",
    },
    {
        "code": "AC7102",
        "title": "an output has drifted",
        "why": "Running the generator in a fresh copy gives other files than the project has. Either an input changed "
        "and nobody regenerated, or somebody edited a generated file.",
        "fix": "Run `autocoder gen write` and commit the result; move edits by hand into the generator or its inputs.",
    },
    {
        "code": "AC7103",
        "title": "a generator is not deterministic",
        "why": "Two runs in fresh copies gave different files. The second run had another hash seed, folder, time "
        "zone, locale, umask, host name, clock, directory order and number of processors, as far as the machine "
        "allows; what showed the difference was then found by changing one at a time.",
        "fix": "Make the output independent of it: sort what has no order, take times from SOURCE_DATE_EPOCH, write no "
        "absolute paths.",
    },
    {
        "code": "AC7104",
        "title": "a generator wrote what it did not declare",
        "why": "A run changed, added or removed files outside its declared outputs, or a check command wrote at all. "
        "Files that Git ignores do not count.",
        "fix": "Declare the path as an output, or keep the generator from writing it; TMPDIR is there for scratch.",
    },
    {
        "code": "AC7105",
        "title": "the check command failed",
        "why": "The generator's own check does not accept what the project has.",
        "fix": "Read what it printed; where there is drift too, `autocoder gen write` usually mends both.",
    },
    {
        "code": "AC7106",
        "title": "the write command failed",
        "why": "The generator ended with an error in a fresh copy. It sees what Git tracks or its declared inputs, has "
        "no network, and has none of the caller's environment.",
        "fix": "Read what it printed. Declare files that it needs as `inputs`, and variables in `env`.",
    },
    {
        "code": "AC7107",
        "title": "a generator took too long",
        "why": "A command was still running at its `timeout` and was ended, with all that it had started.",
        "fix": "Make it faster, or raise `timeout` (seconds) in the index.",
    },
    {
        "code": "AC7108",
        "title": "the tool is not the pinned one",
        "why": "Another version of a tool may write other bytes, so the index says which one to use.",
        "fix": "Install the version that the index names, or change the pin and run `autocoder gen write`.",
    },
    {
        "code": "AC7109",
        "title": "a generator was not checked",
        "why": "It reads the outputs of a generator that failed, so there was nothing true to check it against.",
        "fix": "Mend the generator that the message names first.",
    },
    {
        "code": "AC7110",
        "title": "an output is not committed",
        "why": "The files are on disk but Git does not track them yet, so a fresh checkout will miss them.",
        "fix": "Add them to Git.",
    },
    {
        "code": "AC7111",
        "title": "a tool has no pin",
        "why": "Any version of the tool on PATH satisfies the index, so the same index can give other files on another "
        "machine.",
        "fix": "Write the tool with a version or digest.",
        "example": '"tool": {"name": "node", "version": "22.1"}',
    },
    {
        "code": "AC7112",
        "title": "files are not in the copies",
        "why": "Generators run in copies of what Git tracks. A file that was not added to Git yet, and that no "
        "generator declares as input, is not there.",
        "fix": "Add the files to Git (`git add -N` is enough), ignore them, or declare them as `inputs`.",
    },
    {
        "code": "AC7201",
        "title": "a tool is not on this machine",
        "why": "The generator could not be checked without its tool. A check that could not run is no pass.",
        "fix": "Install the tool, or put its folder on PATH.",
    },
    {
        "code": "AC7202",
        "title": "a tool does not say its version",
        "why": "The index pins a version, and the tool printed none that could be compared.",
        "fix": "Set `version_argv` to the arguments that print it, or pin the tool by `sha256`.",
        "example": '"tool": {"name": "go", "version": "1.26", "version_argv": ["version"]}',
    },
    {
        "code": "AC7203",
        "title": "Git does not answer",
        "why": "Copies hold what Git tracks. The project is a Git checkout, and Git could not list its files.",
        "fix": "Make `git ls-files` work in the project, then run the command again.",
    },
    {
        "code": "AC7204",
        "title": "a write was interrupted",
        "why": "An earlier `gen write` was stopped while it replaced files; its journal is still there.",
        "fix": "Run `autocoder gen write`: it first puts the project back as it was.",
    },
    {
        "code": "AC7205",
        "title": "another write is running",
        "why": "Two writers would undo each other's work.",
        "fix": "Wait until it ends.",
    },
    {
        "code": "AC7206",
        "title": "the project changed meanwhile",
        "why": "Files changed while generators ran, so what was found does not hold for what is there now.",
        "fix": "Run the command again.",
    },
    {
        "code": "AC7207",
        "title": "a run could not be made",
        "why": "A copy could not be made or the program not started, because of the machine: a full disk, missing "
        "rights, a file that cannot be read.",
        "fix": "Mend what the message names, then run the command again.",
    },
)

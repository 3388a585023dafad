"""Codes of the workspace stage (AC80xx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC8001",
        "title": "a generated file was changed by hand",
        "why": "A generated file is derived from the blueprint and written again by every build. Its digest is kept in "
        ".autocoder/files.json; a file that no longer has it holds somebody's work, and no build throws that away.",
        "fix": "Change the blueprint, so that the build makes the change. Or take the file over with `autocoder eject "
        "PATH`. Or discard the change with `--overwrite-drift`.",
    },
    {
        "code": "AC8002",
        "title": "a file is in the way",
        "why": "The build makes a file at a path where another file stands that autocoder did not write.",
        "fix": "Move the file away, choose another folder with `--out`, or replace it with `--overwrite-drift`. "
        "After a clone without .autocoder/files.json: bring that file back from version control.",
    },
    {
        "code": "AC8003",
        "title": "a path of the workspace is not a plain file or folder",
        "why": "autocoder writes regular files into real folders below the workspace. Through a symbolic link it would "
        "write somewhere else.",
        "fix": "Remove or rename what the message names.",
    },
    {
        "code": "AC8004",
        "title": "the workspace is in use",
        "why": "Two builds in one workspace would overwrite each other. The first holds a lock that ends with it.",
        "fix": "Wait until the other autocoder is done.",
    },
    {
        "code": "AC8005",
        "title": "the workspace cannot be written",
        "why": "The disk is full, the folder is read-only, or a file changed while autocoder worked. Files are staged "
        "first and put in place together; what was there before is there still.",
        "fix": "Make room or allow writing, then run the command again.",
    },
    {
        "code": "AC8006",
        "title": "the record of written files is damaged",
        "why": ".autocoder/files.json says which files autocoder wrote. Without it a person's change cannot be told "
        "from a generated file.",
        "fix": "Bring .autocoder/files.json back from version control (resolve a merge conflict in it by taking either "
        "side), or delete it and run the build with `--overwrite-drift`.",
    },
    {
        "code": "AC8007",
        "title": "the journal is damaged",
        "why": "A write was interrupted, and its journal in .autocoder/journal does not say how to finish it.",
        "fix": "Compare the workspace with version control, then delete .autocoder/journal.",
    },
    {
        "code": "AC8008",
        "title": "a released migration would change",
        "why": "A released migration has run on somebody's database; what it says there cannot be changed any more.",
        "fix": "Restore the file from version control. A further change of the schema becomes a new migration.",
    },
    {
        "code": "AC8009",
        "title": "a blueprint file differs from what the build proposes",
        "why": "architecture.yaml and deployment.yaml are yours after the first build. One that you changed is never "
        "overwritten.",
        "fix": "Compare with `autocoder plan`; take over what you want.",
    },
    {
        "code": "AC8010",
        "title": "an interrupted write could not be put back",
        "why": "A write failed, and so did the return to the state before it. The journal in .autocoder/journal holds "
        "both states; the next start tries again.",
        "fix": "Make room or allow writing, then run the command again.",
    },
    {
        "code": "AC8011",
        "title": "the base of a merge is damaged",
        "why": ".autocoder/base holds the blueprint as autocoder wrote it last, so that your edits can be told from "
        "the plan's changes.",
        "fix": "Bring the file back from version control. Or delete it: then the blueprint is taken as written by hand "
        "and stays as it is.",
    },
)

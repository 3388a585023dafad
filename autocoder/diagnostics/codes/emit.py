"""Codes of the emit stage (AC4xxx)."""

CODES: tuple[dict[str, str], ...] = (
    {
        "code": "AC4001",
        "title": "no such platform bundle",
        "why": "A build pins everything that the outside decides in a platform bundle, named by year and month. The "
        "named one does not come with this autocoder.",
        "fix": "Name a bundle that `autocoder bundle show` lists, or install the autocoder version that carries it.",
    },
    {
        "code": "AC4002",
        "title": "damaged platform bundle",
        "why": "A bundle's files must be complete, well-formed and, after its release, unchanged: the same inputs give "
        "the same bytes only then.",
        "fix": "Install autocoder again, or name another bundle.",
    },
    {
        "code": "AC4003",
        "title": "library not in the platform bundle",
        "why": "A service uses only libraries whose versions and hashes its platform bundle locks.",
        "fix": "Use a locked library, or add the library to the roots of an unreleased bundle and run "
        "`autocoder bundle lock`.",
    },
    {
        "code": "AC4004",
        "title": "the bundle's libraries could not be locked",
        "why": "`autocoder bundle lock` needs uv and a package index, and one version of each package that serves "
        "every root on every platform.",
        "fix": "Read what the resolver says, bound the root that it names in `bundle.toml`, and lock again.",
    },
    {
        "code": "AC4005",
        "title": "a released bundle is immutable",
        "why": "Packages that were signed with a bundle are derived again from it, byte for byte.",
        "fix": "Copy the folder to a new year and month, change it there, and lock that one.",
    },
)

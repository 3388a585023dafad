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
    {
        "code": "AC4101",
        "title": "who writes is known, or somebody decided that anyone may",
        "why": "An operation that anyone may call can be filled, changed or emptied by anyone, scripts included.",
        "fix": "Set `access: user`, or approve the decision about this operation's access.",
    },
    {
        "code": "AC4102",
        "title": "a row that belongs to somebody is changed by its owner",
        "why": "The entity refers to the account that owns it, but the operation never asks who is calling, so "
        "any account may change any row.",
        "fix": 'Add `{require: "row.owner == caller.id", else: forbidden}` before the change, or waive the rule '
        "with a reason.",
    },
    {
        "code": "AC4103",
        "title": "personal data is answered to those who are signed in",
        "why": "A field that is personal (an e-mail address is by itself) is in the reply of an operation that "
        "anyone may call.",
        "fix": "Set `access: user`, or name the fields of the reply in `output` and leave the personal ones out.",
    },
    {
        "code": "AC4104",
        "title": "a secret is referred to, never written down",
        "why": "Blueprints are committed, reviewed and packaged; a secret in one is no longer secret.",
        "fix": "Withdraw the secret, and refer to it: `env: {API_TOKEN: {secret: name/key}}`.",
    },
    {
        "code": "AC4105",
        "title": "production is served over TLS",
        "why": "Without TLS everybody on the way reads passwords and tokens, and may change replies.",
        "fix": "Set `exposure: {tls: true}`.",
    },
    {
        "code": "AC4106",
        "title": "an availability of 99.9% and more has a second replica",
        "why": "One replica is away during every rollout, every node upgrade and every crash.",
        "fix": "Set `replicas` of this workload to 2 or more, or state a lower availability.",
    },
    {
        "code": "AC4107",
        "title": "SQLite has one process",
        "why": "Several processes that share one database file lock each other out or corrupt it, and a pod's "
        "file is gone with it.",
        "fix": "Set `engines: {store: postgresql}` or one replica.",
    },
    {
        "code": "AC4108",
        "title": "production has a database server",
        "why": "A file inside a container is lost with it, and the service refuses to start in production on one.",
        "fix": "Set `engines: {store: postgresql}` for production.",
    },
    {
        "code": "AC4109",
        "title": "names are valid where they land",
        "why": "A namespace and a secret are DNS labels of at most 63 characters, and a host is labels with dots"
        " between them; a cluster refuses anything else.",
        "fix": "Choose a shorter name of lower-case letters, digits and dashes.",
    },
    {
        "code": "AC4110",
        "title": "personal data that leaves the system",
        "why": "What is sent to another system is kept and logged there, beyond this system's retention and access. "
        "Whoever runs the service answers for it all the same.",
        "fix": "Send the id of the row instead; or keep the warning, where the other side must have it.",
        "example": "{call: rates.rate, with: {mail: caller.email}}   # email: {personal: true}",
    },
    {
        "code": "AC4111",
        "title": "what is stated is used",
        "why": "Code, settings and secrets for something that nothing uses are there to run, to keep and to attack.",
        "fix": "Use it in an effect, or remove it.",
        "example": "channels: {mail: {mail: {from: shop@example.com}}}   # and no `notify`",
    },
    {
        "code": "AC4201",
        "title": "pods do not run as root",
        "why": "A process that runs as root in a container is root on the node where it breaks out.",
        "fix": "Set `securityContext.runAsNonRoot: true` on the pod.",
    },
    {
        "code": "AC4202",
        "title": "root file systems are read-only",
        "why": "What cannot be written cannot be changed by whoever gets in.",
        "fix": "Set `readOnlyRootFilesystem: true` and mount an emptyDir where the process writes.",
    },
    {
        "code": "AC4203",
        "title": "containers have no capabilities and gain no privileges",
        "why": "A service on a port above 1024 needs none of them.",
        "fix": "Set `capabilities: {drop: [ALL]}` and `allowPrivilegeEscalation: false`.",
    },
    {
        "code": "AC4204",
        "title": "images have a fixed version",
        "why": "`latest` is another image tomorrow, and a rollback with it is none.",
        "fix": "Name a version or a digest.",
    },
    {
        "code": "AC4205",
        "title": "containers have requests and limits",
        "why": "Without requests the scheduler places blindly; without limits one pod starves its neighbours.",
        "fix": "Set requests and limits for CPU and memory.",
    },
    {
        "code": "AC4206",
        "title": "deployments are probed",
        "why": "Without probes a hung process keeps getting requests, and a rollout takes a broken version for a"
        " good one.",
        "fix": "Set a liveness and a readiness probe.",
    },
    {
        "code": "AC4207",
        "title": "pods have no token of the cluster",
        "why": "The service never asks the cluster's API; a token it does not have cannot be stolen.",
        "fix": "Set `automountServiceAccountToken: false`.",
    },
    {
        "code": "AC4208",
        "title": "pods stay out of the node",
        "why": "The node's network, processes and files are shared with every other pod on it.",
        "fix": "Remove hostNetwork, hostPID, hostIPC and hostPath.",
    },
    {
        "code": "AC4209",
        "title": "manifests refer to secrets",
        "why": "Manifests are committed and packaged; a secret's value in one is no longer secret.",
        "fix": "Refer to the secret with `secretKeyRef`, or read it from the environment file.",
    },
    {
        "code": "AC4210",
        "title": "what no policy allows is denied",
        "why": "Without a default every pod of the cluster reaches every port.",
        "fix": "Emit a NetworkPolicy with an empty podSelector, both policy types and no rules.",
    },
    {
        "code": "AC4211",
        "title": "selectors select",
        "why": "A selector that matches no pod makes a service without endpoints and a budget without effect, "
        "and no tool complains.",
        "fix": "Give the selector labels that the pod template has.",
    },
    {
        "code": "AC4212",
        "title": "an autoscaler scales a deployment",
        "why": "An autoscaler whose target is not there does nothing.",
        "fix": "Name a deployment of the same base in scaleTargetRef.",
    },
    {
        "code": "AC4213",
        "title": "manifests say where they came from",
        "why": "Without the origin nobody can tell whether a running object is what was built.",
        "fix": "Generate the manifest again; do not strip its annotations.",
    },
    {
        "code": "AC4214",
        "title": "no role grants everything",
        "why": "A wildcard grants what exists today and what is added tomorrow.",
        "fix": "List the API groups, resources and verbs that are used.",
    },
    {
        "code": "AC4215",
        "title": "namespaces enforce the restricted standard",
        "why": "The standard is the cluster's own check of the rules above, for every pod that comes later.",
        "fix": "Label the namespace `pod-security.kubernetes.io/enforce: restricted`.",
    },
    {
        "code": "AC4216",
        "title": "manifests can be read",
        "why": "A file that is no YAML, or has a key twice, has not been checked.",
        "fix": "Mend the file, or generate it again.",
    },
    {
        "code": "AC4301",
        "title": "the base image is named by digest",
        "why": "A tag is moved to another image without notice, so two builds of the same sources differ.",
        "fix": "Build with `--build-arg BASE_IMAGE=python@sha256:…`, a digest that you verified. The bundle "
        "records none that was not.",
    },
    {
        "code": "AC4401",
        "title": "a migration that loses data is approved",
        "why": "The released schema holds rows. Dropping a table or column, or asking more of the rows than before, "
        "loses some of them or stops the migration.",
        "fix": "Approve the decision that the message names; or keep the data: give the renamed field or entity its "
        "old `column:` or `table:`, a new required field a default, or make it optional.",
    },
    {
        "code": "AC4402",
        "title": "the list of released migrations cannot be read",
        "why": "`migrations/released.json` says which migrations ran and what schema they left; the next one is made "
        "from it.",
        "fix": "Restore the file from version control; only `autocoder release` writes it.",
    },
)

"""A workspace is written by the owner's rule of each file, and a problem leaves it as it was."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autocoder.diagnostics import StageFailed
from autocoder.targets.tree import File, Owner, Tree
from autocoder.workspace.writer import MergedState, Written, opened


def tree(**files: str) -> Tree:
    return owned_by(Owner.GENERATED, **files)


def owned_by(owner: Owner, **files: str) -> Tree:
    made = Tree()
    for name, content in files.items():
        made.text(name.replace("__", "/").replace("_", "."), content, owner=owner)
    return made


def write(folder: Path, files: Tree, **options: object) -> Written:
    with opened(folder) as workspace:
        return workspace.write(files, **options)  # type: ignore[arg-type]


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (stat.S_IMODE(path.lstat().st_mode), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def codes(failure: pytest.ExceptionInfo[StageFailed]) -> list[tuple[str, str]]:
    return [(d.code, d.subject) for d in failure.value.diagnostics]


def refused(folder: Path, files: Tree, **options: object) -> list[tuple[str, str]]:
    """The codes of a write that fails; it must leave every byte as it was."""
    before = snapshot(folder)
    with pytest.raises(StageFailed) as failure:
        write(folder, files, **options)
    assert snapshot(folder) == before
    return codes(failure)


def test_files_have_their_content_and_mode_under_any_umask(tmp_path: Path) -> None:
    files = tree(generated__app_py="print()\n")
    files.add(File(path="run.sh", content=b"#!/bin/sh\n", executable=True))
    old = os.umask(0o077)
    try:
        report = write(tmp_path / "links", files)
    finally:
        os.umask(old)
    assert report.written == ("generated/app.py", "run.sh")
    found = snapshot(tmp_path / "links")
    assert found["generated/app.py"] == (0o644, b"print()\n")
    assert found["run.sh"] == (0o755, b"#!/bin/sh\n")
    assert stat.S_IMODE((tmp_path / "links/generated").stat().st_mode) == 0o755


def test_a_second_write_of_the_same_tree_touches_nothing(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a", b__c_txt="c"))
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    report = write(tmp_path, tree(a_txt="a", b__c_txt="c"))
    assert report.written == () and report.unchanged == ("a.txt", "b/c.txt")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == times


def test_a_file_no_longer_emitted_is_removed_with_its_empty_folder_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, tree(generated__old__x_py="x", generated__keep_py="k"))
    (tmp_path / "notes").mkdir()
    (tmp_path / "generated/mine.txt").write_text("mine")
    report = write(tmp_path, tree(generated__keep_py="k"))
    assert report.removed == ("generated/old/x.py",)
    assert not (tmp_path / "generated/old").exists()
    assert (tmp_path / "generated/mine.txt").read_text() == "mine" and (tmp_path / "notes").is_dir()


def test_a_generated_file_changed_by_hand_is_named_and_kept(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a", b_txt="b"))
    (tmp_path / "a.txt").write_text("mine")
    with opened(tmp_path) as workspace, pytest.raises(StageFailed) as failure:
        workspace.write(tree(a_txt="new", b_txt="new"))
    (problem,) = failure.value.diagnostics
    assert (problem.code, problem.subject) == ("AC8001", "a.txt")
    assert "ca978112" in problem.rule and problem.value is not None and "sha256 " in problem.value
    assert "autocoder eject a.txt" in problem.help and "--overwrite-drift" in problem.help
    assert (tmp_path / "a.txt").read_text() == "mine" and (tmp_path / "b.txt").read_text() == "b"


def test_drift_is_discarded_only_when_asked_and_reported_then(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a", old_txt="o"))
    (tmp_path / "a.txt").write_text("mine")
    (tmp_path / "old.txt").write_text("mine too")
    assert refused(tmp_path, tree(a_txt="new")) == [("AC8001", "a.txt"), ("AC8001", "old.txt")]
    report = write(tmp_path, tree(a_txt="new"), overwrite_drift=True)
    assert report.overwritten == ("a.txt", "old.txt") and report.removed == ("old.txt",)
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_changed_file_that_equals_the_new_one_is_no_drift(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a"))
    (tmp_path / "a.txt").write_text("new")
    assert write(tmp_path, tree(a_txt="new")).unchanged == ("a.txt",)


def test_a_deleted_generated_file_comes_back(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a"))
    (tmp_path / "a.txt").unlink()
    assert write(tmp_path, tree(a_txt="a")).written == ("a.txt",)


def test_a_file_that_autocoder_did_not_write_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    assert refused(tmp_path, tree(a_txt="a")) == [("AC8002", "a.txt")]


def test_an_owned_file_is_written_once(tmp_path: Path) -> None:
    write(tmp_path, owned_by(Owner.OWNED, description_md="prose"))
    (tmp_path / "description.md").write_text("better prose")
    assert write(tmp_path, owned_by(Owner.OWNED, description_md="prose")).kept == ("description.md",)
    assert (tmp_path / "description.md").read_text() == "better prose"
    write(tmp_path, Tree())
    assert (tmp_path / "description.md").exists()


def test_a_merged_file_follows_the_build_until_a_person_changes_it(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace:
        assert workspace.merged_state("architecture.yaml") is MergedState.ABSENT
        workspace.write(owned_by(Owner.MERGED, architecture_yaml="one"))
        assert workspace.merged_state("architecture.yaml") is MergedState.UNCHANGED
        workspace.write(owned_by(Owner.MERGED, architecture_yaml="two"))
        assert workspace.base("architecture.yaml") == b"two"
        (tmp_path / "architecture.yaml").write_text("by hand")
        assert workspace.merged_state("architecture.yaml") is MergedState.CHANGED
        report = workspace.write(owned_by(Owner.MERGED, architecture_yaml="three"))
        assert [(d.code, d.subject, d.severity) for d in report.warnings] == [
            ("AC8009", "architecture.yaml", "warning")
        ]
        assert report.kept == ("architecture.yaml",) and workspace.base("architecture.yaml") == b"two"
        assert (tmp_path / "architecture.yaml").read_text() == "by hand"
        assert not workspace.write(owned_by(Owner.MERGED, architecture_yaml="by hand")).warnings
        assert workspace.merged_state("architecture.yaml") is MergedState.UNCHANGED


def test_the_unreleased_migration_is_replaced_and_a_released_one_never(tmp_path: Path) -> None:
    first = owned_by(Owner.APPENDED, migrations__0001_py="one")
    write(tmp_path, first)
    write(tmp_path, owned_by(Owner.APPENDED, migrations__0001b_py="one, again"))
    assert sorted(p.name for p in (tmp_path / "migrations").iterdir()) == ["0001b.py"]
    with opened(tmp_path) as workspace:
        assert workspace.release("migrations/released.json", b"[]") == ("migrations/0001b.py",)
        assert workspace.release("migrations/released.json", b"[0]") == ()
    assert (tmp_path / "migrations/released.json").read_bytes() == b"[]"
    changed = owned_by(Owner.APPENDED, migrations__0001b_py="changed")
    assert refused(tmp_path, changed) == [("AC8008", "migrations/0001b.py")]
    assert refused(tmp_path, changed, overwrite_drift=True) == [("AC8008", "migrations/0001b.py")]
    write(tmp_path, owned_by(Owner.APPENDED, migrations__0002_py="two"))
    assert (tmp_path / "migrations/0001b.py").read_text() == "one, again"
    (tmp_path / "migrations/0001b.py").write_text("edited on disk")
    same = owned_by(Owner.APPENDED, migrations__0001b_py="one, again")
    assert ("AC8008", "migrations/0001b.py") in refused(tmp_path, same)


def test_artifacts_are_replaced_without_a_drift_check_and_outlive_the_next_build(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a"), artifacts=tree(dist__x_1_tar_gz="1"))
    (tmp_path / "dist/x.1.tar.gz").write_text("rubbish")
    write(tmp_path, tree(a_txt="a"), artifacts=tree(dist__x_1_tar_gz="2"))
    assert (tmp_path / "dist/x.1.tar.gz").read_text() == "2"
    write(tmp_path, tree(a_txt="a"), artifacts=tree(dist__x_2_tar_gz="3"))
    assert (tmp_path / "dist/x.1.tar.gz").read_text() == "2"


@pytest.mark.parametrize(
    ("link", "subject"),
    [("generated", "generated/a.txt"), ("generated/a.txt", "generated/a.txt"), (".autocoder/base", "blue.yaml")],
)
def test_a_symbolic_link_in_the_way_is_refused(tmp_path: Path, link: str, subject: str) -> None:
    folder, outside = tmp_path / "links", tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("precious")
    (folder / link).parent.mkdir(parents=True)
    (folder / link).symlink_to(outside / "a.txt" if link.endswith(".txt") else outside)
    files = tree(generated__a_txt="new")
    files.text("blue.yaml", "new", owner=Owner.MERGED)
    with pytest.raises(StageFailed) as failure:
        write(folder, files)
    assert ("AC8003", subject) in [(code, place.replace(".autocoder/base/", "")) for code, place in codes(failure)]
    assert (outside / "a.txt").read_text() == "precious" and len(list(outside.iterdir())) == 1


def test_the_control_folder_may_not_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / ".autocoder").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StageFailed) as failure:
        write(tmp_path, tree(a_txt="a"))
    assert codes(failure) == [("AC8003", ".autocoder")]


def test_a_folder_where_a_file_is_wanted_and_the_other_way_round(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    (tmp_path / "b").write_text("a file")
    assert refused(tmp_path, tree(a_txt="a", b__c_txt="c")) == [("AC8003", "a.txt"), ("AC8003", "b/c.txt")]


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a"))
    (tmp_path / "a.txt").write_text("mine")
    (tmp_path / "b.txt").write_text("mine")
    assert refused(tmp_path, tree(a_txt="new", b_txt="new")) == [("AC8001", "a.txt"), ("AC8002", "b.txt")]


def test_a_second_process_is_told_that_the_workspace_is_in_use(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from autocoder.diagnostics import StageFailed\n"
        "from autocoder.workspace.writer import opened\n"
        "try:\n    with opened(Path(sys.argv[1])): print('free')\n"
        "except StageFailed as failed: print(failed.diagnostics[0].code)\n"
    )

    def second() -> str:
        return subprocess.run(
            [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
        ).stdout.strip()

    with opened(tmp_path):
        assert second() == "AC8004"
    assert second() == "free"


def test_a_folder_that_nothing_was_written_to_is_gone_again(tmp_path: Path) -> None:
    with opened(tmp_path / "new/links"):
        assert (tmp_path / "new/links/.autocoder/lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_is_refused(tmp_path: Path) -> None:
    write(tmp_path, tree(a_txt="a"))
    (tmp_path / ".autocoder/files.json").write_text("<<<<<<< ours")
    assert refused(tmp_path, tree(a_txt="b")) == [("AC8006", ".autocoder/files.json")]


def test_a_record_cannot_name_a_file_outside_the_workspace(tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("a")
    folder = tmp_path / "links"
    write(folder, tree(a_txt="a"))
    record = folder / ".autocoder/files.json"
    record.write_text(record.read_text().replace('"a.txt"', '"../victim.txt"'))
    assert refused(folder, Tree()) == [("AC8006", ".autocoder/files.json")]
    assert victim.exists()


def test_a_target_cannot_write_into_the_control_folder(tmp_path: Path) -> None:
    with opened(tmp_path) as workspace, pytest.raises(ValueError, match="own folder"):
        workspace.write(tree(_autocoder__files_json="{}"))


def test_a_read_only_workspace_is_a_diagnostic(tmp_path: Path, require_tool: Callable[[str], Path]) -> None:
    write(tmp_path, tree(a_txt="a"))
    output = in_namespace(require_tool("bwrap"), tmp_path, "--ro-bind", str(tmp_path), str(tmp_path))
    assert output == "AC8005 ['.autocoder', '.gitignore', 'a.txt', 'files.json']"


def test_a_full_disk_is_a_diagnostic_and_leaves_nothing(tmp_path: Path, require_tool: Callable[[str], Path]) -> None:
    output = in_namespace(require_tool("bwrap"), tmp_path, "--size", "200000", "--tmpfs", str(tmp_path))
    assert output == "AC8005 []"


def in_namespace(bwrap: Path, folder: Path, *mount: str) -> str:
    script = (
        f"from pathlib import Path; folder = Path({str(folder)!r})\n"
        "from autocoder.diagnostics import StageFailed\n"
        "from autocoder.targets.tree import Tree\n"
        "from autocoder.workspace.writer import opened\n"
        "files = Tree()\n"
        "for n in range(9): files.text(f'{n}/big.txt', 'x' * 50000)\n"
        "try:\n    with opened(folder) as workspace: workspace.write(files)\n"
        "except StageFailed as failed: print(failed.diagnostics[0].code, end='')\n"
        "print('', sorted(path.name for path in folder.rglob('*')))\n"
    )
    done = subprocess.run(
        [bwrap, "--unshare-user", "--ro-bind", "/", "/", *mount, sys.executable, "-c", script],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    if "bwrap:" in done.stderr:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    assert done.stderr == ""
    return done.stdout.strip()

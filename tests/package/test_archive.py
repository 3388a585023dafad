"""One set of files has one archive, and a reader is not fooled by a bad one."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autocoder.package.archive import BadArchive, Member, compress, expand, limit_for, read_tar, write_tar

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1).filter(
    lambda name: name not in (".", "..")
)
MEMBERS = st.dictionaries(
    st.lists(NAMES, min_size=1, max_size=3).map("/".join),
    st.tuples(st.binary(max_size=2000), st.sampled_from([0o644, 0o755])),
    min_size=1,
    max_size=8,
).map(lambda files: [Member(path=path, content=content, mode=mode) for path, (content, mode) in files.items()])


@given(members=MEMBERS, seed=st.randoms(use_true_random=False))
def test_the_order_of_insertion_does_not_change_a_byte(members: list[Member], seed: random.Random) -> None:
    shuffled = members[:]
    seed.shuffle(shuffled)
    assert compress(write_tar("root", members)) == compress(write_tar("root", shuffled))


@given(members=MEMBERS)
def test_what_is_packed_is_read_back(members: list[Member]) -> None:
    tar = write_tar("root", members)
    data, stopped = expand(compress(tar), limit=limit_for(len(member.content) for member in members))
    assert (data, stopped) == (tar, "")
    read, problems = read_tar(data, "root")
    assert not problems
    assert sorted(read, key=lambda member: member.path) == sorted(members, key=lambda member: member.path)


def test_umask_locale_time_zone_and_hash_seed_do_not_change_a_byte(tmp_path: Path) -> None:
    script = (
        "import os, sys; os.umask(int(sys.argv[1], 8))\n"
        "from autocoder.package.archive import *\n"
        "files = [Member(path=p, content=p.encode(), mode=0o644) for p in {'b', 'ä/ö', 'a', 'x/' * 99 + 'y'}]\n"
        "sys.stdout.buffer.write(compress(write_tar('links-1', files)))\n"
    )
    found: set[bytes] = set()
    for umask, locale, zone, seed in (("022", "C", "UTC", "1"), ("077", "C.UTF-8", "Asia/Tokyo", "2")):
        env = {**os.environ, "LC_ALL": locale, "TZ": zone, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()}
        done = subprocess.run(
            [sys.executable, "-c", script, umask], env=env, cwd=tmp_path, capture_output=True, check=True
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_the_system_tar_and_gzip_read_it(tmp_path: Path, require_tool: Callable[[str], Path]) -> None:
    tar = write_tar("links-1", [Member(path="run.sh", content=b"hello", mode=0o755)])
    (tmp_path / "x.tar.gz").write_bytes(compress(tar))
    assert gzip.decompress(compress(tar)) == tar
    subprocess.run([require_tool("tar"), "xzf", "x.tar.gz"], cwd=tmp_path, check=True)
    assert (tmp_path / "links-1/run.sh").read_bytes() == b"hello"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(BadArchive, match="more than the 1000 bytes"):
        expand(gzip.compress(b"\0" * 50_000_000), limit=1000)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[:-9], "ends too early"),
        (lambda data: data + b"x", "bytes follow"),
        (lambda data: data + b"x" * 10_000, "bytes follow"),
        (lambda data: data[:-8] + b"\0\0\0\0" + data[-4:], "incorrect data check"),
        (lambda _: b"", "ends too early"),
    ],
)
def test_a_damaged_stream_says_so(change: Callable[[bytes], bytes], reason: str) -> None:
    data, stopped = expand(change(compress(b"x" * 5000)), limit=10_000)
    assert reason in stopped and len(data) <= 5000


def tar_with(*infos: tuple[str, bytes, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, content in infos:
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "reason", "member"),
    [
        ("root/a", tarfile.SYMTYPE, "is a link", "a"),
        ("root/a", tarfile.LNKTYPE, "is a link", "a"),
        ("root/a", tarfile.FIFOTYPE, "not a regular file", "a"),
        ("root/a", tarfile.CHRTYPE, "not a regular file", "a"),
        ("root/a", tarfile.DIRTYPE, "not a regular file", "a"),
        ("root/a", tarfile.GNUTYPE_SPARSE, "not a regular file", "a"),
        ("root/../../a", tarfile.REGTYPE, "unsafe path", "../../a"),
        ("root//etc/a", tarfile.REGTYPE, "unsafe path", "/etc/a"),
        ("/etc/a", tarfile.REGTYPE, "unsafe path", "/etc/a"),
        ("other/a", tarfile.REGTYPE, "unsafe path", "other/a"),
        ("root/b\\c", tarfile.REGTYPE, "unsafe path", "b\\c"),
        ("root/good", tarfile.REGTYPE, "in the archive twice", "good"),
    ],
)
def test_a_member_that_no_package_has_is_named(name: str, kind: bytes, reason: str, member: str) -> None:
    data = tar_with(("root/good", tarfile.REGTYPE, b"good"), (name, kind, b""))
    members, problems = read_tar(data, "root")
    assert [(m.path, m.content) for m in members] == [("good", b"good")]
    assert [(problem.member, reason in str(problem)) for problem in problems] == [(member, True)]


@settings(max_examples=300)
@given(data=st.data())
def test_no_damage_to_a_tar_escapes_as_an_exception(data: st.DataObject) -> None:
    tar = bytearray(write_tar("root", [Member(path="a/" * 70 + "b", content=b"x" * 700, mode=0o644)]))
    for _ in range(data.draw(st.integers(1, 4))):
        tar[data.draw(st.integers(0, len(tar) - 1))] = data.draw(st.integers(0, 255))
    members, _ = read_tar(bytes(tar[: data.draw(st.integers(0, len(tar)))]), "root")
    assert all(len(member.content) <= len(tar) for member in members)

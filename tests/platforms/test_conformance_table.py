"""The conformance suite itself: its files are real, its names stable, its table tells the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from campaignbot.platforms.conformance import (
    CASES,
    Case,
    NotApplicable,
    Result,
    Stand,
    Verdict,
    files,
    run,
    table,
)
from campaignbot.platforms.protocol import Platform
from campaignbot.platforms.registry import load_platform


@dataclass
class _Stand:
    """A stand that only has a name, and remembers that it was closed."""

    platform: Platform
    closed: int = 0

    def close(self) -> None:
        self.closed += 1


def _stand(name: str) -> _Stand:
    return _Stand(replace(load_platform("x"), name=name))


def _result(case: Case, stand: _Stand) -> Result:
    return run("A topic", case, lambda: cast(Stand, stand))


def _run(case: Case, *stands: _Stand) -> list[str]:
    return table([_result(case, stand) for stand in stands]).splitlines()


def test_names_of_cases_are_their_own_and_fit_beside_four_platforms() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert max(map(len, names)) <= 58


def test_a_case_that_passes_is_ok_and_gives_its_stand_back() -> None:
    stand = _stand("first")
    assert _result(Case("well", lambda _: None), stand).verdict is Verdict.OK
    assert stand.closed == 1


def test_reasons_are_told_once_below_the_table_and_counted() -> None:
    def not_here(stand: Stand) -> None:
        raise NotApplicable("it has none of that")

    lines = _run(Case("needs it", not_here), _stand("first"), _stand("second"))
    assert "needs it n/a 1     n/a 1" in lines
    assert "  1  it has none of that" in lines
    assert lines[-1] == "1 cases, 2 platforms: 0 ok, 2 n/a, 0 FAILED"


@pytest.mark.parametrize("error", [AssertionError("no post"), KeyError("id")])
def test_a_failure_of_any_kind_is_one_and_says_why(error: Exception) -> None:
    def fails(stand: Stand) -> None:
        raise error

    stand = _stand("first")
    lines = _run(Case("wants a post", fails), stand)
    assert "wants a post FAILED" in lines
    assert any(line.startswith("first, wants a post: ") and str(error) in line for line in lines)
    assert lines[-1] == "1 cases, 1 platforms: 0 ok, 0 n/a, 1 FAILED"
    assert stand.closed == 1


@given(st.integers(1, 400), st.integers(1, 400), st.integers(700, 200_000))
def test_a_jpeg_has_the_size_that_was_asked_for(width: int, height: int, size: int) -> None:
    plain = files.jpeg(width, height)
    data = files.jpeg(width, height, size=max(size, len(plain)))
    assert len(data) == max(size, len(plain))
    with Image.open(BytesIO(data)) as image:
        image.load()
        assert (image.format, image.size) == ("JPEG", (width, height))


def test_a_png_can_be_opened() -> None:
    with Image.open(BytesIO(files.png(120, 40, mark="één"))) as image:
        image.load()
        assert (image.format, image.size) == ("PNG", (120, 40))


@pytest.mark.parametrize(
    "make", [lambda n: files.mp4(3000, size=n), lambda n: files.pdf(3, size=n)]
)
@pytest.mark.parametrize("size", [2_000, 65_537, 1_000_000])
def test_a_video_or_document_has_the_size_that_was_asked_for(
    make: Callable[[int], bytes], size: int
) -> None:
    assert len(make(size)) == size


def test_marks_make_other_files() -> None:
    made = {make(3, mark=mark) for make in (files.mp4, files.pdf) for mark in ("a", "b")}
    made |= {make(8, 8, mark=mark) for make in (files.jpeg, files.png) for mark in ("a", "b")}
    assert len(made) == 8


def test_the_parts_of_a_pdf_are_where_its_table_says() -> None:
    data = files.pdf(3, size=5000)
    at = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert data[at:].startswith(b"xref\n0 6\n")
    for number, row in enumerate(data[at:].splitlines()[3:8], 1):
        assert data[int(row.split()[0]) :].startswith(f"{number} 0 obj".encode())
    assert data.count(b"/Type /Page ") == 3

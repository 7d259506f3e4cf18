"""The front door: a dozen names, nothing done at import, and readers told apart by content."""

import subprocess
import sys

import pytest

import runlab as rl
from runlab.readers import detect, unpacked


def test_every_name_of_the_front_door_opens():
    for name in rl.__all__:
        assert getattr(rl, name) is not None, name
    assert set(rl.__all__) <= set(dir(rl))
    with pytest.raises(AttributeError, match="no attribute 'fittnes'"):
        rl.fittnes  # noqa: B018


def test_import_brings_in_no_plotting_and_no_reader():
    code = (
        "import sys, runlab; print([m for m in sys.modules if m.split('.')[0] in ('matplotlib', 'seaborn', 'fitparse')"
        " or m.startswith('runlab.')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x0e\x10\0\0\0\0\0\0.FIT\0\0", "fit"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><gpx>", "gpx"),
        (b"  \n<?xml version='1.0'?><TrainingCenterDatabase>", "tcx"),
        (b"Date,Distance,Time\n2026-01-01,10,50:00\n", "csv"),
        (b"\0" * 5000, ""),
        (b"%PDF-1.7", ""),
    ],
)
def test_the_format_is_decided_by_content(data, kind):
    assert detect(data) == kind


def test_a_cut_gzip_stream_gives_what_can_be_had():
    import gzip

    from simulate.fit_writer import tiny_run

    packed = gzip.compress(tiny_run())
    assert unpacked(packed[:-20]) and unpacked(packed[:-20]) == tiny_run()[: len(unpacked(packed[:-20]))]
    with pytest.raises(rl.FileError, match="gzip wrapping is damaged"):
        unpacked(packed[:10] + b"\xff" * 30)


def test_what_cannot_be_opened_is_said():
    with pytest.raises(rl.FileError, match="no such file"):
        rl.read_activity("nowhere.fit")
    with pytest.raises(rl.FileError, match="this is a folder"):
        rl.read_activity(".")
    with pytest.raises(rl.FileError, match="training log of 2 activities"):
        rl.read_activity(b"Date,Distance (km),Time\n2026-01-01,10,50:00\n2026-01-02,8,40:00\n")

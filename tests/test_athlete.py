"""Settings valid from a date, and clear words for what cannot be."""

import math

import pandas as pd
import pytest

from runlab.athlete import Athlete, Settings, file_name, read_athlete, read_squad
from runlab.errors import SettingsError

TOML = """
name = "road-marathoner"
sex = "f"
birth_date = 1989-04-02
home_zone = "Europe/Oslo"
units = "metric"

[consent]
leaderboard = true
care_team = ["physio"]

[[settings]]
from = 2026-01-01
max_heart_rate_bpm = 191
resting_heart_rate_bpm = 48
threshold_heart_rate_bpm = 172
threshold_pace = "4:18 /km"

[[settings]]
from = 2026-06-01
threshold_pace = "4:10 /km"

[columns]
"Dist" = "distance_km"
"""


@pytest.fixture
def write(tmp_path):
    def written(text, name="athlete.toml"):
        folder = tmp_path / "kim"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
        return folder

    return written


def test_reads_the_file_of_the_design(write):
    athlete = read_athlete(write(TOML))
    assert (athlete.name, athlete.sex, athlete.home_zone) == ("road-marathoner", "f", "Europe/Oslo")
    assert athlete.consent["leaderboard"] is True
    assert athlete.consent["care_team"] == ["physio"]
    assert athlete.consent["private_notes"] is False, "what was not agreed to is not shared"
    assert athlete.columns == {"Dist": "distance_km"}


def test_settings_hold_from_their_date_until_the_next(write):
    athlete = read_athlete(write(TOML))
    assert athlete.on("2025-12-31") == Settings() or math.isnan(athlete.on("2025-12-31").max_heart_rate_bpm)
    spring, summer = athlete.on("2026-01-01"), athlete.on(pd.Timestamp("2026-06-01"))
    assert spring.threshold_speed_mps == pytest.approx(1000 / 258)
    assert summer.threshold_speed_mps == pytest.approx(4.0)
    assert summer.max_heart_rate_bpm == 191, "a row that names one setting leaves the others"
    assert athlete.on("2026-05-31").threshold_speed_mps == spring.threshold_speed_mps


def test_a_row_without_a_date_holds_from_the_beginning():
    athlete = Athlete("kim", settings=[{"from": "2026-01-01", "max_heart_rate_bpm": 190}, {"max_heart_rate_bpm": 185}])
    assert athlete.on("2020-01-01").max_heart_rate_bpm == 185
    assert athlete.on("2026-01-02").max_heart_rate_bpm == 190


def test_age_is_in_whole_years():
    athlete = Athlete("kim", birth_date="1989-04-02")
    assert athlete.age_on("2026-04-01") == 36
    assert athlete.age_on("2026-04-02") == 37
    assert math.isnan(Athlete("bo").age_on("2026-04-02"))


def test_settings_may_be_a_frame_and_are_not_edited():
    given = pd.DataFrame({"from": pd.to_datetime(["2026-06-01", "2026-01-01"]), "max_heart_rate_bpm": [190.0, 188.0]})
    before = given.copy()
    assert Athlete("kim", settings=given).on("2026-02-01").max_heart_rate_bpm == 188
    pd.testing.assert_frame_equal(given, before)
    again = Athlete("kim", settings=Athlete("kim", settings=given).settings)
    assert again.on("2026-07-01").max_heart_rate_bpm == 190


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("home_zone = 'Europe/Osslo'", "no time zone 'Europe/Osslo'"),
        ("sexx = 'f'", "did you mean 'sex'"),
        ("units = 'miles'", "units must be one of 'metric', 'imperial'"),
        ("sex = 'female'", "sex must be one of"),
        ("[consent]\nleaderbord = true", "did you mean 'leaderboard'"),
        ("[consent]\nleaderboard = 'yes'", "must be true or false"),
        ("[[settings]]\nmax_heart_rate_bpm = 48\nresting_heart_rate_bpm = 48", "cannot be"),
        (
            "[[settings]]\nmax_heart_rate_bpm = 105\nresting_heart_rate_bpm = 105",
            "must be below max_heart_rate_bpm (105)",
        ),
        (
            "[[settings]]\nmax_heart_rate_bpm = 170\nthreshold_heart_rate_bpm = 172",
            "threshold_heart_rate_bpm (172) must be",
        ),
        ("[[settings]]\nmax_hr = 170", "settings key must be one of"),
        ("[[settings]]\nthreshold_pace = 'fast'", "cannot read 'fast' as a pace"),
        ("[[settings]]\nmax_heart_rate_bpm = '190'", "must be a number"),
        ("birth_date = 'spring'", "cannot read 'spring' as a date"),
        ("settings = 3", "list of [[settings]] blocks"),
        ("name = ", "not TOML"),
    ],
)
def test_what_cannot_be_is_said_with_the_path(write, text, words):
    folder = write(text)
    with pytest.raises(SettingsError) as error:
        read_athlete(folder)
    assert words in str(error.value)
    assert "athlete.toml" in str(error.value)


def test_a_missing_file_is_a_settings_error(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read_athlete(tmp_path)


def test_the_squad_gives_what_the_athlete_leaves_open(write):
    folder = write("coach = 'Lee'\nunits = 'imperial'\nhome_zone = 'America/Denver'", "squad.toml")
    write("home_zone = 'Europe/Oslo'")
    squad = read_squad(folder / "squad.toml")
    athlete = read_athlete(folder, defaults=squad)
    assert (athlete.units, athlete.home_zone, athlete.name) == ("imperial", "Europe/Oslo", "kim")
    assert read_squad(folder / "none.toml") == {}


def test_a_squad_with_an_impossible_zone_is_refused(write):
    with pytest.raises(SettingsError, match=r"squad\.toml.*no time zone"):
        read_squad(write("home_zone = 'Mars'", "squad.toml") / "squad.toml")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("road-marathoner", "road-marathoner"),
        ("Łukasz 跑者", "Łukasz 跑者"),
        ("20260501T080000-ab12", "20260501T080000-ab12"),
        ("x/../../../escaped/kim", "x-escaped-kim-ce79c4"),
        ("..", "--5ec1f7"),
        (".hidden", "hidden-169241"),
        ("a\\b", "a-b-c62016"),
        ("a:b", "a-b-6783a3"),
        ("a\0b", "a-b-59b271"),
        ("con", "_con-1143da"),
        ("", "unnamed-e3b0c4"),
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 60 + "-35d5fc"),
    ],
)
def test_names_become_safe_file_names_and_stay_apart(name, safe):
    assert file_name(name) == safe

"""The sample squad: six invented athletes, their stories, and what is planted in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from runlab.errors import one_of

from ..course import Course, rolling_course, track_course
from ..run import Pause
from ..runner import Runner
from ..season import Season, simulate_season
from ..sensors import Watch
from ..weeks import Race

TODAY = pd.Timestamp("2026-11-15")  # the Sunday evening the coach looks; later days exist in the plan alone


@dataclass(frozen=True)
class Story:
    """One athlete of the sample squad: the runner, the season, and the shape of the exports.

    ``formats`` are (kind, weight) pairs from which each session's file kind is drawn; ``files_from`` the first day with
    a file for every session (before, only long runs and races have one, the rest stands in the log); ``extras`` names
    the oddities planted among the files.

    >>> story("track-5k").log
    'strava'
    """

    name: str
    runner: Runner
    season: dict[str, Any]
    seed: int
    birth_date: str
    home_zone: str
    settings: tuple[Mapping[str, Any], ...]
    formats: tuple[tuple[str, float], ...]
    log: str = "garmin"
    units: str = "metric"
    watch: Watch = field(default_factory=lambda: Watch(smart=True, sampling_s=12.0, dynamics=False))
    race_watch: Mapping[str, Watch] = field(default_factory=dict)
    files_from: str = "2026-05-01"
    heart_rate_from: str = ""
    extras: tuple[str, ...] = ()
    consent: Mapping[str, Any] = field(default_factory=lambda: {"leaderboard": True, "team_digest": True})
    fuel: bool = False
    words: str = ""

    def simulate(self) -> Season:
        """The athlete's whole season.

        >>> story("track-5k").simulate().runner.name
        'track-5k'
        """
        return simulate_season(self.runner, seed=self.seed, home_zone=self.home_zone, **self.season)


def _marathoner() -> Story:
    spring_km = [36, 40, 43, 30, 45, 48, 50, 35, 52, 55, 57, 40, 58, 60, 60, 45, 32, 14]
    spring_long = [18, 19.4, 20.9, 16, 22.4, 24, 25.5, 19, 26.9, 28.9, 29.6, 21, 30.2, 31, 31.6, 23, 16, 0]
    autumn_km = [
        12,
        20,
        28,
        32,
        36,
        26,
        38,
        40,
        42,
        30,
        44,
        46,
        47,
        34,
        48,
        50,
        51,
        36,
        54,
        56,
        44,
        40,
        48,
        44,
        54,
        40,
        28,
        13,
        10,
        18,
    ]
    autumn_long = [
        0,
        8,
        11,
        12.8,
        14,
        11,
        15.5,
        17,
        18,
        14,
        19.5,
        21,
        22,
        16,
        23.5,
        25,
        26.2,
        19,
        28.6,
        30,
        0,
        20,
        25,
        17,
        26.5,
        20,
        15,
        0,
        0,
        8,
    ]
    flat = rolling_course(42195.0, ascent_m_per_km=3.5, seed=77, base_m=120.0, latitude_deg=61.16, longitude_deg=11.52)
    spring = rolling_course(
        42195.0, ascent_m_per_km=4.0, seed=78, base_m=150.0, latitude_deg=61.02, longitude_deg=11.71
    )
    half = rolling_course(21097.5, ascent_m_per_km=5.0, seed=79, base_m=140.0, latitude_deg=61.09, longitude_deg=11.61)
    stops = (
        Pause(22_400.0, 14.0, False, "drink"),
        Pause(30_500.0, 18.0, False, "drink"),
        Pause(36_200.0, 38.0, False, "stop"),
    )
    races = (
        Race(
            "2026-04-19",
            42195.0,
            "Spring Marathon",
            goal_s=12_900.0,
            official_s=12_785.0,
            course=spring,
            taper_weeks=3,
            pacing=((0.0, 1.01), (0.5, 1.005), (1.0, 0.99)),
            temperature_c=((0.0, 6.0), (4.0, 10.0)),
            pauses=(Pause(25_000.0, 9.0, False, "drink"),),
        ),
        Race(
            "2026-09-13",
            21097.5,
            "Lakes Half",
            priority="B",
            goal_s=6000.0,
            course=half,
            taper_weeks=0,
            temperature_c=13.0,
            share=0.985,
        ),
        Race(
            "2026-11-01",
            42195.0,
            "Autumn Marathon",
            goal_s=12_600.0,
            official_s=13_272.0,
            course=flat,
            taper_weeks=3,
            pacing=((0.0, 1.04), (0.3, 1.03), (0.5, 1.005), (0.7, 0.99), (1.0, 0.985)),
            temperature_c=((0.0, 15.0), (2.0, 20.0), (4.0, 23.0)),
            pauses=stops,
        ),
    )
    return Story(
        name="road-marathoner",
        seed=11,
        birth_date="1989-04-02",
        home_zone="Europe/Oslo",
        runner=Runner(
            name="road-marathoner",
            sex="f",
            age=37,
            mass_kg=59,
            critical_speed_mps=3.74,
            d_prime_m=160,
            max_speed_mps=7.0,
            endurance=0.056,
            stamina_s=5080,
            fade_depth=0.14,
            fade_scale_s=1300,
            max_heart_rate_bpm=190,
            resting_heart_rate_bpm=48,
            cadence_spm=170,
            balance_pct=50.9,
            heat_sensitivity=0.0036,
        ),
        season={
            "start": "2025-12-15",
            "weeks": 50,
            "weekly_km": [*spring_km, *autumn_km, 24, 30],
            "long_run_km": [*spring_long, *autumn_long, 10, 12],
            "races": races,
            "gain": 0.05,
            "lights_per_km": 0.12,
            "treadmill_share": 0.06,
            "latitude_deg": 61.18,
            "longitude_deg": 11.42,
            "temperature_c": (6.0, 11.0),
            "cross": (("strength", 4, 40.0),),
            "missed_share": 0.03,
            "ill": ({"start": "2026-09-25", "end": "2026-10-03", "severity": 5.0, "note": "heavy cold, no running"},),
            "events": (
                {"kind": "travel", "start": "2026-07-13", "end": "2026-07-19", "note": "family week, ran when I could"},
                {"kind": "shoe_change", "start": "2026-08-10", "note": "new pair of the same model"},
                {
                    "kind": "pain",
                    "start": "2026-06-22",
                    "end": "2026-06-27",
                    "site": "calf",
                    "side": "left",
                    "severity": 2.0,
                    "note": "tight, eased when warm",
                },
            ),
        },
        settings=(
            {
                "from": "2025-12-01",
                "max_heart_rate_bpm": 190,
                "resting_heart_rate_bpm": 50,
                "threshold_heart_rate_bpm": 171,
                "threshold_pace": "4:30 /km",
            },
            {
                "from": "2026-05-04",
                "max_heart_rate_bpm": 190,
                "resting_heart_rate_bpm": 48,
                "threshold_heart_rate_bpm": 172,
                "threshold_pace": "4:26 /km",
            },
        ),
        formats=(("fit.gz", 0.62), ("fit", 0.1), ("tcx.gz", 0.16), ("gpx.gz", 0.12)),
        log="garmin",
        watch=Watch("Garmin Invented 265", smart=True, sampling_s=12.0, dynamics=True),
        race_watch={
            "2026-11-01": Watch("Garmin Invented 265", smart=True, sampling_s=3.0, distance_bias=0.015, dropouts=1),
            "2026-04-19": Watch("Garmin Invented 265", smart=True, sampling_s=4.0, distance_bias=0.011),
        },
        files_from="2026-08-03",
        extras=("truncated", "phone", "phone", "settings"),
        fuel=True,
        consent={"leaderboard": True, "team_digest": True, "cohort": True, "care_team": ["physio"], "praise": "team"},
        words="""# In my own words

2026-11-01, the marathon. The first half felt almost too easy and I was ahead of plan at 15 km. It got warm after the
bridge. Around 31 my legs simply would not turn over any more. Two gels stayed in the pocket. Proud that I never walked,
apart from the stop at 36. I would like to know what the cold in September cost and what was just the day.

2026-04-19. Everything clicked. Five long ones over 28 and hardly a day missed since Christmas.
""",
    )


def hundred_miles() -> tuple[Course, tuple[Pause, ...]]:
    """The 100-miler's course and its aid-station stops (2 h 51 min in all, 1 h 20 min of it at mile 62).

    >>> course, stops = hundred_miles()
    >>> round(course.length_m), sum(stop.duration_s for stop in stops) / 60
    (160940, 171.0)
    """
    course = rolling_course(
        160_934.4,
        ascent_m_per_km=38.0,
        seed=160,
        base_m=2750.0,
        latitude_deg=38.62,
        longitude_deg=-106.38,
        surface="trail",
        technical=0.08,
        roughness=1.35,
        step_m=20.0,
    )
    miles = (9.3, 17.0, 24.5, 31.0, 39.8, 47.2, 54.6, 62.0, 69.5, 77.1, 84.0, 91.7, 96.4)
    minutes = (3, 5, 7, 12, 6, 9, 8, 80, 9, 11, 8, 9, 4)
    return course, tuple(
        Pause(mile * 1609.344, 60.0 * minute, False, f"Aid {number}: mile {mile:g}")
        for number, (mile, minute) in enumerate(zip(miles, minutes, strict=True), start=1)
    )


def _hundred_miler() -> Story:
    course, stops = hundred_miles()
    fifty = rolling_course(
        50_000.0,
        ascent_m_per_km=36.0,
        seed=51,
        base_m=2700.0,
        latitude_deg=38.71,
        longitude_deg=-106.31,
        surface="trail",
        technical=0.06,
    )
    races = (
        Race(
            "2026-08-22",
            50_000.0,
            "High Valley 50 km",
            kind="ultra",
            priority="B",
            goal_s=24_000.0,
            course=fifty,
            taper_weeks=0,
            temperature_c=((0.0, 9.0), (7.0, 22.0)),
            share=0.97,
            start_hour=6.0,
            pauses=(Pause(16_000.0, 240.0, False, "aid"), Pause(33_000.0, 420.0, False, "aid")),
        ),
        Race(
            "2026-10-17",
            160_934.4,
            "Long Ridge 100",
            kind="ultra",
            goal_s=93_600.0,
            official_s=100_085.0,
            course=course,
            taper_weeks=3,
            start_hour=6.0,
            pauses=stops,
            night=(12.4 * 3600, 25.2 * 3600),
            pacing=((0.0, 1.06), (0.2, 1.03), (0.5, 1.0), (1.0, 0.97)),
            temperature_c=((0.0, 1.0), (7.0, 15.0), (12.0, 6.0), (18.0, -2.0), (25.0, 1.0), (28.0, 9.0)),
        ),
    )
    return Story(
        name="trail-100-miler",
        seed=12,
        birth_date="1985-01-19",
        home_zone="America/Denver",
        units="imperial",
        runner=Runner(
            name="trail-100-miler",
            sex="m",
            age=41,
            mass_kg=72,
            height_m=1.79,
            critical_speed_mps=3.55,
            d_prime_m=150,
            max_speed_mps=6.8,
            endurance=0.058,
            stamina_s=3500,
            fade_depth=0.2,
            fade_scale_s=6000,
            uphill=0.96,
            max_heart_rate_bpm=181,
            resting_heart_rate_bpm=46,
            cadence_spm=166,
            drift_share=0.03,
        ),
        season={
            "start": "2026-05-04",
            "weeks": 30,
            "weekly_km": (58.0, 96.0),
            "long_run_km": (24.0, 42.0),
            "runs_per_week": 5,
            "races": races,
            "surface": "trail",
            "technical": 0.05,
            "ascent_m_per_km": 27.0,
            "base_m": 2600.0,
            "latitude_deg": 38.68,
            "longitude_deg": -106.34,
            "temperature_c": (7.0, 9.0),
            "gain": 0.05,
            "easy_effort": 0.70,
            "start_hour": 6.0,
            "cross": (("strength", 2, 35.0),),
            "ill": (
                {
                    "start": "2026-09-26",
                    "end": "2026-10-02",
                    "severity": 6.0,
                    "note": "flu, days 21 to 15 before the race",
                },
            ),
            "events": (
                {
                    "kind": "pain",
                    "start": "2026-07-20",
                    "end": "2026-07-26",
                    "site": "knee",
                    "side": "right",
                    "severity": 3.0,
                    "note": "on long descents",
                },
                {"kind": "shoe_change", "start": "2026-09-07", "note": "race shoes"},
            ),
        },
        settings=(
            {
                "from": "2026-01-01",
                "max_heart_rate_bpm": 182,
                "resting_heart_rate_bpm": 47,
                "threshold_heart_rate_bpm": 163,
                "threshold_pace": "7:28 /mi",
            },
            {
                "from": "2026-08-01",
                "max_heart_rate_bpm": 181,
                "resting_heart_rate_bpm": 46,
                "threshold_heart_rate_bpm": 164,
                "threshold_pace": "7:20 /mi",
            },
        ),
        formats=(("fit.gz", 0.6), ("gpx.gz", 0.4)),
        log="coach",
        watch=Watch("Suunto Invented Trail", smart=False, sampling_s=10.0, dynamics=False, power=False, lap_m=1609.344),
        race_watch={
            "2026-10-17": Watch("Suunto Invented Trail", sampling_s=10.0, dynamics=False, power=False, lap_m=0.0)
        },
        files_from="2026-06-22",
        extras=("phone", "truncated", "unreadable"),
        fuel=True,
        consent={"leaderboard": False, "team_digest": True, "care_team": []},
        words="""# Race notes

Sick for a week, three weeks out, and did nothing. Felt flat at mile 40, great at 50. Slept 25 minutes at mile 62 after
changing socks. Stomach went at dusk, came back with broth. The descents after mile 80 hurt more than any climb.
""",
    )


def _track() -> Story:
    days = (("2026-05-23", "C"), ("2026-06-20", "C"), ("2026-07-18", "B"), ("2026-08-29", "B"), ("2026-10-03", "A"))
    oval = track_course(base_m=55.0, latitude_deg=52.97, longitude_deg=12.64)
    races = [
        Race(
            day,
            5000.0,
            "Track 5000 m",
            kind="track",
            priority=rank,
            goal_s=975.0,
            course=oval,
            taper_weeks=2 if rank == "A" else 0,
            start_hour=18.5,
            pacing=((0.0, 1.015), (0.6, 0.99), (0.85, 0.99), (1.0, 1.04)),
        )
        for day, rank in days
    ]
    races.append(
        Race(
            "2026-11-14",
            10_000.0,
            "Autumn 10 km",
            priority="C",
            goal_s=2070.0,
            taper_weeks=0,
            start_hour=11.0,
            course=rolling_course(
                10_000.0, ascent_m_per_km=4.0, seed=10, base_m=55.0, latitude_deg=52.94, longitude_deg=12.6
            ),
        )
    )
    return Story(
        name="track-5k",
        seed=13,
        birth_date="2004-08-11",
        home_zone="Europe/Berlin",
        runner=Runner(
            name="track-5k",
            sex="m",
            age=22,
            mass_kg=63,
            height_m=1.78,
            critical_speed_mps=4.86,
            d_prime_m=230,
            max_speed_mps=8.7,
            endurance=0.04,
            max_heart_rate_bpm=201,
            resting_heart_rate_bpm=45,
            cadence_spm=174,
            stance_time_ms=232,
            oscillation_mm=92,
            day_to_day=0.006,
        ),
        season={
            "start": "2026-05-04",
            "weeks": 30,
            "weekly_km": (52.0, 76.0),
            "long_run_km": (14.0, 19.0),
            "runs_per_week": 6,
            "races": tuple(races),
            "track": True,
            "gain": 0.17,
            "latitude_deg": 52.96,
            "longitude_deg": 12.62,
            "base_m": 55.0,
            "ascent_m_per_km": 4.0,
            "temperature_c": (10.0, 9.5),
            "lights_per_km": 0.1,
            "start_hour": 17.0,
            "cross": (("strength", 2, 45.0),),
            "events": ({"kind": "travel", "start": "2026-08-03", "end": "2026-08-09", "note": "training camp"},),
        },
        settings=(
            {
                "from": "2026-01-01",
                "max_heart_rate_bpm": 200,
                "resting_heart_rate_bpm": 46,
                "threshold_heart_rate_bpm": 180,
                "threshold_pace": "3:26 /km",
            },
            {
                "from": "2026-08-01",
                "max_heart_rate_bpm": 201,
                "resting_heart_rate_bpm": 45,
                "threshold_heart_rate_bpm": 181,
                "threshold_pace": "3:19 /km",
            },
        ),
        formats=(("fit.gz", 0.7), ("fit", 0.06), ("gpx", 0.04), ("gpx.gz", 0.2)),
        log="strava",
        watch=Watch("COROS Invented Pace", smart=True, sampling_s=12.0, dynamics=True, cadence_lock_s=0.0),
        race_watch={day: Watch("COROS Invented Pace", sampling_s=1.0, dynamics=True, lap_m=400.0) for day, _ in days},
        files_from="2026-08-10",
        extras=("big_endian", "hrv", "phone"),
        consent={"leaderboard": True, "team_digest": True, "cohort": True, "praise": "team"},
        words="# Goals\n\nUnder 16:00 this year, under 15:45 one day. Mondays after races are for sleeping.\n",
    )


def _masters() -> Story:
    days = ("2026-05-17", "2026-06-28", "2026-08-09", "2026-09-20", "2026-11-08")
    races = [
        Race(
            day,
            21097.5,
            f"Fell Country Half {number}",
            priority="A" if number in (2, 5) else "B",
            goal_s=6840.0,
            course=rolling_course(
                21097.5,
                ascent_m_per_km=15.0 + number,
                seed=200 + number,
                base_m=160.0,
                latitude_deg=54.58,
                longitude_deg=-2.55,
            ),
            taper_weeks=1 if number in (2, 5) else 0,
            start_hour=10.0,
            share=0.99,
        )
        for number, day in enumerate(days, start=1)
    ]
    return Story(
        name="masters-half",
        seed=14,
        birth_date="1971-06-30",
        home_zone="Europe/London",
        runner=Runner(
            name="masters-half",
            sex="f",
            age=55,
            mass_kg=57,
            height_m=1.64,
            critical_speed_mps=3.42,
            d_prime_m=130,
            max_speed_mps=6.1,
            endurance=0.045,
            max_heart_rate_bpm=171,
            resting_heart_rate_bpm=52,
            cadence_spm=172,
            stance_time_ms=268,
            oscillation_mm=76,
            tau_on_s=34,
            heat_sensitivity=0.005,
        ),
        season={
            "start": "2026-04-20",
            "weeks": 32,
            "weekly_km": (34.0, 48.0),
            "long_run_km": (15.0, 21.5),
            "runs_per_week": 4,
            "races": tuple(races),
            "gain": 0.0,
            "latitude_deg": 54.6,
            "longitude_deg": -2.6,
            "ascent_m_per_km": 16.0,
            "temperature_c": (9.5, 6.0),
            "lights_per_km": 0.04,
            "cross": (("strength", 0, 30.0), ("walking", 4, 60.0)),
            "spikes": {8: 1.24},
            "events": (
                {
                    "kind": "pain",
                    "start": "2026-07-06",
                    "end": "2026-07-24",
                    "site": "hip",
                    "side": "right",
                    "severity": 3.0,
                    "note": "first steps in the morning",
                },
                {"kind": "life", "start": "2026-09-28", "end": "2026-10-11", "note": "moving house"},
            ),
        },
        settings=(
            {
                "from": "2026-01-01",
                "max_heart_rate_bpm": 172,
                "resting_heart_rate_bpm": 53,
                "threshold_heart_rate_bpm": 157,
                "threshold_pace": "4:54 /km",
            },
            {
                "from": "2026-07-01",
                "max_heart_rate_bpm": 171,
                "resting_heart_rate_bpm": 52,
                "threshold_heart_rate_bpm": 157,
                "threshold_pace": "4:53 /km",
            },
        ),
        formats=(("fit.gz", 0.55), ("tcx", 0.02), ("tcx.gz", 0.23), ("gpx.gz", 0.2)),
        log="strava",
        watch=Watch("Polar Invented", smart=True, sampling_s=12.0, dynamics=False, altitude="gps", power=False),
        race_watch={
            day: Watch("Polar Invented", smart=True, sampling_s=6.0, dynamics=False, altitude="gps", power=False)
            for day in days
        },
        files_from="2026-06-08",
        extras=("phone", "settings", "truncated"),
        consent={"leaderboard": True, "team_digest": True, "praise": "private"},
        words="# Where I stand\n\nFive hilly halves this year, all within two minutes. Is that age, or me?\n",
    )


def _returning() -> Story:
    km = [
        30,
        32,
        34,
        26,
        34,
        36,
        36,
        27,
        36,
        34,
        *[0] * 12,
        14,
        15,
        17,
        13,
        19,
        21,
        22,
        16,
        24,
        26,
        28,
        20,
        30,
        32,
        34,
        25,
        37,
        49,
        34,
        27,
        38,
        34,
        26,
        36,
        38,
    ]
    long = [
        12,
        12.5,
        13,
        10,
        13.5,
        14,
        14,
        10,
        14,
        13,
        *[0] * 12,
        6.2,
        6.6,
        7.1,
        6,
        7.6,
        8.1,
        8.7,
        7,
        9.3,
        10,
        10.7,
        8.5,
        11.4,
        12.2,
        13.1,
        11,
        14,
        20,
        13.5,
        11,
        15,
        0,
        12,
        21.5,
        16,
    ]
    races = (
        Race(
            "2026-11-08",
            10_000.0,
            "Village 10 km",
            priority="C",
            goal_s=3000.0,
            taper_weeks=0,
            start_hour=10.5,
            course=rolling_course(
                10_000.0, ascent_m_per_km=9.0, seed=301, base_m=1020.0, latitude_deg=41.42, longitude_deg=-2.83
            ),
        ),
    )
    return Story(
        name="returning-runner",
        seed=15,
        birth_date="1988-03-08",
        home_zone="Europe/Madrid",
        runner=Runner(
            name="returning-runner",
            sex="m",
            age=38,
            mass_kg=81,
            height_m=1.83,
            critical_speed_mps=3.42,
            d_prime_m=170,
            max_speed_mps=7.2,
            endurance=0.06,
            max_heart_rate_bpm=186,
            resting_heart_rate_bpm=61,
            cadence_spm=160,
            stance_time_ms=282,
            oscillation_mm=95,
            balance_pct=48.6,
        ),
        season={
            "start": "2026-01-05",
            "weeks": 47,
            "weekly_km": [float(x) for x in km],
            "long_run_km": [float(x) for x in long],
            "runs_per_week": 4,
            "quality": False,
            "races": races,
            "gain": 0.14,
            "spikes": {39: 1.44},
            "latitude_deg": 41.44,
            "longitude_deg": -2.86,
            "base_m": 1020.0,
            "temperature_c": (11.0, 9.0),
            "lights_per_km": 0.05,
            "treadmill_share": 0.1,
            "missed_share": 0.08,
            "gap_share": 0.35,
            "start_hour": 7.0,
            "cross": (("cycling", 5, 55.0),),
            "off": ({"start": "2026-03-16", "end": "2026-06-07"},),
            "events": (
                {
                    "kind": "injury",
                    "start": "2026-03-16",
                    "end": "2026-06-07",
                    "site": "achilles",
                    "side": "left",
                    "severity": 6.0,
                    "note": "no running; physio twice a week",
                },
                {
                    "kind": "pain",
                    "start": "2026-10-05",
                    "end": "2026-10-14",
                    "site": "achilles",
                    "side": "left",
                    "severity": 3.0,
                    "note": "stiff for the first ten minutes",
                },
            ),
        },
        settings=(
            {"from": "2026-01-01", "max_heart_rate_bpm": 186, "resting_heart_rate_bpm": 60},
            {
                "from": "2026-09-01",
                "max_heart_rate_bpm": 186,
                "resting_heart_rate_bpm": 61,
                "threshold_heart_rate_bpm": 168,
                "threshold_pace": "4:58 /km",
            },
        ),
        formats=(("gpx.gz", 0.5), ("tcx.gz", 0.2), ("fit.gz", 0.3)),
        log="garmin",
        watch=Watch(
            "Invented phone and strap",
            smart=True,
            sampling_s=12.0,
            dynamics=False,
            altitude="gps",
            power=False,
            temperature=False,
        ),
        files_from="2026-06-08",
        heart_rate_from="2026-08-03",
        extras=("compressed", "unreadable"),
        consent={"leaderboard": True, "team_digest": True, "private_notes": False, "praise": "private"},
        words="# Coming back\n\nTwelve weeks off. I want to run without thinking about the heel.\n",
    )


def _triathlete() -> Story:
    races = (
        Race(
            "2026-08-16",
            10_000.0,
            "Lake 10 km",
            priority="C",
            goal_s=2520.0,
            taper_weeks=0,
            course=rolling_course(
                10_000.0, ascent_m_per_km=6.0, seed=401, base_m=320.0, latitude_deg=-44.68, longitude_deg=169.22
            ),
        ),
        Race(
            "2026-10-04",
            21097.5,
            "Gorge Half",
            priority="B",
            goal_s=5700.0,
            taper_weeks=0,
            course=rolling_course(
                21097.5, ascent_m_per_km=9.0, seed=402, base_m=330.0, latitude_deg=-44.72, longitude_deg=169.18
            ),
        ),
    )
    return Story(
        name="triathlete",
        seed=16,
        birth_date="1995-12-05",
        home_zone="Pacific/Auckland",
        runner=Runner(
            name="triathlete",
            sex="f",
            age=30,
            mass_kg=61,
            height_m=1.72,
            critical_speed_mps=4.02,
            d_prime_m=170,
            max_speed_mps=7.4,
            endurance=0.045,
            max_heart_rate_bpm=187,
            resting_heart_rate_bpm=47,
            cadence_spm=174,
        ),
        season={
            "start": "2026-05-18",
            "weeks": 28,
            "weekly_km": (28.0, 44.0),
            "long_run_km": (11.0, 20.0),
            "runs_per_week": 3,
            "races": races,
            "gain": 0.07,
            "latitude_deg": -44.7,
            "longitude_deg": 169.2,
            "base_m": 320.0,
            "ascent_m_per_km": 8.0,
            "temperature_c": (10.0, 6.5),
            "cross": (("swimming", 0, 50.0), ("cycling", 2, 75.0), ("swimming", 4, 45.0), ("cycling", 5, 150.0)),
            "off": ({"start": "2026-11-07", "end": "2026-11-07"},),
            "ill": ({"start": "2026-07-28", "end": "2026-07-31", "severity": 3.0, "note": "stomach bug"},),
            "events": ({"kind": "travel", "start": "2026-09-07", "end": "2026-09-13", "note": "work trip, no bike"},),
        },
        settings=(
            {
                "from": "2026-01-01",
                "max_heart_rate_bpm": 187,
                "resting_heart_rate_bpm": 48,
                "threshold_heart_rate_bpm": 170,
                "threshold_pace": "4:10 /km",
            },
            {
                "from": "2026-09-01",
                "max_heart_rate_bpm": 187,
                "resting_heart_rate_bpm": 47,
                "threshold_heart_rate_bpm": 170,
                "threshold_pace": "4:06 /km",
            },
        ),
        formats=(("fit.gz", 0.85), ("fit", 0.05), ("tcx.gz", 0.1)),
        log="garmin",
        watch=Watch("Garmin Invented 970", smart=True, sampling_s=12.0, dynamics=False),
        files_from="2026-06-29",
        extras=("multisport", "settings"),
        consent={"leaderboard": True, "team_digest": True, "cohort": False},
        words="# Plan\n\nHalf-distance race on 7 November, then an easy month.\n",
    )


_STORIES: dict[str, Callable[[], Story]] = {
    "road-marathoner": _marathoner,
    "trail-100-miler": _hundred_miler,
    "track-5k": _track,
    "masters-half": _masters,
    "returning-runner": _returning,
    "triathlete": _triathlete,
}
NAMES = tuple(_STORIES)


def story(name: str) -> Story:
    """The story of one athlete of the sample squad, by role.

    >>> NAMES
    ('road-marathoner', 'trail-100-miler', 'track-5k', 'masters-half', 'returning-runner', 'triathlete')
    """
    return _STORIES[one_of("name", name, _STORIES)]()

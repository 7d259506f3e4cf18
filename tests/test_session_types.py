"""The type of a session: what a title says in many languages, what plan and calendar say, and when nothing is known."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import runlab
from runlab import progression, tables
from runlab.athlete import Athlete
from runlab.log import Log
from runlab.plots import plot_weekly_volume
from runlab.plots.intensity import plot_intensity
from runlab.progression.titles import ORDER, _plain, title_type

SAID = {
    "hills": "10 x 60 s hills|10x60s hills in Gothenburg|Hills|Monday hills|Hill sprints & easy|WU + 10x60s hills + cd|"
    "Bergsprints 8x20s|Hügelläufe|Côtes 10 x 1'|Fractionné en côte|Cuestas|Ripetute in salita|Treino de subida|"
    "Heuveltraining|Backintervaller|Bakkeintervaller|Podbiegi|Kopce|Mäkivedot|Yokuş tekrarları|Горки|坂道ダッシュ10本|"
    "上坡冲刺|언덕 반복",
    "threshold": "threshold|3 x 8 min uphill threshold|3 x 10 min threshold, 2 min recovery|"
    "20 min warm up, 3x8 min @ LT, cool down|Schwellenlauf|"
    "Seuil 3x10|Umbral 20 min|Soglia 2x15|Treino no limiar|Drempeltraining|Tröskelpass|Terskeløkt 5x6 min|Tærskelløb|"
    "Próg 20 min|Prahový běh|Vauhtikestävyys|Eşik koşusu|Пороговая тренировка|閾値走|乳酸阈值跑|역치주",
    "tempo": "18 min tempo|Tempo|After work tempo|progression run|tempo run, no strides|"
    "Medium long run w/ last 5k at MP|"
    "Tempodauerlauf 8 km|Allure marathon|Rodaje progresivo|Corsa media 10 km|Ritmo de prova|Tempoduurloop|Tempopass|"
    "Tempoøkt|Tempoløb|Bieg tempowy|Tempový běh|Tempojuoksu|Tempo koşusu|Темповый бег|ペース走 12km|节奏跑|템포런|"
    "有氧跑 · M强度",
    "interval": "4 x 1600 m|4x1600|fartlek|Mona fartlek|8x400 + 4 strides|6x800 w/ 400 easy jog|Track|400m×10|5×1km|"
    "3*10'|12 by 400|4x4|2x4x400m|3 x mile|30/30|not easy: 5x1k|Intervalltraining|Fahrtspiel|Fractionné 10x400|"
    "Series por la mañana|Ripetute 10x400|Tiros 10x400m|Intervaltraining|Intervaller 8x1000|Intervalltrening|"
    "Intervalløb|Interwały|Intervaly 6x800|Intervallitreeni|İnterval 10x400|Интервалы 10х400|インターバル 1000m×5|"
    "间歇跑 400米*10|인터벌 400m x 10",
    "long": "Long run|"
    "Sunday long run|Long run with strides|Easy long run|LSD 30k|Langer Lauf|Sortie longue|Tirada larga|"
    "Fondo lungo|Longão|Lange duurloop|Långpass|Langtur|Lang tur|Długie wybieganie|Dlouhý běh|Pitkä lenkki|Uzun koşu|"
    "Длительная|ロング走|长距离慢跑 · E强度|장거리",
    "recovery": "recovery run|Recovery after race|Shakeout|Regenerationslauf|Footing récup|Trote regenerativo|"
    "Corsa rigenerante|Corrida regenerativa|Herstelloop|Återhämtningspass|Restitusjonstur|Restitutionsløb|"
    "Bieg regeneracyjny|Regenerační běh|Palauttava lenkki|Toparlanma koşusu|Восстановительный бег|"
    "疲労抜きジョグ|恢复跑|회복런",
    "easy": "Easy + strides|Easy 8k w/ 6x100m strides|strides|6 x 20 s strides|Warm up|Lockerer Dauerlauf|"
    "endurance fondamentale|Rodaje suave|Corsa lenta|Corrida leve|Rustige duurloop|Lugn löprunda|Rolig tur|Roligt løb|"
    "Bieg spokojny|Volný běh|Kevyt lenkki|Kolay koşu|Легкий бег|ジョグ|轻松跑 · EM强度|이지런",
    "": "Morning Run|Lunch Run|Lauf am Morgen|Course à pied le midi|Correr por la mañana|海淀区 跑步|日曜日 ラン|"
    "run from joyrun|TNF100 BEIJING 100km|Volta no parque|",
}


@pytest.mark.parametrize(("kind", "titles"), SAID.items())
def test_titles_of_many_languages(kind, titles):
    wrong = {title: title_type(title) for title in titles.split("|") if title_type(title).kind != kind}
    assert not wrong


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Easy 10k with hill views", "easy"),
        ("Hill Street run", ""),
        ("Long Beach morning", ""),
        ("Long Island 10k", ""),
        ("Tempo Park loop", ""),
        ("Threshold of winter", ""),
        ("4x4 for sale", ""),
        ("3 x 10 squats and run", ""),
        ("2 x 10 km commute", ""),
        ("Bel tempo!", ""),
        ("Lungo mare", ""),
        ("Yoga and netflix series", ""),
        ("Footing après-midi", ""),
        ("Легкоатлетический манеж", ""),
        ("longest day", ""),
    ],
)
def test_traps(title, kind):
    assert title_type(title).kind == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("no intervals today, easy 8k", "easy"),
        ("Easy instead of intervals", "easy"),
        ("Skipped intervals, easy 8k", "easy"),
        ("Tempo cancelled - easy 5k", "easy"),
        ("Intervals tomorrow so easy 5k", "easy"),
        ("Easy day after intervals", "easy"),
        ("Morning run, no tempo", ""),
        ("kein Tempo heute, locker", "easy"),
        ("sin series, rodaje suave", "easy"),
        ("インターバルの翌日ジョグ", "easy"),
        ("取消间歇,轻松跑", "easy"),
    ],
)
def test_what_a_title_takes_back(title, kind):
    assert title_type(title).kind == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [("2x100", "interval"), ("1x100", ""), ("60x100", "interval"), ("8 x 6 km", "interval"), ("8 x 7 km", "")]
    + [("5x8s", "interval"), ("5x7s", ""), ("3x40min", "interval"), ("3x41min", ""), ("easy 8 x 49 m", "easy")],
)
def test_what_repetitions_can_be(title, kind):
    assert title_type(f"{title} in Oslo").kind == kind


def test_no_word_of_the_list_means_two_types():
    path = Path(runlab.__file__).parent / "data" / "session_titles.toml"
    seen: dict[str, str] = {}
    listed = tomllib.loads(path.read_text("utf-8"))
    for role in ORDER:
        for line in listed[role].values():
            for word in map(_plain, line.split("|")):
                assert word.strip() and not re.search(r"^\s|\s$", word), (role, line)
                word = word.removeprefix("=")
                assert seen.setdefault(word, role) == role, word
    assert len(seen) > 1000


# --- the whole question ----------------------------------------------------------------------------------------------


def log_of(titles, **columns):
    """A spring of runs without any samples, one a day."""
    n = len(titles)
    rows = pd.DataFrame(
        {
            "activity_id": [f"r{i}" for i in range(n)],
            "athlete": "kim",
            "date": pd.date_range("2026-03-01", periods=n),
            "start_time": pd.date_range("2026-03-01 08:00", periods=n, tz="UTC"),
            "sport": "running",
            "title": titles,
            "moving_time_s": 3000.0,
            "distance_m": 9300.0,
        }
        | columns
    )
    plan = rows.attrs.pop("plan", None)
    return Log(rows, plan=plan, athletes={"kim": Athlete("kim")})


def types(log):
    return progression.session_type(log).set_index("activity_id")


def test_a_spring_of_a_spreadsheet_has_its_hard_days():
    """69 of 69 titled hard sessions of such a spring were called easy."""
    titles = ["10 x 60 s hills", "18 min tempo", "4 x 1600 m", "threshold", "fartlek", "Lunch run"] * 4
    found = types(log_of(titles))
    assert found["session_type"].tolist() == ["hills", "tempo", "interval", "threshold", "interval", "unknown"] * 4
    assert found["type_source"].tolist() == ["title"] * 5 + [""] + (["title"] * 5 + [""]) * 3
    assert (found.loc[found["session_type"] != "unknown", "confidence"] > 0.5).all()
    unknown = found[found["session_type"] == "unknown"]
    assert (unknown["confidence"] == 0).all() and unknown["reason"].str.startswith("no threshold or channel").all()


def test_the_plan_speaks_where_the_title_does_not():
    log = log_of(["Morning run", "Easy run", "Morning run", "Morning run", "Evening run"])
    plan = pd.DataFrame(
        {
            "athlete": "kim",
            "date": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"]),
            "slot": "",
            "session_type": ["interval", "interval", "long", "Fahrtspiel", "rest"],
            "distance_m": [10000.0, 10000.0, 18700.0, np.nan, np.nan],
        }
    )
    log = Log(log.activities, plan=tables.conform(plan, tables.PLAN), athletes=log.athletes)
    found = types(log)
    assert found["session_type"].tolist() == ["interval", "easy", "unknown", "interval", "unknown"]
    assert found["type_source"].tolist() == ["plan", "title", "", "plan", ""]  # 9.3 km is less than half of 18.7
    near = Log(log.activities, plan=log.plan.assign(distance_m=18600.0), athletes=log.athletes)
    assert types(near)["session_type"].iloc[2] == "long"


def test_two_runs_of_a_day_and_one_plan():
    log = log_of(["a", "b"], date=pd.Timestamp("2026-03-01"), distance_m=[3000.0, 12000.0])
    plan = pd.DataFrame({"athlete": "kim", "date": [pd.Timestamp("2026-03-01")], "session_type": ["tempo"]})
    for amount in (11000.0, np.nan):
        both = Log(
            log.activities.assign(moving_time_s=[900.0, 3000.0]),
            plan=tables.conform(plan.assign(distance_m=amount), tables.PLAN),
            athletes=log.athletes,
        )
        assert types(both)["session_type"].tolist() == ["unknown", "tempo"]


def test_heart_rate_may_say_easy_and_the_row_says_so():
    settings = Athlete("kim", settings=[{"threshold_heart_rate_bpm": 170.0}])
    rows = log_of(
        [""] * 4,
        average_heart_rate_bpm=[151.0, 152.0, 151.0, 135.0],  # 0.89 of 170 is 151.3
        max_heart_rate_bpm=[168.0, 168.0, 169.0, np.nan],  # 0.99 of 170 is 168.3
    ).activities
    found = types(Log(rows, athletes={"kim": settings}))
    assert found["session_type"].tolist() == ["easy", "unknown", "unknown", "easy"]
    assert found["type_source"].tolist() == ["heart_rate", "", "", "heart_rate"]
    blind = types(Log(rows.assign(max_heart_rate_bpm=np.nan), athletes={"kim": settings}))
    assert blind["session_type"].tolist() == ["unknown", "unknown", "unknown", "easy"]


def test_calendar_and_mark_come_before_the_title():
    log = log_of(["Tempo run", "City Marathon"], workout_type=["race", ""], distance_m=[10000.0, 42300.0])
    found = types(log)
    assert found["session_type"].tolist() == ["race", "race"]
    assert found["type_source"].tolist() == ["marked", "title"]


# --- drawn -----------------------------------------------------------------------------------------------------------


def test_runs_without_a_type_are_hatched_and_counted():
    rows = log_of(["x"] * 56, ascent_m=0.0).activities
    kinds = ["easy", "unknown", "long", "interval"] * 14
    ax = plot_weekly_volume(rows.assign(session_type=kinds))
    bars = [c for a in ax.figure.axes for c in a.containers if c.get_label() == "unknown"]
    assert bars and all(patch.get_hatch() for patch in bars[0])
    words = " ".join(t.get_text() for a in ax.figure.axes for t in a.texts) + " ".join(
        t.get_text() for t in ax.figure.texts
    )
    assert "unknown" in words and "14 of 56 runs" in words.replace("\n", " ")


def test_runs_that_could_not_be_placed_have_their_part_of_the_bar():
    table = pd.DataFrame(
        {
            "period": pd.Timestamp("2026-03-01"),
            "method": ["time"] * 3 + ["session"] * 3,
            "zone": ["low", "middle", "high"] * 2,
            "value": [0.8, 0.1, 0.1, 0.5, 0.25, 0.25],
            "low": [0.8, 0.1, 0.1, 0.5, 0.25, 0.25],
            "high": [0.8, 0.1, 0.1, 0.5, 0.25, 0.25],
            "n": 8,
            "hours": 8.0,
            "unmeasured": 2,
        }
    )
    ax = plot_intensity(table)
    right = ax.figure.axes[1]
    widths = [round(p.get_width()) for p in right.patches]
    assert widths == [40, 20, 20, 20] and right.patches[-1].get_hatch()
    assert ax.get_title(loc="left") == "80 % of running time and 50 % of the 8 runs placed were easy"

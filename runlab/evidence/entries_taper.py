"""What is known about tapering, stopping and coming back."""

from .registry import Entry, Source
from .sources import FEELY, MORTON

_BOSQUET = Source(
    "Bosquet L et al.",
    2007,
    "Effects of tapering on performance: a meta-analysis",
    "Med Sci Sports Exerc 39:1358",
    "10.1249/mss.0b013e31806010e0",
)
_MUJIKA = Source(
    "Mujika I, Padilla S",
    2003,
    "Scientific bases for precompetition tapering strategies",
    "Med Sci Sports Exerc 35:1182",
    "10.1249/01.MSS.0000074448.73931.11",
)
_WANG = Source(
    "Wang Z et al.",
    2023,
    "Effects of tapering on performance in endurance athletes: a systematic review and meta-analysis",
    "PLoS ONE 18:e0282838",
    "10.1371/journal.pone.0282838",
)
_SMYTH = Source(
    "Smyth B, Lawlor A",
    2021,
    "Longer disciplined tapers improve marathon performance for recreational runners",
    "Front Sports Act Living 3:735220",
    "10.3389/fspor.2021.735220",
)
_THOMAS = Source(
    "Thomas L, Busso T",
    2005,
    "A theoretical study of taper characteristics to optimize performance",
    "Med Sci Sports Exerc 37:1615",
    "10.1249/01.mss.0000177461.94156.4b",
)
_TRAVIS = Source(
    "Travis SK, Mujika I, Gentles JA, Stone MH, Bazyler CD",
    2020,
    "Tapering and peaking maximal strength for powerlifting performance: a review",
    "Sports 8:125",
    "10.3390/sports8090125",
)

ENTRIES = [
    Entry(
        "shapes",
        "How much of the usual volume a taper of one shape leaves, day by day.",
        "Step 1 - p; linear 1 - p d/n; exponential exp(-d/tau), tau 4 or 8 days or to a mean reduction.",
        "A prescription: studies agree on about two weeks and 41-60 % less, not on the curve.",
        "A",
        (_BOSQUET, _MUJIKA, _WANG),
        "a kind and a number of days",
        "ultras, for which no trial was found",
        aliases=("taper_shapes",),
    ),
    Entry(
        "taper_review",
        "What a taper was, beside own past tapers and the evidence.",
        "Length, depth, shape, strictness, hard running, frequency and strength against the 8 weeks before.",
        "A reason for the result; an illness looks like a deep taper.",
        "C",
        (_BOSQUET, _WANG, _SMYTH, _TRAVIS),
        "6 weeks of running before the race",
        "back-to-back races, ultras",
    ),
    Entry(
        "simulate",
        "What several plans would do by race morning, and which can be told apart at all.",
        "Two fading sums of load with drawn constants, tied to what tapers and rest bring on average; the same draws "
        "for every plan.",
        "A forecast: an athlete's own constants cannot be known.",
        "D",
        (MORTON, _MUJIKA, _THOMAS, FEELY),
        "42 days of load, two thirds measured",
        "injury, altitude, heat, strength",
        aliases=("taper_simulation",),
    ),
    Entry(
        "detraining",
        "What stopping for some days would do: often a small gain, then a loss.",
        "The model of simulate without load.",
        "What stopping does to anybody's race.",
        "D",
        (MORTON, FEELY),
        "42 days of load",
        "illness, injury",
    ),
    Entry(
        "return_plan",
        "A ladder back to usual training after days off.",
        "30, 50 and 75 % of the usual day; editable.",
        "Medical advice, or a rule with a source.",
        "D",
        (),
        "the first day back",
        "fever, injury, heart or chest symptoms",
    ),
    Entry(
        "rebuild",
        "The stages to a next race after a missed goal, and what to ask first.",
        "Own recovery, own returns, a build, own tapers; the forecast for the next distance.",
        "A plan, or a verdict on the race.",
        "D",
        (FEELY,),
        "the race; better with earlier ones",
        "injury",
    ),
]

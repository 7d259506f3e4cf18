"""Sources that more than one topic rests on, each written once."""

from .registry import Source

ELY = Source(
    "Ely MR, Cheuvront SN, Roberts WO, Montain SJ",
    2007,
    "Impact of weather on marathon-running performance",
    "Med Sci Sports Exerc 39:487",
    "10.1249/mss.0b013e31802d3aba",
)
FEELY = Source(
    "Feely C, Smyth B, Caulfield B, Lawlor A",
    2023,
    "Estimating the cost of training disruptions on marathon performance",
    "Front Sports Act Living 4:1096124",
    "10.3389/fspor.2022.1096124",
)
MINETTI = Source(
    "Minetti AE et al.",
    2002,
    "Energy cost of walking and running at extreme uphill and downhill slopes",
    "J Appl Physiol 93:1039",
    "10.1152/japplphysiol.01177.2001",
)
MORTON = Source(
    "Morton RH, Fitz-Clarke JR, Banister EW",
    1990,
    "Modeling human performance in running",
    "J Appl Physiol 69:1171",
    "10.1152/jappl.1990.69.3.1171",
)
ROBB = Source("Robb D", 2017, "An improved GAP model (curve digitised by GoldenCheetah)", "Strava Engineering")
SMYTH_CRITICAL_SPEED = Source(
    "Smyth B, Muniz-Pumares D",
    2020,
    "Calculation of critical speed from raw training data in recreational marathon runners",
    "Med Sci Sports Exerc 52:2637",
    "10.1249/MSS.0000000000002412",
)

"""What is known about zones, maximum and threshold."""

from .registry import Entry, Source

_SKIBA = Source("Skiba PF", 2006, "Pace zones as shares of critical velocity (as in GoldenCheetah)")

ENTRIES = [
    Entry(
        "heart_rate_zones",
        "Bands of heart rate to train by.",
        "Shares of the maximum, of the way from rest to maximum, or of threshold heart rate (Friel, running).",
        "Physiological borders: each scheme puts them elsewhere, and heat, fatigue and caffeine move the heart.",
        "C",
        (
            Source("Friel J", 2009, "The Triathlete's Training Bible (running zones from threshold heart rate)"),
            Source("Karvonen MJ et al.", 1957, "The effects of training on heart rate", "Ann Med Exp Biol Fenn 35:307"),
        ),
        "maximum (and resting) or threshold heart rate, of a date",
        "a maximum from an age formula (7-12 beats off); intervals under 2 min, where the heart lags",
    ),
    Entry(
        "pace_zones",
        "Bands of pace to train by.",
        "Shares of threshold speed: 80, 87, 95, 105, 119 %.",
        "A prescription; they are as good as the threshold they hang on.",
        "C",
        (_SKIBA,),
        "threshold speed of a date",
        "hills, unless graded speed is used; heat, trail",
    ),
    Entry(
        "time_in_zones",
        "How long was spent in each zone.",
        "Seconds of the samples in each band; unmeasured time apart.",
        "A training distribution by session goal: by time it always looks easier.",
        "A",
        (),
        "samples or seconds by value, and zones",
        "zones that were not the athlete's own on that day",
    ),
    Entry(
        "observed_max_heart_rate",
        "The highest heart rate the athlete's own data vouch for.",
        "The highest held for 5 s in the last year that a second session comes within 4 beats of; flagged sessions "
        "left out.",
        "The true maximum: it is a lower bound until someone goes all out.",
        "B",
        (
            Source(
                "Robergs RA, Landwehr R",
                2002,
                "The surprising history of the HRmax=220-age equation",
                "JEPonline 5(2):1",
            ),
            Source(
                "Tanaka H et al.",
                2001,
                "Age-predicted maximal heart rate revisited",
                "J Am Coll Cardiol 37:153",
                "10.1016/S0735-1097(00)01054-8",
            ),
        ),
        "heart rate in 5 sessions of the last year, some of them hard",
        "only easy running; loose optical sensors",
    ),
    Entry(
        "threshold",
        "The pace (and heart rate) that could be held all out for an hour, on the flat, fresh and cool.",
        "Best efforts brought to an hour, weighed by how hard they were, together with heart rate over speed.",
        "A lactate threshold: laboratory definitions differ from it and from each other by 3-5 %.",
        "D",
        (
            Source("Riegel PS", 1981, "Athletic records and human endurance", "American Scientist 69:285"),
            Source(
                "Jones AM et al.",
                2019,
                "The maximal metabolic steady state: redefining the 'gold standard'",
                "Physiol Rep 7:e14098",
                "10.14814/phy2.14098",
            ),
        ),
        "races or hard efforts of 8 min and more, or heart rate over runs of different speed, in the last 120 days",
        "only easy running without heart rate; after a lay-off",
        aliases=("threshold_speed_mps", "threshold_heart_rate_bpm"),
    ),
]

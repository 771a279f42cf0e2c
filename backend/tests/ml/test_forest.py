"""Our Isolation Forest against scikit-learn's, and what it promises beyond."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.ensemble import IsolationForest as Reference

from app.ml.forest import IsolationForest, average_path
from app.ml.types import FloatArray

SCORES = [0.44602645999758017, 0.510216472893865, 0.5574578064293481]
OUT_OF_BAG = [0.5294133955953122, 0.4904630813895303, 0.5476417051844998]
SHARES = [0.8285966376044721, 0.04554138797080701, 0.05322185695148013, 0.07264011747324058]


def matrix(seed: int, points: int, features: int, kind: str) -> FloatArray:
    chance = np.random.default_rng(seed)
    values = chance.standard_normal((points, features))
    if kind == "correlated":
        values += 2 * chance.standard_normal((points, 1))
    if kind == "heavy":
        values = chance.standard_t(2, (points, features))
    if kind == "gappy":
        values[chance.random(values.shape) < 0.4] = 0
    return values


def agreement(first: FloatArray, second: FloatArray) -> float:
    return float(spearmanr(first, second).statistic)


@pytest.mark.parametrize(
    ("points", "features", "kind"),
    [
        (60, 12, "plain"),
        (120, 12, "correlated"),
        (120, 12, "gappy"),
        (250, 4, "heavy"),
        (600, 8, "plain"),
    ],
)
def test_agrees_with_the_reference_as_it_does_with_itself(
    points: int, features: int, kind: str
) -> None:
    values = matrix(1, points, features, kind)
    theirs = [-Reference(random_state=seed).fit(values).score_samples(values) for seed in range(6)]
    among = [agreement(a, b) for n, a in enumerate(theirs) for b in theirs[:n]]
    ours = [IsolationForest(seed=seed).fit(values).score_samples(values) for seed in range(4)]
    between = [agreement(a, b) for a in ours for b in theirs]
    assert np.mean(between) >= np.mean(among) - 0.03
    assert min(between) >= min(among) - 0.05
    assert np.mean(ours) == pytest.approx(np.mean(theirs), abs=0.01)


def test_average_path_is_that_of_the_paper() -> None:
    assert average_path(np.array([0, 1, 2])) == pytest.approx([0, 0, 1])
    assert average_path(np.array([256])) == pytest.approx(10.244, abs=0.01)


def test_scores_lie_between_0_and_1_and_higher_is_stranger() -> None:
    values = matrix(2, 200, 6, "plain")
    values[17] = 8
    scores = IsolationForest().fit(values).score_samples(values)
    assert scores.argmax() == 17
    assert ((scores > 0) & (scores < 1)).all()
    assert scores[17] > 0.7


def test_the_same_seed_grows_the_same_trees() -> None:
    values = matrix(3, 80, 5, "plain")
    first, second = (IsolationForest(seed=4).fit(values).score_samples(values) for _ in range(2))
    other = IsolationForest(seed=5).fit(values).score_samples(values)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_points_scored_together_and_one_by_one_are_the_same() -> None:
    values = matrix(3, 80, 5, "plain")
    forest = IsolationForest(sample_size=40).fit(values)
    single = np.concatenate([forest.score_samples(row[np.newaxis]) for row in values])
    assert np.array_equal(forest.score_samples(values), single)


def test_beyond_the_sample_stranger_stays_stranger() -> None:
    values = matrix(4, 100, 4, "plain")
    forest = IsolationForest().fit(values)
    far = np.array([[size, 0, 0, 0] for size in (2.0, 4, 8, 16, 32)], dtype=np.float64)
    assert (np.diff(forest.score_samples(far)) > 0).all()


def test_unseen_points_score_as_out_of_bag_ones() -> None:
    values = matrix(5, 400, 6, "plain")
    forest = IsolationForest(sample_size=100).fit(values[:200])
    bag, new = forest.out_of_bag_scores(values[:200]), forest.score_samples(values[200:])
    inside = forest.score_samples(values[:200])
    assert bag.mean() == pytest.approx(new.mean(), abs=0.01)
    assert inside.mean() < bag.mean()


def test_out_of_bag_falls_back_where_every_tree_saw_all() -> None:
    values = matrix(6, 30, 3, "plain")
    forest = IsolationForest().fit(values)
    assert np.allclose(forest.out_of_bag_scores(values), forest.score_samples(values))


def test_the_feature_that_sets_a_point_apart_has_the_largest_share() -> None:
    found = 0
    for seed in range(20):
        values = matrix(seed, 90, 12, "plain")
        feature = seed % 12
        point = np.zeros((1, 12))
        point[0, feature] = 5
        forest = IsolationForest(sample_size=45, seed=seed).fit(values)
        shares = forest.contributions(point)
        assert shares.sum() == pytest.approx(1)
        found += int(shares[0].argmax() == feature)
    assert found == 20


def test_equal_points_are_all_alike() -> None:
    values = np.ones((40, 3))
    forest = IsolationForest().fit(values)
    assert len(set(forest.score_samples(values))) == 1
    assert not forest.contributions(values).any()


@pytest.mark.parametrize("points", [1, 2, 3])
def test_few_points_are_enough(points: int) -> None:
    values = matrix(7, points, 3, "plain")
    assert np.isfinite(IsolationForest(trees=5).fit(values).score_samples(values)).all()


@pytest.mark.parametrize("points", [120, 400])  # ranks of one byte, and of two
def test_each_node_holds_the_points_that_its_cuts_lead_to(points: int) -> None:
    values = np.round(matrix(8, points, 5, "gappy"), 1)
    forest = IsolationForest(trees=4, sample_size=points // 2, seed=1).fit(values)
    features = forest.feature_.reshape(4, -1)
    seen = np.zeros_like(features)

    def follow(tree: int, node: int, inside: FloatArray) -> None:
        place = tree * forest.nodes_ + node
        seen[tree, node] = 1
        assert forest.size_[place] == len(inside) > 0
        feature = features[tree, node]
        if feature < 0:
            assert node >= forest.nodes_ // 2 or (np.ptp(inside, axis=0) == 0).all()
            return
        column, threshold = inside[:, feature], forest.threshold_[place]
        assert (forest.low_[place], forest.high_[place]) == (column.min(), column.max())
        assert column.min() <= threshold < column.max()
        for side, rows in ((1, column <= threshold), (2, column > threshold)):
            follow(tree, 2 * node + side, inside[rows])

    for tree in range(4):
        follow(tree, 0, values[forest.in_sample_[tree]])
    assert (seen[features >= 0] == 1).all()


def test_a_seed_means_the_same_forest_in_every_version() -> None:
    values = np.round(matrix(9, 30, 4, "plain"), 2)
    forest = IsolationForest(trees=20, sample_size=15, seed=2).fit(values)
    new = np.array([[0, 0, 0, 0], [1, -1, 1, -1], [4, 0, 0, 0]], dtype=np.float64)
    assert forest.score_samples(new) == pytest.approx(SCORES, rel=1e-12)
    assert forest.out_of_bag_scores(values)[:3] == pytest.approx(OUT_OF_BAG, rel=1e-12)
    assert forest.contributions(new)[2] == pytest.approx(SHARES, rel=1e-12)

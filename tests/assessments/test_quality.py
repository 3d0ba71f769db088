"""Measurement quality against values that others published or that follow on paper, and whether
its intervals hold what they promise. Seeds are fixed."""

import numpy as np
import pytest

from assessments.quality import Why, alpha, icc_agreement, omega, sampling, spread_of
from assessments.quality.factor import omega_of, one_factor
from assessments.quality.quantiles import f_quantile
from assessments.quality.structure import alpha_of

# Shrout & Fleiss 1979, table 2: six targets, four judges.
RATINGS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]
UNEQUAL = np.array([0.5, 0.6, 0.7, 0.8])


def exact(covariance, n=200):
    """Rows whose covariance matrix is this one to the last digit."""
    k = len(covariance)
    noise = np.random.default_rng(7).normal(size=(n, k))
    noise -= noise.mean(axis=0)
    flat = noise @ np.linalg.inv(np.linalg.cholesky(np.cov(noise, rowvar=False))).T
    return flat @ np.linalg.cholesky(np.asarray(covariance, dtype=float)).T


def of_one_factor(loadings, errors):
    return np.outer(loadings, loadings) + np.diag(errors)


def people(random, n, loadings, *, steps=None):
    """Answers of n people to items with these loadings; on five steps if asked."""
    factor = random.normal(size=(n, 1))
    noise = random.normal(size=(n, len(loadings))) * np.sqrt(1 - loadings**2)
    answers = factor * loadings + noise
    return np.clip(np.round(answers + 2), 0, steps) if steps else answers


class TestAlpha:
    def test_it_is_that_of_spearman_and_brown_for_parallel_items(self):
        parallel = np.full((4, 4), 0.5) + np.diag([0.5] * 4)
        found = alpha(exact(parallel))
        assert found.value == pytest.approx(4 * 0.5 / (1 + 3 * 0.5))
        assert found.n == 200

    def test_the_interval_is_that_of_bonett_and_wright(self):
        """On paper, with k = 4, n = 200 and alpha = .8: ln(.2) - ln(200/199) = -1.61445, and
        1.96 · sqrt(8 / 594) = 0.22746."""
        found = alpha(exact(np.full((4, 4), 0.5) + np.diag([0.5] * 4)))
        assert (found.low, found.high) == pytest.approx((0.75017, 0.84149), abs=1e-5)

    def test_the_interval_holds_the_truth_as_often_as_it_says(self):
        random = np.random.default_rng(1951)
        truth = alpha_of(of_one_factor(UNEQUAL, 1 - UNEQUAL**2))
        found = [alpha(people(random, 40, UNEQUAL)) for _time in range(1_000)]
        assert 0.93 < np.mean([each.low < truth < each.high for each in found]) < 0.97


class TestOmega:
    @pytest.mark.parametrize("loadings", [[0.7, 0.7, 0.7], [0.6] * 5])
    def test_it_is_alpha_when_every_item_carries_as_much(self, loadings):
        """Tau-equivalent: loadings alike, errors not."""
        loadings = np.array(loadings)
        data = exact(of_one_factor(loadings, np.linspace(0.3, 1.2, len(loadings))))
        assert omega(data).value == pytest.approx(alpha(data).value, abs=1e-5)

    def test_it_follows_from_the_loadings_and_alpha_is_below_it(self):
        """Congeneric: 2.6² / (2.6² + 2.26), and in other units the same."""
        units = np.array([1, 2, 0.5, 1])
        data = exact(of_one_factor(UNEQUAL, 1 - UNEQUAL**2))
        assert omega(data).value == pytest.approx(2.6**2 / (2.6**2 + 2.26), abs=1e-5)
        assert alpha(data).value < omega(data).value
        stretched, errors, _settled = one_factor(np.cov(data * units, rowvar=False)[None])
        assert stretched[0] == pytest.approx(UNEQUAL * units, abs=1e-4)
        assert errors[0] == pytest.approx((1 - UNEQUAL**2) * units**2, abs=1e-4)

    def test_three_items_have_their_solution_in_closed_form(self):
        """Loading of the first: sqrt(s12 · s13 / s23)."""
        s = np.array([[1, 0.42, 0.28], [0.42, 1, 0.24], [0.28, 0.24, 1]])
        loadings, errors, settled = one_factor(s[None])
        assert loadings[0] == pytest.approx([0.7, 0.6, 0.4], abs=1e-5)
        assert omega_of(loadings, errors)[0] == pytest.approx(1.7**2 / (1.7**2 + 1.99), abs=1e-5)
        assert settled[0]

    def test_the_same_answers_give_the_same_interval_in_whatever_order(self):
        data = people(np.random.default_rng(3), 60, UNEQUAL, steps=4)
        again = omega(data[::-1])
        assert (again.low, again.high) == (omega(data).low, omega(data).high)
        assert again.low < again.value < again.high

    def test_the_interval_holds_the_truth_about_as_often_as_it_says(self):
        random = np.random.default_rng(2016)
        truth = 2.6**2 / (2.6**2 + 2.26)
        found = [omega(people(random, 80, UNEQUAL)) for _time in range(20)]
        assert sum(each.low < truth < each.high for each in found) >= 17


def drawn_one_by_one(data):
    """The bootstrap as it reads: people are drawn, and what they answered is put together anew."""
    people = data[np.lexsort(data.T)]
    random = np.random.default_rng(sampling.SEED)
    again = [people[random.integers(len(data), size=len(data))] for _time in range(1_000)]
    covariances = np.array([np.cov(each, rowvar=False) for each in again])
    loadings, errors, _settled = one_factor(covariances, steps=600, close=1e-5)
    return np.percentile(omega_of(loadings, errors), [2.5, 97.5])


def limit(data):
    loadings, errors, _settled = one_factor(np.cov(data, rowvar=False)[None])
    return sampling.influences(data - data.mean(axis=0), loadings[0], errors[0])


class TestIntervalOfOmega:
    @pytest.mark.parametrize(("n", "steps"), [(40, None), (300, 4), (4_999, 4)])
    def test_counting_who_was_drawn_gives_what_drawing_them_gives(self, n, steps):
        data = people(np.random.default_rng(8), n, UNEQUAL, steps=steps)
        found = omega(data)
        assert (found.low, found.high) == pytest.approx(drawn_one_by_one(data), abs=1e-12)

    @pytest.mark.parametrize("loadings", [np.linspace(0.45, 0.8, 16), np.array([0.6, 0.9, 0.95])])
    def test_of_many_people_it_is_what_drawing_them_nears(self, loadings):
        """Both ends are as near as two bootstraps are to each other: the percentiles of 1,000 draws
        have an error of .084 standard errors."""
        data = people(np.random.default_rng(14_518), 6_000, loadings, steps=4)
        found = omega(data)
        error = (found.high - found.low) / 2 / 1.96
        assert found.high - found.value == pytest.approx(found.value - found.low)  # the limit
        assert (found.low, found.high) == pytest.approx(
            drawn_one_by_one(data), abs=3 * 0.084 * error
        )

    def test_a_pull_is_what_somebody_changes_by_coming_once_more(self):
        data = people(np.random.default_rng(6), 5_000, UNEQUAL, steps=4)
        pulls = limit(data)
        for who in np.argsort(pulls)[[0, 1_000, 4_000, -1]]:
            of_two = [
                omega_of(*one_factor(np.cov(rows, rowvar=False)[None], close=1e-10)[:2])[0]
                for rows in (data, np.vstack([data, data[who]]))
            ]
            assert (of_two[1] - of_two[0]) * 5_001 == pytest.approx(pulls[who], rel=0.05, abs=2e-3)

    def test_the_limit_holds_the_truth_as_often_as_it_says(self):
        random, loadings = np.random.default_rng(1972), np.linspace(0.45, 0.8, 16)
        truth = omega_of(loadings[None], 1 - loadings[None] ** 2)[0]
        found = [omega(people(random, 5_000, loadings)) for _time in range(300)]
        assert all(each.high - each.value == pytest.approx(each.value - each.low) for each in found)
        assert 0.92 < np.mean([each.low < truth < each.high for each in found]) < 0.98

    @pytest.mark.parametrize(
        "loadings", [np.array([0.3, 0.35, 0.4]), np.array([0.4, 0.5, 0.6, 0.7, 0.8])]
    )
    def test_many_people_are_drawn_where_the_limit_is_not_near(self, loadings):
        """Items that hardly go together; and answers that nearly nobody gives."""
        data = people(np.random.default_rng(9), 5_500, loadings)
        data = np.clip(np.round(data - (2 if len(loadings) == 5 else 0)), 0, 4)
        found = omega(data)
        assert (found.low, found.high) == pytest.approx(drawn_one_by_one(data), abs=1e-12)

    def test_an_item_that_hardly_anybody_answers_otherwise_has_none(self):
        data = people(np.random.default_rng(4), 6_000, UNEQUAL, steps=4)
        data[:, 0] = 2
        data[0, 0] = 4
        found = omega(data)
        assert (found.low, found.high) == (None, None)


class TestNoFigure:
    """It says why instead of a number."""

    @pytest.mark.parametrize("figure", [alpha, omega])
    def test_too_few_people(self, figure):
        data = people(np.random.default_rng(5), 29, UNEQUAL)
        assert (figure(data).value, figure(data).why) == (None, Why.FEW_RESPONSES)
        assert figure([]).why == Why.FEW_RESPONSES

    def test_too_few_items(self):
        data = people(np.random.default_rng(5), 40, UNEQUAL)
        assert alpha(data[:, :1]).why == Why.FEW_ITEMS
        assert alpha(data[:, :2]).value is not None
        assert omega(data[:, :2]).why == Why.FEW_ITEMS

    @pytest.mark.parametrize("figure", [alpha, omega])
    def test_everybody_says_the_same(self, figure):
        assert figure([[1, 2, 3]] * 40).why == Why.NO_VARIANCE

    def test_one_item_says_always_the_same(self):
        data = people(np.random.default_rng(5), 40, UNEQUAL)
        data[:, 0] = 2
        assert omega(data).why == Why.NO_VARIANCE

    @pytest.mark.parametrize("figure", [alpha, omega])
    def test_items_go_against_each_other(self, figure):
        s = np.full((3, 3), -0.3) + np.diag([1.3] * 3)
        assert figure(exact(s)).why == Why.NEGATIVE_COVARIANCE

    def test_the_model_leaves_an_item_no_error(self):
        """s12 · s13 / s23 = 1.2: the first item would carry more than it has."""
        s = [[1, 0.6, 0.6], [0.6, 1, 0.3], [0.6, 0.3, 1]]
        assert omega(exact(s)).why == Why.HEYWOOD

    def test_all_items_are_one(self):
        same = np.repeat(np.arange(40.0)[:, None] % 5, 3, axis=1)
        assert (alpha(same).value, alpha(same).low) == (1.0, None)
        assert omega(same).why == Why.HEYWOOD


class TestRetest:
    def test_it_is_the_published_one(self):
        """ICC(2,1) of Shrout & Fleiss: .29; from .02 to .76."""
        found = icc_agreement(RATINGS, least=2)
        assert found.value == pytest.approx(0.2898, abs=1e-4)
        assert (found.low, found.high) == pytest.approx((0.0188, 0.7611), abs=1e-4)

    def test_a_shift_of_everybody_is_no_agreement(self):
        random = np.random.default_rng(1)
        first = random.normal(size=60)
        second = 0.9 * first + 0.3 * random.normal(size=60)
        same, moved = (icc_agreement(np.c_[first, second + by]) for by in (0, 1))
        assert moved.value < same.value - 0.2

    def test_the_interval_holds_the_truth_as_often_as_it_says(self):
        random = np.random.default_rng(1996)
        hits = 0
        for _time in range(400):
            person = random.normal(size=(35, 1)) * np.sqrt(0.7)
            found = icc_agreement(person + random.normal(size=(35, 2)) * np.sqrt(0.3))
            hits += found.low < 0.7 < found.high
        assert 0.93 < hits / 400 < 0.975

    def test_it_says_why_there_is_none(self):
        assert icc_agreement(RATINGS).why == Why.FEW_RESPONSES
        assert icc_agreement([[2, 2]] * 40).why == Why.NO_VARIANCE
        exactly = icc_agreement([[each, each] for each in range(40)])
        assert (exactly.value, exactly.low) == (1.0, None)

    @pytest.mark.parametrize(
        ("probability", "over", "under", "value"),
        [(0.95, 1, 10, 4.9646), (0.975, 5, 15, 3.5764), (0.975, 15, 5, 6.4277)],
    )
    def test_the_quantiles_are_those_of_the_tables(self, probability, over, under, value):
        assert f_quantile(probability, over, under) == pytest.approx(value, abs=1e-4)


def test_the_spread_counts_who_cannot_be_told_apart():
    found = spread_of([0, 0, 1, 2, 4], minimum=0, maximum=4)
    assert (found.n, found.mean, found.floor, found.between, found.ceiling) == (5, 1.4, 2, 2, 1)
    assert found.sd == pytest.approx(1.6733, abs=1e-4)

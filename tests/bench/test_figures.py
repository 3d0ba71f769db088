"""What two benches make of their rounds: the operations, the ratios and the targets of a line."""

from types import SimpleNamespace

from bench import machine, reminders, submit


def visits(name, rate, cpu_ms, seconds=(0.1,) * 9 + (0.4,)):
    """Two rounds of each number of clients, alike."""
    done = submit.Round(len(seconds) / rate, list(seconds), 500.4, {"web": 1, "all": cpu_ms}, 80)
    return {submit.label(name, clients): submit.figures([done] * 2) for clients in submit.CLIENTS}


def test_a_contender_is_told_by_its_rounds():
    found = visits("trellis", rate=20, cpu_ms=30)["trellis, 8 at once"]
    assert found == {
        "per_second": {"median": 20.0, "least": 20.0, "most": 20.0},
        "cpu_ms": {"median": 30, "least": 30, "most": 30},
        "cpu_parts": {"web": 1},
        "octets": 500,
        "peak_mb": 80,
        "p50_ms": 100.0,
        "p99_ms": 400.0,
    }


def test_more_is_better_in_each_ratio_against_somebody():
    operations = visits("trellis", 20, 30) | visits("survey_and_report", 10, 90)
    found = submit.ratios(operations)
    assert found["rate against survey_and_report, 8 at once"] == 2
    assert found["processor against survey_and_report, 8 at once"] == 3
    assert found["p99 to p50, 8 at once"] == 4
    assert not [name for name in found if "floor" in name]


ASKS = {
    "GET whole": {"statements": 5, "times": 1},
    "POST whole": {"statements": 4, "times": 1},
    "POST review": {"statements": 3.5, "times": 2},
}


def test_the_statements_of_the_requests_that_send_count_for_the_target():
    operations = visits("trellis", 20, 30) | visits("survey_and_report", 10, 90)
    found = {target["name"]: target["value"] for target in submit.targets(operations, ASKS)}
    assert found == {
        "Open and submit, against django-survey-and-report": 2,
        "Statements of the requests that send": 11,
        "p99 against its own p50, 8 clients": 4,
    }
    assert submit.a_visit(ASKS) == 16


def test_requests_are_counted_as_the_server_told_them():
    lines = [
        {"message": f"{method} page 200", "page": "page", "statements": number}
        for method, number in (("GET", 3), ("GET", 4), ("GET", 9), ("POST", 6))
    ]
    assert submit.by_request(SimpleNamespace(lines=lambda: lines), 2) == {
        "GET page": {"statements": 4, "times": 1.5},
        "POST page": {"statements": 6, "times": 0.5},
    }


def told(rate, cpu_ms, largest=100):
    return {
        "per_second": {"median": rate},
        "cpu_ms": {"median": cpu_ms},
        "sender_mb": largest,
    }


def test_reminders_are_held_against_the_best_of_the_others():
    operations = {
        "the sink alone": told(1000, 0),
        "reminders": told(300, 3),
        "post_office, batch 100, threads 5, log 2": told(50, 12),
        "post_office, batch 1000, threads 1, log 1": told(100, 9),
    }
    assert reminders.ratios(operations) == {
        "rate against the sink alone": 0.3,
        "rate against post_office": 3,
        "processor against post_office": 3,
        "rate against post_office as it comes": 6,
    }


def test_the_memory_of_many_is_held_against_that_of_few():
    operations = {
        "at one moment, 1,000 due": told(1, 1, 100),
        "at one moment, 100,000 due": told(1, 1, 104),
    }
    (target,) = reminders.targets({}, operations, [1_000, 100_000])
    assert (target["name"], target["value"], target["at_least"], target["goal"]) == (
        *("Reminders, peak memory, 100,000 against 1,000", 1.04),
        *(1.2, 1.05),
    )
    assert target["less_is_better"]
    assert reminders.targets({}, {}, []) == []


def test_a_peak_is_that_of_all_of_the_largest_and_of_the_largest_child(monkeypatch):
    sizes = {1: 3072, 2: 1024, 3: 2048}
    monkeypatch.setattr(machine, "tree", lambda pid: [1, 2, 3])
    monkeypatch.setattr(machine, "_peak_of", sizes.get)
    peaks = machine.Peaks(1)
    peaks.look(now=True)
    sizes[2] = 0  # it has ended
    peaks.look(now=True)
    assert peaks.megabytes() == {"largest": 3.0, "below": 2.0, "together": 6.0}

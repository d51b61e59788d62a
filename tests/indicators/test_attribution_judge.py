"""Examples A1…A9 of the specification and the rules behind them, without a database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.indicators.engine.attribution import (
    Model,
    Outcome,
    Policy,
    Rung,
    Trace,
    Verdict,
    apportion,
    decay,
    is_leaked,
    judge,
    split,
)
from kpis.indicators.engine.channels import COUPON, Channels, Kind, Rule, Seen

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TOTAL = 1_000_000  # 10 000.00 ₽


def link(source: str, days: int, **more: str) -> Seen:
    return Seen("utm", "", NOON - days * DAY, source=source, **more)


PATH = (link("VK", 14), link("Директ", 7), link("email", 3), link("(direct)", 0))


def judged(*seen: Seen, channels: Channels | None = None, policy: Policy | None = None) -> Outcome:
    return judge((channels or Channels()).traces(seen), NOON, policy or Policy())


def money(outcome: Outcome, model: Model, total: int = TOTAL) -> dict[str, str]:
    """Channel → roubles, those with nothing left out."""
    parts = split(outcome, NOON, total, model, Policy())
    names = [trace.channel for trace in outcome.path] or ["unknown"]
    found: dict[str, int] = {}
    for name, part in zip(names, parts, strict=True):
        found[name] = found.get(name, 0) + part
    return {name: str(Decimal(part).scaleb(-2)) for name, part in found.items() if part}


def fate(outcome: Outcome) -> dict[str, Verdict]:
    return {trace.channel: verdict for trace, verdict in outcome.verdicts}


def test_a1_last_click_last_non_direct_first() -> None:
    path = judged(*PATH)
    assert money(path, Model.LAST) == {"(direct)": "10000.00"}
    assert money(path, Model.LAST_NON_DIRECT) == {"email": "10000.00"}
    assert money(path, Model.FIRST) == {"VK": "10000.00"}
    assert money(path, Model.LADDER) == {"email": "10000.00"}


def test_a2_linear_gives_the_odd_kopeck_to_the_earliest() -> None:
    assert money(judged(*PATH), Model.LINEAR) == {
        "VK": "3333.34",
        "Директ": "3333.33",
        "email": "3333.33",
    }


def test_a3_position_gives_40_20_40() -> None:
    assert money(judged(*PATH), Model.POSITION) == {
        "VK": "4000.00",
        "Директ": "2000.00",
        "email": "4000.00",
    }
    two = judged(link("VK", 2), link("email", 1))
    assert money(two, Model.POSITION) == {"VK": "5000.00", "email": "5000.00"}


def test_a4_decay_to_the_kopeck() -> None:
    assert money(judged(*PATH), Model.DECAY) == {
        "VK": "1674.48",
        "Директ": "3348.97",
        "email": "4976.55",
    }
    assert decay(14 * DAY, 7 * DAY) == Fraction(1, 4)
    assert abs(decay(3 * DAY, 7 * DAY) - Fraction("0.742997")) < Fraction(1, 10**6)


NEWSPAPER = Rule(Kind.CODE, "VESNA10", "газета")


def test_a6_a_public_code_assists() -> None:
    seen = (Seen("promo_code", "VESNA10", NOON), link("email", 2))
    public = Channels([NEWSPAPER], frozenset({"VESNA10"}))
    outcome = judged(*seen, channels=public)
    assert outcome.primary is not None
    assert outcome.primary.channel == "email"
    assert fate(outcome) == {"email": Verdict.WON, "газета": Verdict.PUBLIC}
    assert [trace.channel for trace in outcome.assists] == ["газета"]
    # Not flagged, the code of one placement is stronger than a link.
    assert money(judged(*seen, channels=Channels([NEWSPAPER])), Model.LADDER) == {
        "газета": "10000.00"
    }


def test_a7_a_billboards_own_number_wins_over_a_click() -> None:
    channels = Channels([Rule(Kind.NUMBER, "74951234567", "щит")])
    seen = (Seen("tracking_number", "8 (495) 123-45-67", NOON), link("Директ", 2))
    outcome = judged(*seen, channels=channels)
    assert outcome.primary is not None
    assert (outcome.primary.channel, outcome.primary.rung) == ("щит", Rung.NUMBER)
    assert [trace.channel for trace in outcome.assists] == ["Директ"]


def test_a9_what_a_manager_chose_is_a_note_beside_a_link() -> None:
    word = Seen("crm_source", "сарафан", NOON)
    outcome = judged(word, link("email", 5))
    assert fate(outcome) == {"email": Verdict.WON, "сарафан": Verdict.NOTE}
    assert outcome.assists == ()
    # Where nothing stronger speaks it fills the gap, even beside a referrer and a direct visit.
    weak = Seen("referrer", "https://www.ya.ru/search?q=1", NOON)
    gap = judged(word, weak, link("(direct)", 0))
    assert money(gap, Model.LADDER) == {"сарафан": "10000.00"}
    assert money(gap, Model.LAST_NON_DIRECT) == {"ya.ru": "10000.00"}
    assert money(judged(word, link("(direct)", 0)), Model.LINEAR) == {"сарафан": "10000.00"}
    assert money(judged(word, link("(direct)", 0)), Model.LAST) == {"(direct)": "10000.00"}


def test_a_personal_coupon_wins_over_everything_and_is_never_public() -> None:
    channels = Channels([NEWSPAPER], frozenset({"VESNA10", "ЛИЧНЫЙ-77"}))
    seen = (Seen("coupon", "личный-77", NOON), Seen("promo_code", "VESNA10", NOON), *PATH)
    outcome = judged(*seen, channels=channels)
    assert outcome.primary is not None
    assert (outcome.primary.channel, outcome.primary.rung) == (COUPON, Rung.COUPON)


def test_no_trace_is_an_unknown_source_not_a_direct_one() -> None:
    assert judged().primary is None
    assert money(judged(), Model.LADDER) == {"unknown": "10000.00"}
    direct = judged(link("(direct)", 0))
    assert direct.primary is not None
    assert direct.primary.rung is Rung.DIRECT


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (dt.timedelta(hours=720), True),
        (dt.timedelta(hours=720, microseconds=1), False),
        (dt.timedelta(0), True),
        (dt.timedelta(microseconds=-1), False),
    ],
)
def test_the_window_is_thirty_times_24_hours_to_the_instant(
    age: dt.timedelta, counts: bool
) -> None:
    outcome = judged(Seen("utm", "", NOON - age, source="VK"))
    assert (outcome.primary is not None) is counts
    assert (fate(outcome)["VK"] is Verdict.OUTSIDE) is not counts


def test_ties_latest_then_more_exact_then_first() -> None:
    assert money(judged(link("a", 2), link("b", 1)), Model.LADDER) == {"b": "10000.00"}
    exact = judged(link("a", 1), link("b", 1, campaign="spring"))
    assert money(exact, Model.LADDER) == {"b": "10000.00"}
    assert money(judged(link("a", 1), link("b", 1)), Model.LADDER) == {"a": "10000.00"}


def test_qr_and_coupon_of_one_placement_are_one_touch() -> None:
    channels = Channels(
        [
            Rule(Kind.CODE, "QR-5", "листовка", subject=5),
            Rule(Kind.CODE, "LIST5", "листовка", subject=5),
        ]
    )
    seen = (Seen("qr", "QR-5", NOON - DAY), Seen("promo_code", "LIST5", NOON), link("VK", 3))
    outcome = judged(*seen, channels=channels)
    assert len(outcome.path) == 2
    assert money(outcome, Model.LINEAR) == {"VK": "5000.00", "листовка": "5000.00"}
    # A link that carries the placement's code is that QR code.
    tagged = judged(link("offline", 1, content="QR-5"), link("VK", 0), channels=channels)
    assert tagged.primary is not None
    assert (tagged.primary.channel, tagged.primary.rung) == ("листовка", Rung.CODE)


def test_a_code_of_several_placements_does_not_win() -> None:
    channels = Channels([Rule(Kind.CODE, "VESNA10", "газета", is_single=False)])
    outcome = judged(Seen("promo_code", "VESNA10", NOON), link("email", 9), channels=channels)
    assert money(outcome, Model.LADDER) == {"email": "10000.00"}


def test_retargeting_only_assists_by_policy() -> None:
    channels = Channels(assist_only=("retargeting*",))
    outcome = judged(link("Retargeting VK", 1), link("email", 5), channels=channels)
    assert money(outcome, Model.LADDER) == {"email": "10000.00"}
    assert fate(outcome)["Retargeting VK"] is Verdict.ASSIST_ONLY
    assert money(judged(link("retargeting", 1), channels=channels), Model.LAST) == {
        "unknown": "10000.00"
    }


def test_a_loyalty_card_is_no_channel() -> None:
    channels = Channels([Rule(Kind.CODE, "CARD-*", "", is_channel=False)])
    outcome = judged(Seen("coupon", "card-0001", NOON), channels=channels)
    assert outcome.primary is None
    assert outcome.verdicts == ()


def test_a_dynamic_number_is_known_by_the_link_of_its_call() -> None:
    call = Seen("tracking_number", "74950000001", NOON - DAY, told="enquiry")
    told = Seen("utm", "", NOON - DAY, source="yandex", medium="cpc", told="enquiry")
    channels = Channels([Rule(Kind.UTM, "yandex", "Директ", medium="cpc", direction=4)])
    outcome = judged(call, told, link("VK", 0), channels=channels)
    assert outcome.primary is not None
    primary = outcome.primary
    assert (primary.channel, primary.rung, primary.direction) == ("Директ", Rung.NUMBER, 4)


def test_the_most_exact_rule_names_the_channel() -> None:
    channels = Channels(
        [
            Rule(Kind.UTM, "yandex*", "Яндекс"),
            Rule(Kind.UTM, "yandex", "Директ", medium="cpc"),
            Rule(Kind.UTM, "yandex", "Бренд", medium="cpc", campaign="brand*"),
        ]
    )

    def name(**more: str) -> str:
        return channels.traces([link("Yandex", 1, **more)])[0].channel

    assert name() == "Яндекс"
    assert name(medium="CPC") == "Директ"
    assert name(medium="cpc", campaign="brand_msk") == "Бренд"


@pytest.mark.parametrize(
    ("uses", "preceded", "leaked"),
    [(10, 3, False), (10, 4, True), (9, 9, False), (0, 0, False), (1000, 301, True)],
)
def test_a_code_leaks_above_thirty_percent(uses: int, preceded: int, leaked: bool) -> None:
    assert is_leaked(uses=uses, preceded=preceded, at_least=10) is leaked


KINDS = ["utm", "promo_code", "coupon", "qr", "tracking_number", "crm_source", "survey", "referrer"]
TOUCHES = st.lists(
    st.builds(
        Seen,
        st.sampled_from(KINDS),
        st.sampled_from(["VESNA10", "QR-5", "74951234567", "x.example", ""]),
        st.integers(-2000, 100_000).map(lambda minutes: NOON - dt.timedelta(minutes=minutes)),
        source=st.sampled_from(["VK", "email", "(direct)", "retargeting", ""]),
        medium=st.sampled_from(["cpc", "organic", ""]),
        told=st.sampled_from(["order", "enquiry"]),
    ),
    max_size=9,
)
SOME = Channels(
    [NEWSPAPER, Rule(Kind.CODE, "QR-5", "листовка", subject=5)],
    frozenset({"VESNA10"}),
    ("retarg*",),
)


@given(TOUCHES, st.integers(-(10**13), 10**13), st.sampled_from(Model))
def test_parts_come_to_the_total_whatever_the_touches(
    seen: list[Seen], total: int, model: Model
) -> None:
    outcome = judged(*seen, channels=SOME)
    parts = split(outcome, NOON, total, model, Policy())
    assert sum(parts) == total
    assert all(part * total >= 0 for part in parts)


@given(TOUCHES, st.randoms(use_true_random=False))
def test_the_order_in_which_traces_come_does_not_matter(seen: list[Seen], random: object) -> None:
    traces = SOME.traces(seen)
    mixed = list(traces)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis' random
    assert judge(mixed, NOON) == judge(traces, NOON)


@given(TOUCHES)
def test_the_winner_is_the_strongest_that_may_win(seen: list[Seen]) -> None:
    """By a slow plain search instead of the ladder's key."""
    outcome = judged(*seen, channels=SOME)
    able = [
        trace
        for trace, verdict in outcome.verdicts
        if verdict in {Verdict.WON, Verdict.ASSIST, Verdict.NOTE}
    ]
    for rung in Rung:
        on = [trace for trace in able if trace.rung is rung]
        if on:
            latest = max(trace.at for trace in on)
            assert outcome.primary in [trace for trace in on if trace.at == latest]
            return
    assert outcome.primary is None


@given(st.integers(-(10**9), 10**9), st.lists(st.fractions(0, 1000), min_size=1, max_size=8))
def test_apportioned_parts_are_within_a_kopeck(total: int, parts: list[Fraction]) -> None:
    found = apportion(total, parts)
    assert sum(found) == total
    if sum(parts):
        for part, weight in zip(found, parts, strict=True):
            assert abs(part - total * weight / sum(parts)) < 1


def test_a_trace_can_be_told_by_hand() -> None:
    trace = Trace(0, Rung.CLICK, "VK", NOON)
    assert judge([trace], NOON).primary is trace

"""Splitting whole units so that nothing is lost: the method of the largest remainder."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction


def shared_out(total: int, claims: Mapping[int, Fraction]) -> dict[int, int]:
    """``total`` units (kopecks, pieces) by ``claims``, which are not negative.

    Each gets its exact share rounded down; the units left over go to the largest fractions, of
    equal ones to the larger claim, then to the smaller key. So the order of the claims does not
    matter, and who claims nothing gets nothing. Raises ValueError for negative numbers, and where
    there is something to share out and nobody who claims it.
    """
    whole = sum(claims.values(), Fraction(0))
    if total < 0 or any(claim < 0 for claim in claims.values()):
        raise ValueError("only what is not negative can be shared out")
    if not whole:
        if total:
            raise ValueError("nobody claims anything")
        return dict.fromkeys(claims, 0)
    exact = {key: total * claim / whole for key, claim in claims.items()}
    given = {key: share.numerator // share.denominator for key, share in exact.items()}
    left = total - sum(given.values())
    by_fraction = sorted(claims, key=lambda key: (given[key] - exact[key], -claims[key], key))
    for key in by_fraction[:left]:
        given[key] += 1
    return given

"""What was published about a score: the band it lies in, and the cut-offs it reaches."""

from __future__ import annotations

from decimal import Decimal

from assessments.definitions import Band, Cutoff, Interpretation, Scale
from assessments.definitions.measures import rounded_like


def band_of(interpretation: Interpretation, value: Decimal | None) -> Band | None:
    """The band that a value lies in, or None: there is no value, or no band for it.

    A prorated 12.86 is looked up as 13: published bands are of whole numbers, and between 9 and
    10 there is no band. A band holds its ``start`` and not what it is ``below``.
    """
    if value is None or not interpretation.bands:
        return None
    edges = [edge for band in interpretation.bands for edge in (band.start, band.below)]
    looked_up = rounded_like(edges, value)
    bands = interpretation.bands
    return next((band for band in bands if band.start <= looked_up < band.below), None)


def cutoffs_reached(
    interpretation: Interpretation, scale: Scale, value: Decimal | None
) -> tuple[Cutoff, ...]:
    """The thresholds that a value lies at or beyond: from below where higher is worse, from above
    where higher is better. Rounded as for a band, so that the two never disagree."""
    if value is None:
        return ()
    reached = []
    for cutoff in interpretation.cutoffs:
        beyond = rounded_like([cutoff.at], value) - cutoff.at
        if beyond >= 0 if scale.higher_is == "worse" else beyond <= 0:
            reached.append(cutoff)
    return tuple(reached)

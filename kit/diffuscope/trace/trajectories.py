"""Runs from one noise, compared: the paths of their latents in a plane, and how far each is from a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings
from diffuscope.trace.trace import Trace

FREE = tuple(name for name, field in FIELDS.items() if field.affects_solver)
"""Settings in which the runs of one race may differ."""


class RaceError(ValueError):
    """Runs that cannot be compared; the message names the run and the setting that differs."""


def check(traces: Sequence[Trace]) -> None:
    """Refuse runs that did not start from one noise with one prompt, guidance, size and model.

    Raises:
        RaceError: naming the run, the setting and both values.
    """
    first = traces[0]
    for place, trace in enumerate(traces):
        who = f"run {place + 1} ({trace.settings.scheduler})"
        for name in ("x_t", "x0"):
            if name not in trace.tensors:
                raise RaceError(f'{who} keeps no {name}; record it with Keep(tensors=("x_t", "x0"))')
        for name in (name for name in FIELDS if name not in FREE):
            _same(who, name, getattr(first.settings, name), getattr(trace.settings, name))
        for name in ("model", "model_sha256"):
            _same(who, name, first.made_by.get(name), trace.made_by.get(name))


def _same(who: str, name: str, first: object, found: object) -> None:
    if found != first:
        raise RaceError(
            f"{who} has {name} {found!r}, the first has {first!r}; one race has one noise, prompt, guidance and size"
        )


def draws_noise(settings: Settings) -> bool:
    """Whether the steps draw fresh noise: then even very many of them need not converge to the solution of the ODE."""
    row = settings.scheduler_row
    return row.random == "yes" or (row.random == "eta" and settings.eta > 0)


def share(trace: Trace) -> np.ndarray:
    """Progress at each kept call, float (S + 1,): calls made / calls in all; 1 is the result."""
    calls = int(trace.index[-1]) + 1
    return np.append(trace.index, calls) / calls


def points(trace: Trace) -> np.ndarray:
    """The path of a run in the space of latents, float (S + 1, C*h*w): x_t at every kept call, then the result.

    x_t keeps near unit variance, so the size of the noise does not dominate the path; and all runs of a race start from one
    point, the noise they share.
    """
    return np.concatenate([trace.tensors["x_t"].reshape(len(trace), -1), trace.latents.reshape(1, -1)]).astype(float)


@dataclass(frozen=True)
class Plane:
    """A plane in a space of D dimensions."""

    centre: np.ndarray
    """Mean of the points it was fitted to, float (D,)."""
    axes: np.ndarray
    """Two unit vectors at right angles, float (2, D)."""
    share: tuple[float, float]
    """How much of the points' variance lies along each axis, 0 to 1."""

    def project(self, points: np.ndarray) -> np.ndarray:
        """Coordinates in the plane, float (n, 2), of points (n, D)."""
        return (points - self.centre) @ self.axes.T


def plane(points: np.ndarray) -> Plane:
    """The plane of greatest spread: the first two principal components, by singular value decomposition.

    The sign of an axis is free. It is chosen such that the last point lies right of and above the first.

    Args:
        points: float (n, D), n and D at least 2.

    Source: Pearson 1901, "On lines and planes of closest fit to systems of points in space".
    """
    centre = points.mean(0)
    _, spread, axes = np.linalg.svd(points - centre, full_matrices=False)
    axes = axes[:2]
    axes = axes * np.where(axes @ (points[-1] - points[0]) < 0, -1, 1)[:, None]
    variance = spread**2 / max(float((spread**2).sum()), np.finfo(float).tiny)
    return Plane(centre, axes, (float(variance[0]), float(variance[1])))


def distance(trace: Trace, reference: Trace) -> np.ndarray:
    """Distance of the predicted x0 from the reference's result, at every kept call and at the end of the run.

    Returns:
        Root mean square of x0 - reference.latents over all latent numbers, float (S + 1,); the last one is that of
        the finished latents. 0 means equal; 1 is about the size of the latents themselves.
    """
    expected = np.concatenate([trace.tensors["x0"], trace.latents[None]]).reshape(len(trace) + 1, -1)
    return np.sqrt(np.mean((expected - reference.latents.reshape(-1)) ** 2, 1, dtype=float))

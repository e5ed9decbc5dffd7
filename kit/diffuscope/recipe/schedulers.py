"""The scheduler catalogue: names, diffusers classes, what each one can do. Plain values; nothing heavy is imported.

To add a scheduler, add a row. The picker, the parity tests and the records in pictures read this table.
Names are A1111's in lower case where it has one, else the class's short name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from diffuscope.recipe.checks import MAX_STEPS

SCHEDULES: dict[str, tuple[str, dict[str, Any]]] = {
    "uniform": ("Uniform", {}),
    "karras": ("Karras", {"use_karras_sigmas": True}),
    "exponential": ("Exponential", {"use_exponential_sigmas": True, "timestep_spacing": "linspace"}),
    "beta": ("Beta", {"use_beta_sigmas": True, "timestep_spacing": "linspace"}),
    "sgm uniform": ("SGM Uniform", {"timestep_spacing": "trailing"}),
}
"""Schedules: our name -> (A1111 `Schedule type`, diffusers options). "uniform" is the model's own spacing."""

_TABLE = ("uniform", "sgm uniform")
_CURVES = ("uniform", "karras", "exponential", "beta", "sgm uniform")
_KARRAS = ("karras", "uniform", "exponential", "beta", "sgm uniform")
_EXPONENTIAL = ("exponential", "uniform", "karras", "beta", "sgm uniform")


@dataclass(frozen=True)
class Scheduler:
    """One row of the catalogue."""

    name: str
    diffusers: str
    """Class name in diffusers."""
    space: Literal["table", "vp", "ve", "flow"]
    """Where diffusers keeps its noise levels: "table" in alphas_cumprod, by timestep; the others in `sigmas`, of latents
    that preserve the variance ("vp") or let it explode ("ve"), or of flow matching, where sigma is the share of noise."""
    note: str
    """One line for the picker."""
    schedules: tuple[str, ...] = _TABLE
    """Allowed schedules, the default first (A1111's "Automatic")."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the class."""
    random: Literal["no", "yes", "eta"] = "no"
    """Whether steps draw new noise: never, always, or when eta > 0."""
    calls: Literal["N", "N+1", "2N-1"] = "N"
    """Network calls for N steps; a guided call evaluates each picture twice."""
    steps: tuple[int, int] = (1, MAX_STEPS)
    """Fewest and most steps."""
    needs_distilled: bool = False
    """Made for models distilled to a few steps; poor on others."""
    a1111: str | None = None
    comfyui: str | None = None
    invokeai: str | None = None
    k_diffusion: str | None = None

    def network_calls(self, steps: int) -> int:
        """Network calls for a number of steps."""
        return {"N": steps, "N+1": steps + 1 if steps > 1 else steps, "2N-1": 2 * steps - 1}[self.calls]

    def step_of(self, call: int) -> int:
        """The step a network call belongs to, both counted from 0."""
        return {"N": call, "N+1": max(0, call - 1), "2N-1": call // 2}[self.calls]

    @property
    def group(self) -> str:
        """The group a picker shows it in."""
        if self.space == "flow":
            return "flow"
        if self.needs_distilled:
            return "few-step"
        return "random" if self.random == "yes" else "deterministic"


_ROWS = [
    Scheduler("dpm++ 2m", "DPMSolverMultistepScheduler", "vp", "second order from two steps; the usual choice",
              _KARRAS, a1111="DPM++ 2M", comfyui="dpmpp_2m", invokeai="dpmpp_2m", k_diffusion="sample_dpmpp_2m"),
    Scheduler("dpm++ 3m", "DPMSolverMultistepScheduler", "vp", "third order from three steps",
              _KARRAS, {"solver_order": 3}, invokeai="dpmpp_3m"),
    Scheduler("dpm++ 2s", "DPMSolverSinglestepScheduler", "vp", "second order inside each pair of steps",
              _KARRAS, {"lower_order_final": True}, steps=(2, MAX_STEPS), invokeai="dpmpp_2s"),
    Scheduler("unipc", "UniPCMultistepScheduler", "vp", "predicts, then corrects with the same call; good in few steps",
              _CURVES, a1111="UniPC", comfyui="uni_pc", invokeai="unipc"),
    Scheduler("deis", "DEISMultistepScheduler", "vp", "exponential integrator; close to dpm++ 2m",
              _CURVES, a1111="DEIS", comfyui="deis", invokeai="deis"),
    Scheduler("euler", "EulerDiscreteScheduler", "ve", "the plainest: one straight step at a time",
              _CURVES, a1111="Euler", comfyui="euler", invokeai="euler", k_diffusion="sample_euler"),
    Scheduler("heun", "HeunDiscreteScheduler", "ve", "Euler, then the average with the slope it finds; two calls a step",
              _CURVES, calls="2N-1", a1111="Heun", comfyui="heun", invokeai="heun", k_diffusion="sample_heun"),
    Scheduler("lms", "LMSDiscreteScheduler", "ve", "a polynomial through the last four slopes",
              _CURVES, a1111="LMS", comfyui="lms", invokeai="lms", k_diffusion="sample_lms"),
    Scheduler("dpm2", "KDPM2DiscreteScheduler", "ve", "looks half a step ahead; two calls a step",
              _KARRAS, calls="2N-1", a1111="DPM2", comfyui="dpm_2", invokeai="kdpm_2", k_diffusion="sample_dpm_2"),
    Scheduler("ddim", "DDIMScheduler", "table", "the classic; eta adds noise back and turns it into ddpm",
              random="eta", a1111="DDIM", comfyui="ddim", invokeai="ddim"),
    Scheduler("plms", "PNDMScheduler", "table", "the default of the first Stable Diffusion; one call more",
              options={"skip_prk_steps": True}, calls="N+1", a1111="PLMS", invokeai="pndm"),
    Scheduler("euler a", "EulerAncestralDiscreteScheduler", "ve", "Euler with fresh noise each step; never settles",
              random="yes", a1111="Euler a", comfyui="euler_ancestral", invokeai="euler_a",
              k_diffusion="sample_euler_ancestral"),
    Scheduler("dpm2 a", "KDPM2AncestralDiscreteScheduler", "ve", "dpm2 with fresh noise each step",
              _KARRAS, random="yes", calls="2N-1", a1111="DPM2 a", comfyui="dpm_2_ancestral", invokeai="kdpm_2_a",
              k_diffusion="sample_dpm_2_ancestral"),
    Scheduler("dpm++ sde", "DPMSolverSDEScheduler", "ve", "a stochastic path from one Brownian tree; two calls a step",
              _KARRAS, random="yes", calls="2N-1", a1111="DPM++ SDE", comfyui="dpmpp_sde", invokeai="dpmpp_sde",
              k_diffusion="sample_dpmpp_sde"),
    Scheduler("dpm++ 2m sde", "DPMSolverMultistepScheduler", "vp", "dpm++ 2m along a stochastic path",
              _EXPONENTIAL, {"algorithm_type": "sde-dpmsolver++"}, random="yes", a1111="DPM++ 2M SDE",
              comfyui="dpmpp_2m_sde", invokeai="dpmpp_2m_sde", k_diffusion="sample_dpmpp_2m_sde"),
    Scheduler("sa solver", "SASolverScheduler", "vp", "a stochastic Adams method",
              _CURVES, random="yes", comfyui="sa_solver"),
    Scheduler("ddpm", "DDPMScheduler", "table", "the original random walk; wants many steps",
              random="yes", comfyui="ddpm", invokeai="ddpm"),
    Scheduler("lcm", "LCMScheduler", "table", "jumps to the end and back; for latent consistency models",
              ("uniform",), random="yes", steps=(1, 50), needs_distilled=True, a1111="LCM", comfyui="lcm",
              invokeai="lcm"),
    Scheduler("tcd", "TCDScheduler", "table", "like lcm with eta to choose how much noise comes back",
              ("uniform",), random="eta", steps=(1, 50), needs_distilled=True, a1111="TCD", invokeai="tcd"),
    Scheduler("flow euler", "FlowMatchEulerDiscreteScheduler", "flow", "straight steps, for models trained on flow matching",
              ("uniform", "karras", "exponential", "beta")),
]  # fmt: skip

SCHEDULERS: Mapping[str, Scheduler] = {row.name: row for row in _ROWS}
"""The catalogue by name."""

"""The tiny pipeline with other kinds of diffusion: flow matching, and velocity with zero terminal SNR."""

from diffusers import DDIMScheduler, FlowMatchEulerDiscreteScheduler
from tiny import tiny_pipeline

from diffuscope.families import stable_diffusion
from diffuscope.families.base import Model


def flow_model() -> Model:
    """Trained on flow matching, if it were trained."""
    return _with(FlowMatchEulerDiscreteScheduler(), "tiny flow")


def zero_snr_model() -> Model:
    """Predicts velocity, and begins without any signal."""
    scheduler = DDIMScheduler(
        beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, steps_offset=1,
        prediction_type="v_prediction", rescale_betas_zero_snr=True, timestep_spacing="trailing",
    )  # fmt: skip
    return _with(scheduler, "tiny zero snr")


def _with(scheduler, name: str) -> Model:
    pipe = tiny_pipeline()
    before, pipe.scheduler = pipe.scheduler, scheduler
    try:
        return stable_diffusion.model(pipe, name, "random", None, {"steps": 6, "guidance_scale": 4.0})
    finally:
        pipe.scheduler = before

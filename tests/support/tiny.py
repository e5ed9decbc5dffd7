"""A Stable Diffusion of the real classes with random weights, made in a second: the stand-in for real checkpoints."""

from functools import cache

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel

from diffuscope.families import stable_diffusion
from diffuscope.families.base import Model
from diffuscope.train.networks.tokenizer import text_encoder, word_tokenizer

WORDS = ("a", "red", "blue", "circle", "square")


@cache
def tiny_pipeline() -> StableDiffusionPipeline:
    torch.manual_seed(0)
    tokenizer = word_tokenizer(WORDS, 8)
    text = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    blocks = {"block_out_channels": (8, 16), "norm_num_groups": 4, "layers_per_block": 1}
    pipe = StableDiffusionPipeline(
        vae=AutoencoderKL(
            **blocks,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
            scaling_factor=0.7,
        ),
        text_encoder=text_encoder(tokenizer, {**text, "max_position_embeddings": 8}),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(
            **blocks,
            sample_size=8,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=16,
            attention_head_dim=2,
        ),
        scheduler=DDIMScheduler(
            beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, clip_sample=False, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    for part in (pipe.unet, pipe.vae, pipe.text_encoder):
        part.eval()
    return pipe


def tiny_model() -> Model:
    return stable_diffusion.model(tiny_pipeline(), "tiny", "random", None, {"steps": 6, "guidance_scale": 4.0})

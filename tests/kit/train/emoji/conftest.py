"""The emoji recipe on a world small enough for a test, trained once for all."""

from dataclasses import replace

import emoji_folder
import pytest
import torch

from diffuscope.train.config import Config
from diffuscope.train.emoji import judge
from diffuscope.train.networks import autoencoder, denoiser, text

CPU = torch.device("cpu")


def short(fit, pictures, **model):
    return replace(fit, pictures=pictures, batch=16, warmup=2, sample_every=50, model={**fit.model, **model})


@pytest.fixture(scope="session")
def config():
    real = Config.read("emoji")
    return replace(
        real,
        data=replace(real.data, pictures=512, captions=3, side=emoji_folder.SIDE),
        autoencoder=short(real.autoencoder, 1600, block_out_channels=[8, 16, 16], norm_num_groups=4, sample_size=32),
        decoder=replace(real.decoder, pictures=1600, warmup=2, sample_every=50, ema=0.9),
        text=short(
            real.text, 16000, hidden_size=32, intermediate_size=64, num_hidden_layers=2, max_position_embeddings=40
        ),
        denoiser=short(real.denoiser, 160, block_out_channels=[16, 16, 16], sample_size=8, cross_attention_dim=32),
        judge=short(
            real.judge,
            1600,
            width=32,
            text={**real.judge.model["text"], "hidden_size": 32},
            vision={**real.judge.model["vision"], "embedding_size": 16, "hidden_sizes": [16, 16, 32, 32]},
        ),
    )


@pytest.fixture(scope="session")
def run(config, tmp_path_factory):
    run = emoji_folder.make(tmp_path_factory.mktemp("run"))
    for part in (autoencoder, text, denoiser, judge):
        assert part.train(config, run, CPU)
    return run

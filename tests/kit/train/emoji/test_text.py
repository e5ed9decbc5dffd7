"""The emoji recipe's text encoder: what it learns, and from what."""

import shutil
from dataclasses import replace

import emoji_folder
import numpy as np
import torch
from diffusers import AutoencoderKL
from transformers import CLIPTextModel

from diffuscope.train import data
from diffuscope.train.networks import denoiser, text, tokenizer
from diffuscope.train.networks.latents import cells

CPU = torch.device("cpu")


def test_the_text_encoder_learns_what_captions_say(config, run):
    """Held-out captions: which thing, which ground and which style, from the words alone, in both languages."""
    source = data.Source(config, run, 1)
    words, world = text.tokenizer(config, source), source.world.drawings
    reader = text.reader(config, source, words).eval()
    rng = np.random.default_rng(77)
    scenes = [world.sample(rng) for _ in range(200)]
    ids = tokenizer.ids(words, [world.vary(s, rng) for s in scenes])
    wanted = torch.tensor([world.labels(s) for s in scenes])
    with torch.inference_mode():
        right = float(torch.exp(-reader.loss(reader(ids), ids, wanted)))
        shuffled = float(torch.exp(-reader.loss(reader(ids), ids, wanted.roll(1, 0))))
    assert right > 0.5
    assert right > 1.4 * shuffled


def test_the_text_encoder_is_shown_what_the_recipe_asks_for(config, run, tmp_path, monkeypatch):
    for name in ("data.npz", "sprites.npz", "things.json"):
        shutil.copy(run / name, tmp_path)
    shutil.copytree(run / "model" / "vae", tmp_path / "model" / "vae")
    asked = replace(config, data=replace(config.data, shares={"several": 0.0}), text=replace(config.text, pictures=320))
    source = data.Source(asked, tmp_path, 1)
    tokens = text.Tokens(source, text.tokenizer(asked, source)).at(0)
    one = torch.from_numpy(~source.world.drawings.several(source.at(0).labels.numpy()))
    read, forward = [], text.Reader.forward
    monkeypatch.setattr(text.Reader, "forward", lambda self, ids: (read.append(ids), forward(self, ids))[1])
    assert text.train(asked, tmp_path, CPU)
    rows = {
        name: {tuple(row) for row in part.flatten(0, 1).tolist()}
        for name, part in (("one", tokens[one]), ("more", tokens[~one]))
    }
    assert rows["more"] - rows["one"]  # there was something to leave out
    assert {tuple(row) for row in torch.cat(read).tolist()} <= rows["one"]


def test_what_is_shown_less_often_is_what_the_recipe_says(config, run):
    asked = replace(config, data=replace(config.data, shares={"several": 0.5, "unsaid": 0.25, "uncommon": 2**-6}))
    block = data.Source(asked, run, 1).at(0)
    plus = 7  # a symbol, so never among the commonest
    wanted = [
        (0.5 if row[0] else 1) * (1 if row[-2] and row[-1] else 0.25) * (2**-6 if plus in row[1:8:3] else 1)
        for row in block.labels.tolist()
    ]
    assert len({*wanted}) > 5  # of eight
    assert block.shares.tolist() == wanted


def test_cells_are_the_latents_row_by_row():
    z = torch.arange(2 * 4 * 6 * 8.0).view(2, 4, 6, 8)
    told = cells(z)
    assert told.shape == (2, 12, 16)
    for place in range(12):
        y, x = 2 * (place // 4), 2 * (place % 4)
        assert torch.equal(told[:, place], z[:, :, y : y + 2, x : x + 2].flatten(1))


def test_free_positions_learn_to_tell_the_picture(config, run):
    """From unseen captions: half as far from the latents of their picture as the best that could be said of all alike."""
    source = data.Source(config, run, 1)
    words, world = text.tokenizer(config, source), source.world.drawings
    reader = text.reader(config, source, words).eval()
    rng = np.random.default_rng(78)
    scenes = [s for s in (world.sample(rng) for _ in range(400)) if s.style and s.background and s.layout == "one"]
    read = tokenizer.ids(words, [world.caption(s, rng, "en") for s in scenes])
    drawn = torch.from_numpy(np.stack([world.draw(s, rng, emoji_folder.SIDE) for s in scenes])).permute(0, 3, 1, 2)
    vae = AutoencoderKL.from_pretrained(run / "model" / "vae")
    with torch.inference_mode():
        wanted = cells(vae.encode(data.scaled(drawn, CPU)).latent_dist.mode() * vae.config.scaling_factor)
        told = reader.hand(reader(read)[:, -reader.sketch :])
    error, of_the_mean = ((guess - wanted).square().mean() for guess in (told, wanted.mean(0)))
    assert error < 0.5 * of_the_mean


def test_a_text_encoder_held_still_is_shipped_to_the_bit(config, run, tmp_path):
    again = shutil.copytree(run, tmp_path / "again", ignore=shutil.ignore_patterns("denoiser"))
    learnt = torch.load(again / "text" / "reader.pt", weights_only=True)
    learnt["text.encoder.layers.0.mlp.fc1.weight"][0, :3] = -0.0  # what an average of it no longer is
    torch.save(learnt, again / "text" / "reader.pt")
    assert denoiser.train(config, again, CPU)
    shipped = CLIPTextModel.from_pretrained(again / "model" / "text_encoder").state_dict()
    assert shipped
    for name, weight in shipped.items():
        assert torch.equal(weight.view(torch.int32), learnt[f"text.{name}"].view(torch.int32)), name

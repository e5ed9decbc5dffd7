"""Records as other tools write them, all of one picture."""

import json

from PIL import Image
from PIL.PngImagePlugin import PngInfo

WANT = {
    "prompt": "a fox", "negative_prompt": "fog", "seed": 5, "scheduler": "euler a", "steps": 20, "guidance_scale": 7.0,
    "width": 512, "height": 768,
}  # fmt: skip
GRAPH = {
    "3": {"class_type": "KSampler", "inputs": {
        "seed": 5, "steps": 20, "cfg": 7.0, "sampler_name": "euler_ancestral", "scheduler": "normal", "denoise": 1.0,
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "toy.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["4", 1]}},
}  # fmt: skip
EDITOR = {
    "nodes": [],
    "links": [
        [1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
        [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"],
    ],
}  # fmt: skip
LINE = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768, Model hash: 0000000000, Model: toy"
SWARM = {
    "prompt": "a fox", "negativeprompt": "fog", "model": "toy", "seed": 5, "steps": 20, "cfgscale": 7.0, "width": 512,
    "height": 768, "sampler": "euler_ancestral", "swarm_version": "0.9.5.0",
}  # fmt: skip
NOVEL = {
    "prompt": "a fox", "uc": "fog", "steps": 20, "height": 768, "width": 512, "scale": 7.0, "seed": 5,
    "sampler": "k_euler_ancestral",
}  # fmt: skip
INVOKE = {
    "generation_mode": "txt2img", "positive_prompt": "a fox", "negative_prompt": "fog", "seed": 5, "steps": 20,
    "cfg_scale": 7.0, "width": 512, "height": 768, "scheduler": "euler_a", "app_version": "5.4.0",
}  # fmt: skip
FOOOCUS = {
    "prompt": "a fox", "negative_prompt": "fog", "steps": 20, "guidance_scale": 7.0, "seed": "5", "resolution": "(512, 768)",
    "sampler": "euler_ancestral", "scheduler": "normal", "base_model": "toy", "base_model_hash": "0000000000", "version": "Fooocus v2.5.5",
}  # fmt: skip
RECORDS = {
    "A1111": {"parameters": f"a fox\nNegative prompt: fog\n{LINE}"},
    "ComfyUI": {"prompt": json.dumps(GRAPH), "workflow": json.dumps(EDITOR)},
    "SwarmUI": {"parameters": json.dumps({"sui_image_params": SWARM})},
    "NovelAI": {
        "Software": "NovelAI",
        "Source": "Stable Diffusion 1D44365E",
        "Description": "a fox",
        "Comment": json.dumps(NOVEL),
    },
    "InvokeAI": {"invokeai_metadata": json.dumps(INVOKE)},
    "Fooocus": {"parameters": json.dumps(FOOOCUS), "fooocus_scheme": "fooocus"},
}
"""What the chunks of a PNG hold."""


def picture(folder, texts, name="a.png", size=(64, 64), shade=0):
    """A PNG whose chunks hold texts."""
    info = PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade, 0, 0)).save(folder / name, pnginfo=info)
    return folder / name

"""How the built-in models are made: data, autoencoder, denoiser, export, evaluation. One config file a model.

    diffuscope train data        --config scenes     pictures and captions
    diffuscope train autoencoder --config scenes     pictures <-> latents
    diffuscope train denoiser    --config scenes     text encoder and UNet on those latents
    diffuscope train export      --config scenes     float16 weights, checksums and defaults as a built-in model
    diffuscope train evaluate    --config scenes     one table of numbers

Everything is written to a run folder outside git, checkpoints included: the same command goes on where it stopped.
"""

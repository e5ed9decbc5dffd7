"""How the built-in models are made: data, autoencoder, denoiser, export, evaluation. One config file a model.

    diffuscope train data        --config emoji     pictures and captions
    diffuscope train autoencoder --config emoji     pictures <-> latents
    diffuscope train decoder     --config emoji     latents -> pictures again, on whole pictures
    diffuscope train text        --config emoji     the text encoder learns to read, and to tell what to expect
    diffuscope train denoiser    --config emoji     text encoder and UNet on those latents
    diffuscope train judge       --config emoji     the network that judges the pictures, where a world cannot read them
    diffuscope train export      --config emoji     float16 weights, checksums and defaults as a built-in model
    diffuscope train evaluate    --config emoji     one table of numbers
    diffuscope train gallery     --config emoji     one sheet of pictures

Everything is written to a run folder outside git, checkpoints included: the same command goes on where it stopped.

On Linux without a GPU, MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=17179869184 before the command made the
denoiser's step 1.4 times as fast (measured): glibc then keeps the pages of large tensors instead of asking for new ones.
A CPU that multiplies bfloat16 by itself (AVX-512 BF16) trains in it as a GPU does: with AMX, the UNet's passes there and
back in half the time (measured).
"""

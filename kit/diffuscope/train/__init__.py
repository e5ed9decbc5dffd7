"""How the built-in models are made: data, networks, export, evaluation. One folder a world, with its recipe.

    diffuscope train data        --config scenes      pictures and captions, where a recipe keeps them
    diffuscope train autoencoder --config storybook   pictures <-> latents
    diffuscope train decoder     --config storybook   latents -> pictures again, the latents held still
    diffuscope train text        --config storybook   the text encoder learns to read
    diffuscope train denoiser    --config storybook   the UNet on those latents, and a text encoder that cannot read yet
    diffuscope train reader      --config storybook   the network that says what a picture shows
    diffuscope train export      --config storybook   float16 weights, checksums and defaults as a built-in model
    diffuscope train evaluate    --config scenes      one table of numbers

Everything is written to a run folder outside git, checkpoints included: the same command goes on where it stopped.

On Linux without a GPU, MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=17179869184 before the command made the
denoiser's step 1.4 times as fast (measured): glibc then keeps the pages of large tensors instead of asking for new ones.
A CPU that multiplies bfloat16 by itself (AVX-512 BF16) trains in it as a GPU does: with AMX, the UNet's passes there and
back in half the time (measured).
"""

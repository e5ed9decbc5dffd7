"""LatentView: latents, channel by channel."""

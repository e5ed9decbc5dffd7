"""The networks of a model, a file each: its `train(config, run, device, minutes)` fits it. And what they share."""

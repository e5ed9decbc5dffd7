"""SeedPicker: the noise a seed stands for."""

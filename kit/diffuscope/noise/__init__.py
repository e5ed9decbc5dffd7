"""Noise levels, the noise a seed stands for, and one scheduler for one run."""

"""What readers of records share: the texts of a picture, names of samplers, the answer."""

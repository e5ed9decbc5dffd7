"""Model families, one a file, and the catalogue of models."""

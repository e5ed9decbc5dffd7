"""What the built-in models know: worlds that draw pictures from captions and say what a picture shows."""

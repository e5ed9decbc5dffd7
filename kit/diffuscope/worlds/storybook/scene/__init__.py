"""What a picture shows, and how people say it."""

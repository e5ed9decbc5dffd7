"""GuidanceView: guidance as arithmetic of pictures."""

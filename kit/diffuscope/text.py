"""Words in messages."""

from difflib import get_close_matches


def suggest(wrong: str, known: list[str], alike: float = 0.5) -> str:
    """' Did you mean "x"?' or ''.

    Args:
        alike: how near it must be, 0 to 1.
    """
    close = get_close_matches(wrong.lower(), known, 1, alike)
    return f' Did you mean "{close[0]}"?' if close else ""

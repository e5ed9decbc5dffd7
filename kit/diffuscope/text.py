"""Words in messages."""

from difflib import get_close_matches


def suggest(wrong: str, known: list[str]) -> str:
    """' Did you mean "x"?' or ''."""
    close = get_close_matches(wrong.lower(), known, 1, 0.5)
    return f' Did you mean "{close[0]}"?' if close else ""

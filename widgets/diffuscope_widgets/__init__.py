"""What is seen and touched in a notebook. Widgets import the kit; the kit never imports them.

    from diffuscope_widgets import Studio
    Studio("scenes")           # write a prompt, press Draw, then drag through the steps

A widget is three files of one stem: film.py says what it shows and what can be read back, film.js draws, film.css dresses.
"""

from diffuscope_widgets.film import Film
from diffuscope_widgets.prompt_form import PromptForm
from diffuscope_widgets.studio import Studio

__all__ = ["Film", "PromptForm", "Studio"]

"""What is seen and touched in a notebook. Widgets import the kit; the kit never imports them.

    from diffuscope_widgets import Studio
    Studio("scenes")           # write a prompt, press Draw, then drag through the steps

A widget is three files of one stem: film.py says what it shows and what can be read back, film.js draws, film.css dresses.
"""

from diffuscope_widgets.film import Film
from diffuscope_widgets.grid_view import GridView
from diffuscope_widgets.guidance_view import GuidanceView
from diffuscope_widgets.history import History
from diffuscope_widgets.latent_view import LatentView
from diffuscope_widgets.prompt_box import PromptBox
from diffuscope_widgets.prompt_form import PromptForm
from diffuscope_widgets.schedule_view import ScheduleView
from diffuscope_widgets.scheduler_picker import SchedulerPicker
from diffuscope_widgets.scheduler_race import SchedulerRace
from diffuscope_widgets.seed_picker import SeedPicker
from diffuscope_widgets.studio import Studio
from diffuscope_widgets.variants import Variants

__all__ = [
    "Film",
    "GridView",
    "GuidanceView",
    "History",
    "LatentView",
    "PromptBox",
    "PromptForm",
    "ScheduleView",
    "SchedulerPicker",
    "SchedulerRace",
    "SeedPicker",
    "Studio",
    "Variants",
]

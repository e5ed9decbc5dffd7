"""What is seen and touched in a notebook. Widgets import the kit; the kit never imports them.

    from diffuscope_widgets import Studio
    Studio()                   # write a prompt, press Draw, then drag through the steps

A widget is a folder: its Python file says what it shows and what can be read back, its script draws, its sheet styles.
"""

from diffuscope_widgets.film.film import Film
from diffuscope_widgets.form.form import PromptForm
from diffuscope_widgets.grid.view import GridView
from diffuscope_widgets.guidance.view import GuidanceView
from diffuscope_widgets.history.history import History
from diffuscope_widgets.latents.view import LatentView
from diffuscope_widgets.prompt.box import PromptBox
from diffuscope_widgets.race.race import SchedulerRace
from diffuscope_widgets.schedule.picker import SchedulerPicker
from diffuscope_widgets.schedule.view import ScheduleView
from diffuscope_widgets.seeds.picker import SeedPicker
from diffuscope_widgets.studio.studio import Studio
from diffuscope_widgets.variants.variants import Variants

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

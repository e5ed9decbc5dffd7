"""The model hub: what a repository holds, or why it cannot be had."""

from __future__ import annotations

import json
from pathlib import Path


def pipeline_of(repository: str, called: str) -> str:
    """The class of pipeline that a hub repository names.

    Args:
        called: how messages call the model, with the size of its download where that is known.

    Raises:
        LookupError: no such repository, not allowed to read it, not a model of diffusers, or no way to the hub.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import (
        EntryNotFoundError,
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    try:
        index = hf_hub_download(repository, "model_index.json")
    except GatedRepoError:
        raise LookupError(
            f'Model "{repository}" is gated: log in at huggingface.co, accept its licence on its page, and give this '
            "computer a token with `hf auth login`."
        ) from None
    except RepositoryNotFoundError:
        raise LookupError(
            f'The hub has no model "{repository}", or it is private: check the name, or log in with `hf auth login`.'
        ) from None
    except LocalEntryNotFoundError as error:  # an EntryNotFoundError, too
        raise unreachable(called, error.__cause__ or error) from None
    except EntryNotFoundError:
        raise LookupError(
            f'"{repository}" is not a model of diffusers: it has no model_index.json. A single .safetensors file is not '
            "loaded; look for the repository of the same model in the diffusers format."
        ) from None
    except (OSError, ValueError) as error:  # a name the hub does not allow, a proxy, a full disk
        raise unreachable(called, error) from None
    try:
        kind = json.loads(Path(index).read_text(encoding="utf-8")).get("_class_name")
    except (ValueError, AttributeError, RecursionError):
        kind = None
    if not isinstance(kind, str):
        raise LookupError(f'"{repository}" needs its own code, or its model_index.json is damaged; neither is loaded.')  # noqa: TRY004
    return kind


def unreachable(called: str, error: BaseException) -> LookupError:
    """The error for a model that is neither on this computer nor to be fetched."""
    why = str(error).splitlines()[0].split(". ")[0][:200].rstrip(".")
    return LookupError(
        f"Model {called} is not on this computer and could not be fetched: {why}. "
        "The built-in model always works: load()."
    )

"""Read any model from its own files, told by a path."""

from pathlib import Path

from aichatdesk.core.errors import Forbidden, NotFound
from aichatdesk.inference.catalogue.found_model import FoundModel, ModelUnreadable
from aichatdesk.inference.catalogue.read_bounded import open_regular, shown
from aichatdesk.inference.catalogue.read_config import read_config
from aichatdesk.inference.catalogue.read_gguf import read_gguf

_SPLIT = "-00001-of-"


def read_model(path: Path) -> FoundModel:
    """The model of a `config.json`, of a GGUF file, or of a folder that holds either.

    Raises:
        ModelUnreadable: The files do not say what is needed; every reason is named.
        NotFound, Forbidden, TooLarge: The files cannot be opened, or are not what was meant.
    """
    try:
        if path.is_dir():
            return _read_folder(path)
    except PermissionError as error:
        raise Forbidden(f"{shown(path)} may not be read by this user; change its permissions.") from error
    except OSError as error:
        raise ModelUnreadable(shown(path), [f"It cannot be opened ({shown(error.strerror)})."]) from error
    with open_regular(path) as file:
        try:
            is_gguf = file.read(4) in {b"GGUF", b"FUGG"}
        except OSError as error:
            raise ModelUnreadable(shown(path), [f"It cannot be read ({shown(error.strerror)})."]) from error
    return read_gguf(path) if is_gguf or path.suffix.lower() == ".gguf" else read_config(path)


def _read_folder(folder: Path) -> FoundModel:
    if (folder / "config.json").exists():
        return read_config(folder)
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".gguf")
    models = [file for file in files if "-of-" not in file.name or _SPLIT in file.name]
    models = [file for file in models if not file.name.lower().startswith("mmproj")]
    if not models:
        raise NotFound(f"{shown(folder)} holds neither a config.json nor a GGUF file.")
    if len(models) > 1:
        names = ", ".join(shown(file.name, 60) for file in models[:5])
        raise ModelUnreadable(
            shown(folder), [f"It holds more than one GGUF file ({names}); name one of them."]
        )
    return read_gguf(models[0])

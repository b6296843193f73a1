"""A stand-in for TensorFlow, for a server whose model uses none of it.

Rasa imports TensorFlow on every start, for names that stand in type hints, as base classes and as decorators of
components this assistant does not have. The stand-in gives such names a harmless meaning and refuses, by name, as
soon as anything of it is to be used.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Optional, Sequence, Text, Tuple

PACKAGES = ("tensorflow", "tensorflow_hub", "tensorflow_text", "keras")


class AbsentError(ImportError):
    """Something wants TensorFlow in a server that was started without it."""


class Missing:
    """The base class of what would derive from TensorFlow; cannot be made."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise AbsentError(
            f"{type(self).__name__} needs TensorFlow, and this server was started without it because its first "
            "model uses none; start it with NLU_FULL_START=1"
        )


class Name:
    """Any name of TensorFlow: may be passed on, inherited from and used as decorator, but does nothing."""

    def __init__(self, path: Text) -> None:
        self._path = path

    def __getattr__(self, name: Text) -> Name:
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(f"{self._path}.{name}")

    def __getitem__(self, _: Any) -> Name:
        return self

    def __mro_entries__(self, bases: Tuple[Any, ...]) -> Tuple[type, ...]:
        return () if Missing in bases or self is not _first(bases) else (Missing,)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """As a decorator, with or without settings; anything else is use."""
        if (
            len(args) == 1
            and not kwargs
            and isinstance(args[0], (type, type(_first), staticmethod, classmethod))
        ):
            return args[0]
        if self._path.endswith(".function"):
            return lambda decorated: decorated
        raise AbsentError(f"{self._path} is called, but this server was started without TensorFlow")


def _first(bases: Tuple[Any, ...]) -> Optional[Name]:
    return next((base for base in bases if isinstance(base, Name)), None)


class _Module(ModuleType):
    def __getattr__(self, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Name(f"{self.__name__}.{name}")


class Finder(MetaPathFinder, Loader):
    """Finds every module below PACKAGES and makes it empty."""

    def find_spec(
        self, name: Text, path: Optional[Sequence[Text]] = None, target: Any = None
    ) -> Optional[ModuleSpec]:
        if name.partition(".")[0] in PACKAGES:
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is in it."""


def install() -> None:
    """From here on imports of TensorFlow find the stand-in. Too late once the real one is there."""
    if "tensorflow" in sys.modules:
        raise AbsentError("TensorFlow is imported already")
    sys.meta_path.insert(0, Finder())

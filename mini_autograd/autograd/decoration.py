"""Context managers that also decorate functions, generators and, with a warning, classes.

Their names, and that of their argument, are torch's, for errors of misuse tell them.
"""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

CLASS = (
    "Decorating classes is deprecated and will be disabled in future versions. You should only decorate functions or "
    "methods. To preserve the current behavior of class decoration, you can directly decorate the `__init__` method "
    "and nothing else."
)


class _DecoratorContextManager:
    """Each call of what it decorates enters a fresh clone, so that calls may nest and interleave."""

    def clone(self) -> Any:
        return type(self)()

    def __enter__(self) -> Any:
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError

    def __call__(self, orig_func: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isclass(orig_func):
            warnings.warn(CLASS, FutureWarning, stacklevel=2)
            made = orig_func
            orig_func = lambda *args, **kwargs: made(*args, **kwargs)  # noqa: E731 -- torch's has no name either
        if inspect.isgeneratorfunction(orig_func):
            return _decorated_generator(self, orig_func)

        @functools.wraps(orig_func)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return orig_func(*args, **kwargs)

        return decorated


class _NoParamDecoratorContextManager(_DecoratorContextManager):
    """One that decorates without parentheses too: ``@no_grad``."""

    def __new__(cls, orig_func: Any = None) -> Any:
        return super().__new__(cls) if orig_func is None else cls()(orig_func)


def _decorated_generator(
    context: _DecoratorContextManager, function: Callable[..., Any]
) -> Callable[..., Any]:
    """A generator whose body, but not its caller between two items, runs inside the context."""

    @functools.wraps(function)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        try:
            with context.clone():
                item = generator.send(None)
            while True:
                try:
                    request = yield item
                except GeneratorExit:
                    with context.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    with context.clone():
                        item = generator.throw(error)
                else:
                    with context.clone():
                        item = generator.send(request)
        except StopIteration as end:
            return end.value

    return decorated

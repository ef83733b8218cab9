"""Printing a tensor while another thread looks at the frame can leave `torch.func` off in the thread (torch 2.13).

`torch._tensor_str` keeps the guard that takes transforms out of the way in a local name, which is let go of with its
frame. While a sampling profiler holds that frame (Dask's workers have one), transforms stay off; where it lets go
within a backward pass, the pass afterwards sets back the state that it began with, and every transform of the thread
gives zeros from then on.
"""

import sys
import threading

import torch


def sample(printer: int, held: threading.Event, over: threading.Event) -> None:
    """Hold the frame of `_str` in a thread, once it is seen there, until it is over."""
    while not held.is_set():
        frame = sys._current_frames().get(printer)
        while frame is not None and frame.f_code is not torch._tensor_str._str.__code__:
            frame = frame.f_back
        if frame is not None:
            held.set()
            over.wait()


def transformed() -> list[float]:
    """A gradient of a transform, after a backward pass in which the profiler lets go of what it held."""
    held, over = threading.Event(), threading.Event()
    sampler = threading.Thread(target=sample, args=(threading.get_ident(), held, over))
    sampler.start()
    while not held.is_set():
        repr(torch.ones(2))

    def let_go(grad: torch.Tensor) -> None:
        over.set()
        sampler.join()

    x = torch.ones(2, requires_grad=True)
    x.register_hook(let_go)
    x.sum().backward()
    return torch.func.grad(lambda x: (x * x).sum())(torch.tensor([1.0, 2.0])).tolist()


def shown() -> str | None:
    """The gradient that a transform gives after it; None where it is right."""
    found: list[list[float]] = []
    thread = threading.Thread(target=lambda: found.append(transformed()))
    thread.start()
    thread.join()
    return None if found == [[2.0, 4.0]] else f"the gradient of x * x at [1, 2] is {found[0]}"


if __name__ == "__main__":
    told = shown()
    print(f"torch {torch.__version__}: {told or 'the defect is not there'}")
    sys.exit(told is None)

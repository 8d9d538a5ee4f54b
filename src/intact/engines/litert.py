"""LiteRT: the float engine, and the oracle for integers.

A session is one graph of a model loaded under one of LiteRT's three sets of kernels. Any value of the graph can be
observed: it becomes an output of a rewritten model, so that XNNPACK goes on running the rest.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from intact.errors import DataError, EngineError, UsageError
from intact.formats.tflite import to_bytes
from intact.ir.graph import Graph, Value
from intact.ir.model import Model
from intact.ir.port import Port, input_names, output_names, ports
from intact.ir.types import Array

RESOLVERS: Final = {
    "default": "BUILTIN",
    "optimized": "BUILTIN_WITHOUT_DEFAULT_DELEGATES",
    "reference": "BUILTIN_REF",
}
"""LiteRT's kernel sets by our names: with XNNPACK, optimized without delegates, reference."""

_QUIET: Final = threading.RLock()
"""Held while stderr, of which a process has one, leads elsewhere."""


class Session:
    """A graph ready to run.

    Args:
        model: the model; it is written afresh, so a session runs what is in memory.
        graph: which graph; the main one where None.
        resolver: a key of RESOLVERS.
        threads: for kernels that use several; results do not depend on it except in optimized float kernels.
        observe: values of the graph whose contents `run` returns through `observed`.
        any_shape: let inputs have shapes that the model does not declare.
        captures: keep what LiteRT writes to stderr while it runs for errors; of a process, one session runs at a time
            then. Otherwise it stays on stderr.
    Raises:
        UsageError: E003 for an unknown resolver.
        EngineError: E501 where LiteRT refuses the model.
    """

    def __init__(
        self,
        model: Model,
        graph: Graph | None = None,
        *,
        resolver: str = "default",
        threads: int = 1,
        observe: Sequence[Value] = (),
        any_shape: bool = False,
        captures: bool = True,
    ) -> None:
        if resolver not in RESOLVERS:
            raise UsageError(f"there is no resolver '{resolver}'", expected=f"one of {', '.join(RESOLVERS)}")
        graph = graph or model.main
        self.source = model.source
        self.inputs: list[Port] = ports(input_names(model, graph))
        self.outputs: list[Port] = ports(output_names(model, graph))
        index = graph.indices()
        self._inputs = [index[v] for v in graph.inputs]
        self._outputs = [index[v] for v in graph.outputs]
        self._observed = {v: index[v] for v in observe}
        self._variables = {v: i for v, i in index.items() if v.is_variable}
        self._any_shape = any_shape
        self._captures = captures
        self._content = to_bytes(exposing(model, graph, observe))
        self._interpreter = _load(self._content, resolver, threads, self.source)
        self._details = {d["index"]: d for d in self._interpreter.get_input_details()}

    def run(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        """Returns the outputs by name, for inputs by name (signature names or tensor names).

        A dynamic dimension takes whatever size the input has; the graph is then planned anew.

        Args:
            feeds: one array an input, of its type and shape.
        Raises:
            UsageError: E004 for a name that is not an input, or an input without an array; E302 for a shape.
            DataError: E303 for an element type.
            EngineError: E502 where LiteRT fails.
        """
        self._feed(feeds)
        try:
            with self._said() as said:
                self._interpreter.invoke()
        except (RuntimeError, ValueError) as fault:
            raise EngineError(f"LiteRT failed: {_first_line(fault, said)}", where=self.source) from fault
        return {p.name: self._read(i) for p, i in zip(self.outputs, self._outputs, strict=True)}

    def bare(self, feeds: Mapping[str, Array]) -> Callable[[], None]:
        """Returns what gives LiteRT these inputs, runs it and reads the outputs, with nothing of ours between.

        For measurements: `run` costs some microseconds more. It runs once here. The shapes must stay those of the last
        sample that was run. Raises as `run`; so does what is returned.
        """
        outputs = self.run(feeds).values()
        given = [
            (index, array)
            for index, array in zip(self._inputs, match(feeds, self.inputs, self.source), strict=True)
            if index in self._details
        ]
        # LiteRT does not show empty tensors.
        wanted = [index for index, array in zip(self._outputs, outputs, strict=True) if array.size]
        interpreter = self._interpreter

        def run() -> None:
            try:
                for index, array in given:
                    interpreter.set_tensor(index, array)
                interpreter.invoke()
                for index in wanted:
                    interpreter.get_tensor(index)
            except (RuntimeError, ValueError) as fault:
                raise EngineError(f"LiteRT failed: {_first_line(fault, [])}", where=self.source) from fault

        return run

    def observed(self) -> Iterator[tuple[Value, Array]]:
        """Yields each observed value with its contents after `run`, copied."""
        for value, index in self._observed.items():
            yield value, self._read(index)

    def variables(self) -> Iterator[tuple[Value, Array]]:
        """Yields each variable of the graph with its contents after `run`, copied."""
        for value, index in self._variables.items():
            yield value, self._read(index)

    def visit(self, see: Callable[[Value, Array], None]) -> None:
        """Calls `see` with each observed value and a view of LiteRT's own memory, which must not be kept."""
        for value, index in self._observed.items():
            try:
                view = self._interpreter.tensor(index)()
            except ValueError:
                # LiteRT calls the size of an empty tensor invalid. There is nothing in it to see.
                continue
            see(value, view)

    def reset(self) -> None:
        """Sets variable tensors back to their initial state."""
        self._interpreter.reset_all_variables()

    def _read(self, index: int) -> Array:
        try:
            array: Array = self._interpreter.get_tensor(index)
        except ValueError as fault:
            details = {d["index"]: d for d in self._interpreter.get_output_details()}.get(index)
            if details is not None and 0 in details["shape"]:
                # LiteRT calls the size of an empty tensor invalid.
                return np.empty(details["shape"], details["dtype"])
            raise EngineError(f"LiteRT gives no contents for tensor {index} ({fault})", where=self.source) from fault
        return array

    def _said(self) -> contextlib.AbstractContextManager[list[str]]:
        return _capture() if self._captures else contextlib.nullcontext([])

    def _feed(self, feeds: Mapping[str, Array]) -> None:
        arrays = match(feeds, self.inputs, self.source)
        for port, array in zip(self.inputs, arrays, strict=True):
            require_fit(array, port, self.source, any_shape=self._any_shape)
        try:
            with self._said() as said:
                moved = False
                for index, array in zip(self._inputs, arrays, strict=True):
                    if index in self._details and tuple(self._details[index]["shape"]) != array.shape:
                        self._interpreter.resize_tensor_input(index, array.shape, strict=False)
                        moved = True
                if moved:
                    self._interpreter.allocate_tensors()
                    self._details = {d["index"]: d for d in self._interpreter.get_input_details()}
                for index, array in zip(self._inputs, arrays, strict=True):
                    if index in self._details:
                        self._interpreter.set_tensor(index, array)
        except (RuntimeError, ValueError) as fault:
            raise EngineError(f"LiteRT refused the input: {_first_line(fault, said)}", where=self.source) from fault


def exposing(model: Model, graph: Graph, observe: Sequence[Value]) -> Model:
    """Returns a copy of the model whose main graph is `graph` and has the values `observe` as further outputs."""
    twin = model.clone()
    copy = twin.graphs[model.graphs.index(graph)]
    index = graph.indices()
    copy.outputs += [copy.values[index[v]] for v in observe if v not in graph.outputs and v not in graph.inputs]
    twin.graphs.remove(copy)
    twin.graphs.insert(0, copy)
    # Signatures name outputs by position as well; a session addresses tensors by index and needs none.
    twin.signatures = []
    return twin


def match(feeds: Mapping[str, Array], inputs: Sequence[Port], source: str) -> list[Array]:
    """Returns the arrays for a graph's inputs, in their order.

    Raises:
        UsageError: E003 where they have no names, E004 for a name that is not an input, or an input without an array.
        DataError: E303 for what is no array.
    """
    if not isinstance(feeds, Mapping):
        raise UsageError(
            f"the inputs are a {type(feeds).__name__}",
            expected=f"a mapping with arrays for {', '.join(p.name for p in inputs)}",
            where=source,
        )
    left = dict(feeds)
    arrays = []
    for port in inputs:
        name = next((n for n in (port.name, *port.aliases) if n in left), None)
        if name is None:
            raise UsageError(
                f"input '{port.name}' was given nothing",
                expected=f"arrays for {', '.join(p.name for p in inputs)}",
                code="E004",
                where=source,
            )
        # A 0-d object array is how LiteRT takes strings; np.asarray keeps it.
        given = left.pop(name)
        try:
            array = np.asarray(given)
        except ValueError as fault:
            raise DataError(f"input '{port.name}' is no array ({fault})", code="E303", where=source) from fault
        if given is None:
            raise DataError(f"input '{port.name}' is None", code="E303", expected="an array", where=source)
        arrays.append(array)
    if left:
        raise UsageError(
            f"there is no input '{next(iter(left))}'",
            expected=f"one of {', '.join(p.name for p in inputs)}",
            code="E004",
            where=source,
        )
    return arrays


def require_fit(array: Array, port: Port, source: str, *, any_shape: bool = False) -> None:
    """Refuses an array that is not what an input stores; a dynamic dimension takes any size.

    Raises:
        UsageError: E302 for its shape.
        DataError: E303 for its element type.
    """
    wanted = port.type.dtype.numpy
    if wanted is not None and array.dtype != wanted:
        raise DataError(
            f"input '{port.name}' was given {array.dtype}", expected=f"{wanted.name}", code="E303", where=source
        )
    allowed = port.type.signature or port.type.shape
    free = any_shape or allowed is None
    if not free and not (
        len(allowed or ()) == array.ndim and all(a in (-1, s) for a, s in zip(allowed or (), array.shape, strict=True))
    ):
        raise UsageError(
            f"input '{port.name}' was given the shape {list(array.shape)}",
            expected=f"{list(allowed or ())}, -1 for any size",
            code="E302",
            where=source,
        )


def _load(content: bytes, resolver: str, threads: int, source: str) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    try:
        with _capture() as said:
            interpreter = Interpreter(
                model_content=content,
                experimental_op_resolver_type=getattr(OpResolverType, RESOLVERS[resolver]),
                num_threads=threads,
            )
            interpreter.allocate_tensors()
    except (RuntimeError, ValueError) as fault:
        raise EngineError(
            f"LiteRT's {resolver} kernels refuse the model: {_first_line(fault, said)}", code="E501", where=source
        ) from fault
    return interpreter


@contextlib.contextmanager
def _capture() -> Iterator[list[str]]:
    """Collects what native code writes to stderr, so that a log line never lands in the middle of a user's table.

    One thread at a time: two that redirect stderr in turn would leave it where the first had led it.
    """
    said: list[str] = []
    with _QUIET, tempfile.TemporaryFile() as file:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            said += file.read().decode(errors="replace").splitlines()


def _first_line(fault: Exception, said: Sequence[str]) -> str:
    """The part of LiteRT's message that says what is wrong; what it printed where the exception says nothing."""
    lines = [line.removeprefix("ERROR: ") for line in (*str(fault).splitlines(), *said) if line.strip()]
    lines = [line for line in lines if not line.startswith("INFO:")]
    text = lines[0] if lines else type(fault).__name__
    return re.sub(r"(?<=\S)(Node number \d+)", r" (\1)", text, count=1).strip().rstrip(".")

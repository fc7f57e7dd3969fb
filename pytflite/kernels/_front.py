"""numba as no more than a front end: what turns kernels of the engine, and their helpers, into LLVM IR.

As a rule numba optimizes every function, and makes machine code of it, as soon as it is compiled, also where others
inline it; and it makes ready what kernels of the engine do not need, such as memory that is counted. So they are
compiled for a target of their own (`numba.core.target_extension`), the processor like numba's, where that is left out.
`pytflite.kernels._compile.object_code` optimizes a kernel when all that it calls is there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from numba.core import codegen, compiler, cpu, dispatcher, types
from numba.core import typed_passes as typed
from numba.core import untyped_passes as untyped
from numba.core.compiler_machinery import PassManager
from numba.core.descriptors import TargetDescriptor
from numba.core.target_extension import CPU, dispatcher_registry, jit_registry, target_override, target_registry
from numba.core.typing import context as typing_context

NAME = "pytflite"

OPTIONS = {
    "nopython": True,
    "nogil": True,
    "error_model": "numpy",
    "fastmath": False,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "_nrt": False,
}
"""Those of `pytflite.kernels._compile.kernel`, without what Python needs to call the code, and without counts."""

PASSES = (
    untyped.TranslateByteCode,
    untyped.FixupArgs,
    untyped.IRProcessing,
    untyped.DeadBranchPrune,
    untyped.GenericRewrites,
    untyped.ReconstructSSA,
    typed.NopythonTypeInference,
    typed.PreLowerStripPhis,
    typed.IRLegalization,
    typed.AnnotateTypes,
    typed.NativeLowering,
    typed.NoPythonBackend,
)
"""Of numba's passes those that kernels need: they have no closures, no exceptions and no arrays to fuse."""


class Pipeline(compiler.CompilerBase):
    """From Python to LLVM IR."""

    def define_pipelines(self) -> list[Any]:
        """The one list of passes."""
        passes: Any = PassManager(NAME)  # type: ignore[no-untyped-call]
        for one in PASSES:
            passes.add_pass(one, one.__name__)
        passes.finalize()
        return [passes]


class Library(codegen.CPUCodeLibrary):
    """The code of a function, as it was written."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_specific(self) -> None:
        pass

    @classmethod
    def _object_compiled_hook(cls, ll_module: Any, buf: bytes) -> None:
        pass

    @classmethod
    def _object_getbuffer_hook(cls, ll_module: Any) -> None:
        pass


class Codegen(codegen.JITCPUCodegen):
    """Makes libraries, but no machine code of them."""

    _library_class = Library  # type: ignore[assignment]

    def _add_module(self, module: Any) -> None:
        pass


class TypingContext(typing_context.Context):
    """The types of numbers and arrays."""

    def load_additional_registries(self) -> None:
        """Those of functions."""
        from numba.core.typing import mathdecl, npydecl

        self.install_registry(mathdecl.registry)  # type: ignore[no-untyped-call]
        self.install_registry(npydecl.registry)  # type: ignore[no-untyped-call]


class TargetContext(cpu.CPUContext):
    """The processor."""

    _is_refreshing = False

    def init(self) -> None:
        """As numba's own, with another code generator."""
        super().init()
        self._internal_codegen = Codegen(NAME)  # type: ignore[no-untyped-call]

    def refresh(self) -> None:
        """Load what was registered since the last time; which asks for the same many times over."""
        if not self._is_refreshing:
            self._is_refreshing = True
            super().refresh()  # type: ignore[no-untyped-call]
            self._is_refreshing = False

    def load_additional_registries(self) -> None:
        """Implementations for numbers and arrays, some of which register when they are imported."""
        from numba.cpython import builtins, mathimpl, numbers, rangeobj, tupleobj  # noqa: F401
        from numba.np import arrayobj, npyimpl  # noqa: F401

        self.install_registry(mathimpl.registry)  # type: ignore[no-untyped-call]
        self.install_registry(npyimpl.registry)  # type: ignore[no-untyped-call]

    def post_lowering(self, mod: Any, library: Any) -> None:
        """Nothing: numba links its run time here."""

    def get_executable(self, library: Any, fndesc: Any, env: Any) -> object:
        """What stands for the function; nobody calls it."""
        return object()


class Target(TargetDescriptor):
    """Both contexts, made when they are first needed."""

    options = cpu.CPUTargetOptions

    @cached_property
    def typing_context(self) -> Any:
        """What types there are."""
        return TypingContext()  # type: ignore[no-untyped-call]

    @cached_property
    def target_context(self) -> Any:
        """What code there is for them."""
        return TargetContext(self.typing_context, NAME)  # type: ignore[no-untyped-call]


class Processor(CPU):
    """The name of the target among numba's: what is there for its CPU is there for this, too."""


target_registry[NAME] = Processor
target = Target(NAME)  # type: ignore[no-untyped-call]


class Dispatcher(dispatcher.Dispatcher):
    """A function for the target."""

    targetdescr = target

    def add_overload(self, cres: Any) -> None:
        """Remember the code for some types."""
        self.overloads[tuple(cres.signature.args)] = cres


def helper(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: what only kernels of the engine call, with the options of `kernel`; kept within their code."""
    compiled: Any = Dispatcher(function, targetoptions=dict(OPTIONS), pipeline_class=Pipeline)
    wrapped: Callable[..., Any] = compiled
    return wrapped


def _jit(**options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What numba decorates its own implementations with."""
    return helper


dispatcher_registry[Processor] = Dispatcher
jit_registry[Processor] = _jit


def code_of(function: Callable[..., Any]) -> Any:
    """What numba makes of a function of four int64 and of all that it calls."""
    compiled: Any = helper(function)
    arguments = (types.int64,) * 4
    with target_override(NAME):  # type: ignore[no-untyped-call]
        compiled.compile(arguments)
    return compiled.overloads[arguments]

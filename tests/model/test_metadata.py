"""Descriptions and attached files."""

import io
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from pytflite import flatbuffer
from pytflite.errors import FormatError
from pytflite.model.metadata import NAME
from pytflite.model.read import read
from pytflite.model.types import Model
from pytflite.model.write import write
from pytflite.schema import metadata, metadata_layout
from pytflite.schema.metadata import (
    AssociatedFile,
    AssociatedFileType,
    Content,
    ImageProperties,
    ImageSize,
    ModelMetadata,
    NormalizationOptions,
    ProcessUnit,
    SubGraphMetadata,
    TensorMetadata,
)
from tests.files import SHARED, needs_corpus
from tests.model.test_read import small

ABOUT = ModelMetadata(
    name="Classifier",
    subgraph_metadata=(
        SubGraphMetadata(
            input_tensor_metadata=(
                TensorMetadata(
                    name="image",
                    dimension_names=("batch", "height"),
                    content=Content(ImageProperties(metadata.ColorSpaceType.RGB, ImageSize(224, 224))),
                    process_units=(ProcessUnit(NormalizationOptions((127.5,), (127.5,))),),
                ),
            ),
            output_tensor_metadata=(
                TensorMetadata(
                    associated_files=(AssociatedFile("labels.txt", type=AssociatedFileType.TENSOR_AXIS_LABELS),)
                ),
            ),
        ),
    ),
)


def described(content: bytes) -> Model:
    model = small()
    return replace(
        model,
        buffers=(*model.buffers, np.frombuffer(content, np.uint8)),
        metadata={**model.metadata, NAME: len(model.buffers)},
    )


def zipped(method: int = zipfile.ZIP_DEFLATED, **files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as writer:
        for name, content in files.items():
            writer.writestr(name, content)
    return target.getvalue()


def test_a_description_is_read() -> None:
    content = bytes(flatbuffer.build(ABOUT, metadata_layout.ROOT, metadata_layout.IDENTIFIER))
    model = read(write(described(content)))
    assert model.describe() == ABOUT


def test_a_model_without_a_description() -> None:
    assert small().describe() is None


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (described(b"TFL3TFL3TFL3"), "identifier is b'TFL3', not b'M001'"),
        (described(b""), "too few"),
        (replace(small(), metadata={NAME: 99}), "metadata buffer 99 is empty or missing"),
        (replace(small(), metadata={NAME: 0}), "metadata buffer 0 is empty or missing"),
    ],
)
def test_a_damaged_description(model: Model, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        model.describe()


@needs_corpus
def test_the_descriptions_and_labels_of_others() -> None:
    model = read(SHARED / "coral/mobilenet_v2_1.0_224_quant.tflite")
    about = model.describe()
    assert about
    assert about.name == "ImageClassifier"
    (graph,) = about.subgraph_metadata
    (image,) = graph.input_tensor_metadata
    assert image.content
    assert isinstance(image.content.content_properties, ImageProperties)
    (labels,) = graph.output_tensor_metadata[0].associated_files
    assert labels.type == AssociatedFileType.TENSOR_AXIS_LABELS
    assert model.associated_files[labels.name].split(b"\n")[0] == b"background"
    assert model.notes == ()


def test_any_zip_tool_reads_what_is_attached() -> None:
    data = write(replace(small(), associated_files={"a.txt": b"A" * 50, "b.txt": b""}))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {"a.txt": b"A" * 50, "b.txt": b""}


def test_what_zip_tools_attach_is_read() -> None:
    target = io.BytesIO(write(small()))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("a.txt", b"A")
    model = read(target.getvalue())
    assert model.associated_files == {"a.txt": b"A"}
    assert model.notes == ()


@pytest.mark.parametrize(
    "tail",
    [
        zipped(a=b"A" * 100_000),
        zipped(zipfile.ZIP_LZMA, a=b"A"),
        zipped(zipfile.ZIP_BZIP2, a=b"A"),
        zipped(a=b"hello" * 9)[40:],
        zipped(zipfile.ZIP_STORED, a=b"hello").replace(b"hello", b"hellO"),
        b"PK\5\6" + b"\xff" * 18,
        b"PK\5\6",
    ],
    ids=["bomb", "lzma", "bzip2", "cut", "checksum", "nonsense", "end"],
)
def test_a_damaged_archive_is_noted(tail: bytes) -> None:
    model = read(write(small()) + tail)
    assert model == small()
    assert [note.rule for note in model.notes] == ["associated-files"]
    assert model.associated_files == {}


def test_an_empty_archive_is_none() -> None:
    assert read(write(small()) + b"PK\5\6" + bytes(18)).notes == ()


def test_other_trailing_bytes_are_left_alone() -> None:
    model = read(write(small()) + b"anything")
    assert model == small()
    assert model.notes == ()

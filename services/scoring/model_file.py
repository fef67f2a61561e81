"""The file of a model, with what is known of it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a model without its file.

    Attributes:
        id: A name and a version, such as `spoilage-1`. What it stands for never changes.
        sha256: Of the file, in hexadecimal digits.
        created: When it was made, in seconds since the epoch.

    """

    id: str
    sha256: str
    created: int

    @property
    def name(self) -> str:
        """The resource name."""
        return f"models/{self.id}"

    def is_file(self, data: bytes | None) -> bool:
        """Tell whether these are the bytes of the file."""
        return data is not None and hashlib.sha256(data).hexdigest() == self.sha256


def shipped(folder: Path) -> Iterator[tuple[Known, bytes]]:
    """Read the models that come with the service: of each, `<id>.onnx` and `<id>.json`. Bytes may not be what they should be."""
    for path in sorted(folder.glob("*.json")):
        about = json.loads(path.read_text())
        created = int(datetime.fromisoformat(about["createTime"]).timestamp())
        yield Known(path.stem, about["sha256"], created), path.with_suffix(".onnx").read_bytes()

"""A model in memory, and what it says of goods."""

from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from features import NAMES, Histories, features

_WIDTH: Final = len(NAMES)


class UnfitError(Exception):
    """The model takes or gives something else than a score needs."""


class Scorer:
    """A model that is fit to give scores.

    Attributes:
        name: The resource name of the model.

    Raises:
        UnfitError: It is not.

    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        options = onnxruntime.SessionOptions()
        # A run is too short to share between threads, and what goes wrong is said by exceptions.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # Its own classes share no base.
            raise UnfitError("it is no ONNX model") from error
        takes = [(each.name, each.type, each.shape[1:]) for each in self._session.get_inputs()]
        gives = [(each.name, each.type) for each in self._session.get_outputs()]
        if takes != [("features", "tensor(float)", [_WIDTH])] or gives != [("risk", "tensor(float)")]:
            raise UnfitError(f"it must take features (float, {_WIDTH} wide) and give risk (float)")
        if self._session.get_modelmeta().custom_metadata_map.get("features") != ",".join(NAMES):
            raise UnfitError("it was trained on other features")
        self._try()

    def _try(self) -> None:
        goods = Histories(np.zeros(2, np.intp), np.array([5.0, 0.0]), np.array([0, 2]), np.arange(4.0), np.full(4, 2.0))
        try:
            risks = self.risks(goods)
        except Exception as error:
            raise UnfitError("it fails") from error
        if risks.shape != (2,) or not np.all((risks >= 0) & (risks <= 1)):
            raise UnfitError("what it gives is no probability for each of the goods")

    def risks(self, goods: Histories) -> NDArray[np.float32]:
        """Return for each of the goods the probability that they spoil before their date."""
        return self.risks_of(features(goods))

    def risks_of(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the same for goods whose features are known."""
        (answer,) = self._session.run(["risk"], {"features": rows})
        return answer[:, 0]

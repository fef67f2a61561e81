"""Writes boosted trees as an ONNX graph: float features in, a probability out.

By hand, since a graph of two nodes is less to keep in step with scikit-learn than a converter.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper
from sklearn.ensemble import HistGradientBoostingClassifier


def to_onnx(trees: HistGradientBoostingClassifier, names: Sequence[str], title: str) -> bytes:
    """Return the model file: input `features` (N x len(names)), output `risk` (N x 1). The same trees give the same bytes."""
    nodes: dict[str, list] = {
        key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")
    }
    leaves: dict[str, list] = {key: [] for key in ("treeids", "nodeids", "ids", "weights")}
    # There is no public way to the trees.
    for tree, (predictor,) in enumerate(trees._predictors):
        for number, node in enumerate(predictor.nodes):
            leaf = bool(node["is_leaf"])
            nodes["treeids"].append(tree)
            nodes["nodeids"].append(number)
            nodes["featureids"].append(0 if leaf else int(node["feature_idx"]))
            nodes["values"].append(0.0 if leaf else _below(float(node["num_threshold"])))
            nodes["modes"].append("LEAF" if leaf else "BRANCH_LEQ")
            nodes["truenodeids"].append(0 if leaf else int(node["left"]))
            nodes["falsenodeids"].append(0 if leaf else int(node["right"]))
            if leaf:
                leaves["treeids"].append(tree)
                leaves["nodeids"].append(number)
                leaves["ids"].append(0)
                leaves["weights"].append(float(node["value"]))
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["logit"],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function="SUM",
        base_values=[float(trees._baseline_prediction.item())],
        **{f"nodes_{key}": values for key, values in nodes.items()},
        **{f"target_{key}": values for key, values in leaves.items()},
    )
    sigmoid = helper.make_node("Sigmoid", ["logit"], ["risk"])
    graph = helper.make_graph(
        [ensemble, sigmoid],
        title,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(names)])],
        [helper.make_tensor_value_info("risk", TensorProto.FLOAT, ["N", 1])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, producer_name="larder", opset_imports=opsets, ir_version=8)
    helper.set_model_props(model, {"features": ",".join(names)})
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _below(threshold: float) -> float:
    """Return the largest 32-bit number that is not above: features have 32 bits, so that each goes the same way as by 64."""
    single = np.float32(threshold)
    return float(single if single <= threshold else np.nextafter(single, np.float32(-np.inf)))

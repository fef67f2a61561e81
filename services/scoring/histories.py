"""Histories of the contract as numbers: of one call's goods in plain ones, of many in arrays."""

from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from operator import lt
from typing import Final

import numpy as np
from larder_contract.larder.coldchain.v1.excursion_pb import TemperatureSample
from larder_contract.larder.scoring.v1 import score_pb as contract
from larder_contract.larder.scoring.v1.scoring_service_pb import ScoreBatchRequest
from larder_platform import invalid_request
from numpy.typing import NDArray
from protobuf.wkt import Duration, Timestamp

from errors import history_out_of_order
from features import DAY, Histories
from goods import Goods

MOST: Final = 1000
"""How many goods a batch may have."""

# Times further away than this are all the same: beyond it differences do not fit into 64 bits.
_FURTHEST: Final = 2**61


def goods_of(goods: contract.Goods, field: str) -> Goods:
    """Return goods of the contract, which validation has passed, as the rules see them.

    Raises:
        RpcError: HISTORY_OUT_OF_ORDER; INVALID_REQUEST for a sample without a time.

    """
    history = goods.history
    stamps = [sample.time for sample in history]
    try:
        # From the first on, so that nanoseconds of today are not lost in a float.
        begin = stamps[0].seconds
        times = [(each.seconds - begin) + each.nanos * 1e-9 for each in stamps]
    except AttributeError:
        raise _no_time(stamps, f"{field}.history") from None
    if not all(map(lt, times, times[1:])):
        behind = next(index for index, (before, after) in enumerate(pairwise(times), 1) if before >= after)
        raise history_out_of_order(f"{field}.history[{behind}].time")
    celsius = [sample.celsius for sample in history]
    return Goods(goods.product_class - 1, _days(goods.remaining_shelf_life), goods.stock, times, celsius)


def batch_of(request: ScoreBatchRequest) -> tuple[Histories, NDArray[np.float64]]:
    """Return the goods of a batch in the order of their scores, and how many packs there are of each.

    A history that goods share is read once, and stands once for each class of goods that had it.

    Raises:
        RpcError: HISTORY_OUT_OF_ORDER; INVALID_REQUEST for a sample without a time, no goods or too many.

    """
    own, together = request.goods, request.together
    lots = [*own, *chain.from_iterable([each.lots for each in together])]
    if not 0 < len(lots) <= MOST:
        wrong = f"goods and the lots of together must be at least 1 and at most {MOST}, not {len(lots)}"
        raise invalid_request([("together" if len(own) < len(lots) else "goods", wrong)])
    kinds = np.array([each.product_class for each in lots], np.intp) - 1
    days = np.array([_days(each.remaining_shelf_life) for each in lots], np.float64)
    stock = np.array([each.stock for each in lots], np.float64)
    starts, times, celsius = _read([each.history for each in own], lambda index: f"goods[{index}].history")
    if not together:
        return Histories(kinds, days, starts, times, celsius), stock
    shared = _read([each.history for each in together], lambda index: f"together[{index}].history")
    # From here on a history is one that goods of one class had.
    parts, first, of, had = [(times, celsius)], len(own), list(range(len(own))), kinds[: len(own)].tolist()
    begins, length = starts.tolist(), len(times)
    for index, (begin, end) in enumerate(pairwise([*shared[0].tolist(), len(shared[1])])):
        following = first + len(together[index].lots)
        seen: dict[int, int] = {}
        for kind in kinds[first:following].tolist():
            if kind not in seen:
                seen[kind] = len(had)
                had.append(kind)
                begins.append(length)
                parts.append((shared[1][begin:end], shared[2][begin:end]))
                length += end - begin
            of.append(seen[kind])
        first = following
    times, celsius = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Histories(np.array(had, np.intp), days, np.array(begins, np.intp), times, celsius, np.array(of)), stock


def _read(
    histories: Sequence[Sequence[TemperatureSample]], field: Callable[[int], str]
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """Return where each history begins, the seconds since then, and the temperatures."""
    lengths = np.array([len(each) for each in histories], np.intp)
    starts = np.cumsum(lengths) - lengths
    samples = list(chain.from_iterable(histories))
    stamps = [each.time for each in samples]
    try:
        seconds = np.array([each.seconds for each in stamps], np.int64)
        nanos = np.array([each.nanos for each in stamps], np.int64)
    except AttributeError:
        index = next(index for index, each in enumerate(histories) if any(sample.time is None for sample in each))
        raise _no_time([sample.time for sample in histories[index]], field(index)) from None
    falls = seconds[1:] < seconds[:-1]
    falls |= (seconds[1:] == seconds[:-1]) & (nanos[1:] <= nanos[:-1])
    falls[starts[1:] - 1] = False
    if falls.any():
        behind = int(np.argmax(falls)) + 1
        index = int(np.searchsorted(starts, behind, "right")) - 1
        raise history_out_of_order(f"{field(index)}[{behind - starts[index]}].time")
    np.clip(seconds, -_FURTHEST, _FURTHEST, out=seconds)
    times = (seconds - np.repeat(seconds[starts], lengths)) + nanos * 1e-9
    return starts, times, np.array([each.celsius for each in samples], np.float64)


def _no_time(stamps: Sequence[Timestamp | None], field: str) -> Exception:
    return invalid_request([(f"{field}[{stamps.index(None)}].time", "value is required")])


def _days(left: Duration) -> float:
    return (left.seconds + left.nanos * 1e-9) / DAY

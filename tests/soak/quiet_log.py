"""No log: thousands of faults on purpose would drown what there is to see."""

from __future__ import annotations

import logging

import structlog


def quieten() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)

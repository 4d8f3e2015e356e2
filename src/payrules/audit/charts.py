"""Charts as SVG that stands in a page: no script, no network, and the colours of the page.

A chart is a Vega-Lite specification, which is data. Its colours are the page's own variables, so that one picture
reads in dark and in light; the page has the legend, and the figures as a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import vl_convert
from attrs import frozen

WIDTH, HEIGHT = 340, 160
"""Of what is drawn, without labels: narrow, so that it need not be made smaller on a phone."""

_FONT = "system-ui, sans-serif"
_CONFIG = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink)",
        "titleColor": "var(--ink)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "gridColor": "var(--line)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelLimit": 200,
    },
}


@frozen
class Series:
    """What is counted apart: its name and the variable of its colour."""

    name: str
    colour: str


def over_time(rows: Sequence[Mapping[str, Any]], months: Sequence[str], series: Sequence[Series]) -> str:
    """Bars by month, `rows` of `month`, `name` and `number`, one upon the other in the order of the series."""
    names = [item.name for item in series]
    placed = [{**row, "place": names.index(row["name"])} for row in rows]
    return _svg(
        {
            "data": {"values": placed},
            "width": WIDTH,
            "height": HEIGHT,
            "mark": {"type": "bar", "stroke": "var(--paper)", "strokeWidth": 0.5},
            "encoding": {
                "x": {
                    "field": "month",
                    "type": "ordinal",
                    "title": None,
                    "scale": {"domain": list(months)},
                    "axis": {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 6, "grid": False},
                },
                "y": {
                    "field": "number",
                    "type": "quantitative",
                    "title": None,
                    "axis": {
                        "tickMinStep": 1,
                        "tickCount": 5,
                        "format": ",d",
                        "domain": False,
                        "ticks": False,
                        "minExtent": _labels(f"{max((row['number'] for row in rows), default=0):,}"),
                    },
                },
                "color": {
                    "field": "name",
                    "type": "nominal",
                    "legend": None,
                    "scale": {"domain": names, "range": [f"var({item.colour})" for item in series]},
                },
                "order": {"field": "place", "type": "quantitative"},
            },
        }
    )


def by_name(rows: Sequence[Mapping[str, Any]], series: Sequence[Series]) -> str:
    """A bar for each of the series, longest as long as the picture is wide; its number stands beside it."""
    names = [item.name for item in series]
    axis = {"ticks": False, "domain": False, "minExtent": max(map(_labels, names))}
    y = {"field": "name", "type": "nominal", "title": None, "sort": names, "axis": axis}
    x = {"field": "number", "type": "quantitative", "axis": None, "scale": {"domainMin": 0}}
    colours = {"domain": names, "range": [f"var({item.colour})" for item in series]}
    bar = {
        "mark": {"type": "bar", "height": 16},
        "encoding": {"color": {"field": "name", "type": "nominal", "legend": None, "scale": colours}},
    }
    label = {
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 12, "fill": "var(--ink)"},
        "encoding": {"text": {"field": "number", "format": ",d"}},
    }
    return _svg(
        {
            "data": {"values": list(rows)},
            "width": WIDTH // 2,
            "height": {"step": 26},
            "encoding": {"y": y, "x": x},
            "layer": [bar, label],
        }
    )


def _labels(longest: str) -> int:
    """Room for a label in whatever font the page has, which is not the one that the library measures with."""
    return 9 * len(longest) + 4


def _svg(spec: dict[str, Any]) -> str:
    drawn: str = vl_convert.vegalite_to_svg(
        {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": _CONFIG, **spec}
    )
    return drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)

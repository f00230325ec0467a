"""Faults that change the content of an answer."""

from __future__ import annotations

import copy
from datetime import timedelta

from parkstats_project.tests.upstream.world import utc


def bend(kind: str, fault: dict, path: str, body):
    """Apply a fault that changes the content."""
    value = fault.get("value")

    def mine(item: dict) -> bool:
        return fault.get("entity") in (None, item.get("id"), item.get("name"))

    wiki = [x for x in body.get("liveData", []) if mine(x)] if isinstance(body, dict) else []
    rides = []
    if isinstance(body, dict) and "rides" in body:
        rides = [x for group in [*body["lands"], body] for x in group["rides"] if mine(x)]
    if kind == "empty_live":
        if "liveData" in body:
            body["liveData"] = []
        if "lands" in body:
            body["lands"] = body["rides"] = []
    elif kind == "unknown_status":
        for item in wiki:
            item["status"] = fault.get("value", "WEATHER_DELAY")
    elif kind == "unknown_type":
        for item in wiki or [c for c in body.get("children", []) if mine(c)]:
            item["entityType"] = fault.get("value", "KIOSK")
    elif kind == "wait":
        for item in wiki:
            if "STANDBY" in (item.get("queue") or {}):
                item["queue"]["STANDBY"]["waitTime"] = value
        for item in rides:
            item["wait_time"] = value
    elif kind in ("missing_last_updated", "stale_last_updated", "naive_last_updated", "clock_skew"):
        for item, name, form in [(x, "lastUpdated", "%Y-%m-%dT%H:%M:%SZ") for x in wiki] + [
            (x, "last_updated", "%Y-%m-%dT%H:%M:%S.000Z") for x in rides
        ]:
            if kind == "missing_last_updated":
                del item[name]
            elif kind == "naive_last_updated":
                item[name] = item[name].rstrip("Z")
            else:
                shift = (
                    timedelta(seconds=fault.get("seconds", 7200))
                    if kind == "clock_skew"
                    else -timedelta(minutes=fault.get("minutes", 600))
                )
                item[name] = (utc(item[name]) + shift).strftime(form)
    elif kind == "duplicate":
        for items in (body.get("liveData"), body.get("children")):
            if items is not None:
                items.extend(copy.deepcopy([x for x in items if mine(x)]))
    elif kind == "drop":
        for name in ("liveData", "children"):
            if name in body:
                body[name] = [x for x in body[name] if not mine(x)]
        for group in [*body.get("lands", []), body]:
            if "rides" in group:
                group["rides"] = [x for x in group["rides"] if not mine(x)]
    elif kind.startswith("schedule_"):
        for row in body.get("schedule", []):
            if kind == "schedule_null_times":
                row["openingTime"] = row["closingTime"] = None
            elif kind == "schedule_naive":
                row["openingTime"], row["closingTime"] = row["openingTime"][:19], row["closingTime"][:19]
            else:  # a close at midnight anchored on the wrong day
                row["closingTime"] = row["date"] + "T00:00:00" + row["openingTime"][19:]
    elif kind in ("degraded_opening", "unknown_opening"):
        for item in body.get("entities", [body]):
            if mine(item) and "opening" in item:
                item["opening"] = {"time": item["opening"]["time"], "status": None}
                if kind == "degraded_opening":
                    item["opening"].update(degraded=True, degradedReason=fault.get("reason", "timeout"))
    return body

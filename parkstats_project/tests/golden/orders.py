"""Where an answer has lists with a documented order, and by what; what else of it is put aside to be compared."""

import unicodedata
from collections import namedtuple
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qs

Rule = namedtuple("Rule", "pointer key")
HIDDEN = object()  # ordered by a value that the answer does not show; the record's order_keys hold it
UNORDERED = object()  # no order is promised


def normal(value):
    """A sort value in comparable form: 1, 1.0 and "1.00" are the same key."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, str)):
        try:
            number = Decimal(str(value))
            if number.is_finite():
                return number.normalize() + 0
        except InvalidOperation:
            pass
    return value


def by(*names):
    def key(row):
        return tuple(normal(row.get(name)) for name in names)
    key.names = names
    return key


def by_name(row):
    text = unicodedata.normalize("NFKD", str(row.get("name", ""))).casefold()
    return "".join(c for c in text if not unicodedata.combining(c)).rstrip()


def query_of(path):
    _, _, text = path.partition("?")
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def rules_for(path):
    """Where the answer of this path has lists with a documented order, and by what."""
    route = path.partition("?")[0]
    query = query_of(path)
    period = query.get("period", "live")
    sort_by = query.get("sort_by")
    parts = [part for part in route.split("/") if part]

    if route == "/api/parks/downtime":
        sort_by = sort_by or "shame_score"
        if period in ("live", "today"):
            name = "shame_score" if sort_by == "shame_score" else "total_downtime_hours"
        elif period == "7days":
            name = "shame_score" if query.get("weighted", "").lower() == "true" else "total_downtime_hours"
        elif period == "30days":
            name = "shame_score"
        else:
            name = sort_by
        return [Rule("/data", by(name))]
    if route == "/api/parks/waittimes":
        return [Rule("/data", by("avg_wait_time" if period in ("last_week", "last_month") else "avg_wait_minutes"))]
    if route == "/api/rides/downtime":
        sort_by = sort_by or "downtime_hours"
        if period == "today":
            name = sort_by
        elif period in ("last_week", "last_month"):
            name = "uptime_percentage" if sort_by == "uptime_percentage" else "total_downtime_hours"
        elif period == "live":
            # Rows with calculated_at come from the prepared ranking, which knows one order only.
            # Without it they were computed from snapshots, in the order asked for.
            names = ("current_is_open", "downtime_hours") if sort_by == "current_is_open" else (sort_by,)
            computed, prepared = by(*names), by("downtime_hours")
            return [Rule("/data", lambda row: prepared(row) if "calculated_at" in row else computed(row))]
        else:
            name = "downtime_hours"
        return [Rule("/data", by(name))]
    if route == "/api/rides/waittimes":
        mode = query.get("mode", period)
        name = {"7day-average": "avg_wait_7days", "peak-times": "peak_wait_7days"}.get(mode, "avg_wait_minutes")
        return [Rule("/data", by(name))]
    if route == "/api/trends":
        name = "improvement_percentage" if "improving" in query.get("category", "") else "decline_percentage"
        return [Rule("/parks", by(name)), Rule("/rides", by(name))]
    if route == "/api/trends/longest-wait-times":
        return [Rule("/data", by("avg_wait_time"))]
    if route == "/api/trends/least-reliable":
        return [Rule("/data", by("avg_shame_score" if query.get("entity") == "parks" else "downtime_hours"))]
    if route == "/api/trends/chart-data":
        return [Rule("/chart_data/datasets", HIDDEN)]
    if route == "/api/trends/heatmap-data":
        return [Rule("/rows", HIDDEN)]
    if route == "/api/search/index":
        return [Rule("/parks", by_name), Rule("/rides", by_name)]
    if route == "/api/audit/data-quality":
        return [Rule("/issues", by("detected_at"))]
    if route == "/api/audit/data-quality/summary":
        return [Rule("/summary", by("issue_count", "max_staleness_minutes"))]
    if route == "/api/audit/anomalies":
        return [Rule("/anomalies", by("anomaly_type", "entity_type", "metric"))]
    if route == "/api/audit/flagged-entities":
        return [Rule("/flagged_parks", UNORDERED), Rule("/flagged_rides", UNORDERED)]
    if route == "/api/audit/status":
        return [Rule("/failures/*/sample", UNORDERED)]
    if route == "/api/audit/run":
        return [Rule("/failures/*/sample", UNORDERED),
                Rule("/anomalies", by("anomaly_type", "entity_type", "metric"))]
    if route == "/api/audit/verify":
        return [Rule("/anomalies_detected", by("anomaly_type", "entity_type", "metric")),
                Rule("/computation_trace/*/output", by("downtime_hours"))]
    if len(parts) == 4 and parts[:2] == ["api", "parks"] and parts[3] == "rides":
        return [Rule("/rides/active", lambda r: (normal(r.get("tier_weight")), r.get("tier") is None, by_ride_name(r))),
                Rule("/rides/excluded", lambda r: (normal(r.get("days_since_operation")), by_ride_name(r)))]
    if len(parts) == 5 and parts[:2] == ["api", "parks"] and parts[3:] == ["rides", "charts"]:
        return [Rule("/datasets", lambda r: (normal(r.get("tier")), by_name({"name": r.get("label", "")})))]
    if len(parts) == 4 and parts[:2] == ["api", "parks"] and parts[3] == "details":
        # For today and yesterday downtime_hours is a second key on paper; in the recorded system
        # it did not hold, so equal weighted hours count as a tie.
        weighted = by("weighted_downtime_hours")
        tier_name = lambda r: (normal(r.get("tier")), by_ride_name(r))  # noqa: E731
        return [Rule("/shame_breakdown/rides_with_downtime", weighted),
                Rule("/shame_breakdown/rides_down", tier_name),
                Rule("/shame_breakdown/rides_excluded", tier_name)]
    return []


def by_ride_name(row):
    return by_name({"name": row.get("ride_name", "")})


def plan_dependent(anomaly):
    """Two digits that the recorded system's optimiser decided (contract/audit.md): rounded away."""
    if isinstance(anomaly, dict) and anomaly.get("entity_type") == "ride" and anomaly.get("metric") == "downtime_hours":
        return {name: round(value, 3) if name in ("expected_value", "threshold") and isinstance(value, float) else value
                for name, value in anomaly.items()}
    return anomaly


def without_plan(path, document):
    """The document with the plan-dependent digits of ride anomalies rounded; others are left as they are."""
    if not path.startswith("/api/audit/") or not isinstance(document, dict):
        return document
    return {name: [plan_dependent(item) for item in value] if name in ("anomalies", "anomalies_detected") and isinstance(value, list)
            else value for name, value in document.items()}


def joined(path, document):
    """Heatmaps hold entities and matrix side by side; join them so that rows can be compared."""
    if path.partition("?")[0] != "/api/trends/heatmap-data" or not isinstance(document, dict):
        return document
    entities, matrix = document.get("entities"), document.get("matrix")
    if isinstance(entities, list) and isinstance(matrix, list) and len(entities) == len(matrix):
        document = dict(document)
        del document["entities"], document["matrix"]
        document["rows"] = [{"entity": e, "values": m} for e, m in zip(entities, matrix)]
    return document

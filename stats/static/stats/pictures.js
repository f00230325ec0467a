// Draws the pictures of a page. A figure names its kind (data-picture); the page's element names the address of
// the figures (data-figures). Everything drawn stands in a table behind the picture, too.
"use strict";
(() => {
  const Plot = window.Plot;
  const root = document.querySelector("[data-figures]");
  if (!root) return;
  const STATES = ["operating", "down", "closed", "refurbishment", "no data"];
  const fillOf = (state) => `var(--state-${state.replace(" ", "-")})`;

  // Moments are drawn on the clock of the park: shifted to it, then treated as UTC.
  const shifted = (zone) => {
    const parts = new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
    return (text) => {
      const at = Object.fromEntries(parts.formatToParts(new Date(text)).map((part) => [part.type, part.value]));
      return new Date(Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second));
    };
  };
  // Ticks of a day, as many as fit, on the clock of 24 hours.
  const hours = (place) => ({ type: "utc", label: null, ticks: place.clientWidth < 560 ? "6 hours" : "2 hours", tickFormat: (date) => hm(date) });
  const hm = (date) => date.toISOString().slice(11, 16);
  const span = (minutes) => (minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`);
  // An axis of what is never negative: from 0, to 1 at least, so that zeros have one, too.
  const fromZero = (label, values, most = Math.max(1, ...values.map(Number))) =>
    ({ label, grid: true, domain: [0, most], ...(most === 1 ? { ticks: [0, 1], tickFormat: "d" } : {}) });
  const known = (value, unit = "") => (value === null || value === undefined ? "no data" : `${value}${unit}`);

  const say = (figure, sentence) => { figure.querySelector(".drawing").textContent = sentence; };
  const table = (figure, heads, rows) => {
    const details = document.createElement("details");
    const summary = details.appendChild(document.createElement("summary"));
    summary.textContent = `As a table (${rows.length})`;
    const box = details.appendChild(document.createElement("div"));
    box.className = "box";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `${figure.querySelector("figcaption").firstChild.textContent.trim()} as a table`);
    const made = box.appendChild(document.createElement("table"));
    const line = (tag, cells, into) => {
      const tr = into.appendChild(document.createElement("tr"));
      for (const cell of cells) {
        const td = tr.appendChild(document.createElement(tag));
        if (tag === "th") td.scope = "col";
        td.textContent = cell;
      }
    };
    line("th", heads, made.appendChild(document.createElement("thead")));
    const body = made.appendChild(document.createElement("tbody"));
    rows.forEach((row) => line("td", row, body));
    figure.append(details);
  };

  const draw = (figure, label, options) => {
    const place = figure.querySelector(".drawing");
    const svg = Plot.plot({
      width: Math.max(place.clientWidth || 640, options.least || 0), marginLeft: 44, style: { overflow: "visible" },
      ...options,
    });
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    place.replaceChildren(svg);
  };

  const PICTURES = {
    "ride-day": (figure, { day, timezone }, at) => {
      const spans = day.spans.map((one) => ({ ...one, x1: at(one.start), x2: at(one.end) }));
      const waits = day.waits.map((one) => ({ at: at(one.at), minutes: one.minutes }));
      if (spans.every((one) => one.state === "no data")) {
        say(figure, "Nothing was observed on this day.");
        return;
      }
      // The states lie below the axis, which has no ticks there.
      const y = fromZero("wait (min)", waits.map((one) => one.minutes));
      const most = y.domain[1], band = { y1: -most / 8, y2: -most / 40 };
      draw(figure, `State of ${day.name} on ${day.day}`, {
        height: 190, x: hours(figure.querySelector(".drawing")),
        y: { ...y, domain: [band.y1, most], ticks: y.ticks || d3.ticks(0, most, 4) },
        marks: [
          Plot.rectX(spans.filter((one) => one.state !== "no data"), {
            x1: "x1", x2: "x2", ...band, frameAnchor: "bottom", fill: (one) => fillOf(one.state),
            insetTop: 0, title: (one) => `${one.state}, ${hm(one.x1)} to ${hm(one.x2)} (${span(one.minutes)})`,
            className: "mark-spans",
          }),
          Plot.rectX(spans.filter((one) => one.state === "no data"), {
            x1: "x1", x2: "x2", ...band, fill: "none", stroke: "var(--picture-rule)", strokeDasharray: "3,3",
            title: (one) => `no data, ${hm(one.x1)} to ${hm(one.x2)} (${span(one.minutes)})`, className: "mark-gaps",
          }),
          Plot.dot(waits, {
            x: "at", y: "minutes", r: 2, fill: "var(--line-wait)", title: (one) => `${hm(one.at)}: ${one.minutes} min`,
            className: "mark-waits",
          }),
        ],
      });
      table(figure, ["from", "to", "state", "minutes"],
        spans.map((one) => [hm(one.x1), hm(one.x2), one.state, one.minutes]));
    },
    "park-day": (figure, { day }, at) => {
      const seen = day.collections.map((one) => ({ ...one, x: at(one.at) }));
      const edges = [new Date(day.start), new Date(day.end)].map((one) => at(one.toISOString()));
      const openings = day.openings.map((one) => ({ x1: at(one.start), x2: at(one.end), kind: one.kind }));
      if (!seen.length) {
        say(figure, "Nothing was observed on this day.");
        return;
      }
      // A line breaks where collections are missing.
      const broken = (rows) => rows.flatMap((one, index) => {
        const gap = index && one.x - rows[index - 1].x > 2.5 * 60000 * root.dataset.minutes;
        return gap ? [{ x: new Date(one.x - 1) }, one] : [one];
      });
      const line = (name, colour) => Plot.lineY(broken(seen), {
        x: "x", y: name, stroke: colour, strokeWidth: 1.6, className: `line-${name}`, defined: (one) => one[name] !== null && one[name] !== undefined,
      });
      const shade = Plot.rectX(openings, {
        x1: "x1", x2: "x2", fill: "var(--open-hours)", className: "mark-openings",
        title: (one) => `announced: ${hm(one.x1)} to ${hm(one.x2)}`,
      });
      const place = figure.querySelector(".drawing");
      const x = { ...hours(place), domain: edges };
      const common = { width: place.clientWidth || 640, marginLeft: 44, x, style: { overflow: "visible" } };
      const upTo = (name, label) => fromZero(label, seen.map((one) => one[name]));
      const tip = (name, unit) => Plot.dot(seen, {
        x: "x", y: name, r: 1.4, fill: "currentColor", title: (one) => `${hm(one.x)}: ${known(one[name], unit)}`,
        className: `mark-${name.replace("_", "-")}`, filter: (one) => one[name] !== null,
      });
      const drawn = [
        Plot.plot({ ...common, height: 130, y: upTo("score", "score"), marks: [shade, line("score", "var(--line-score)"), tip("score", "")] }),
        Plot.plot({ ...common, height: 110, y: upTo("rides_down", "rides down"), marks: [shade, line("rides_down", "var(--state-down)"), tip("rides_down", "")] }),
        Plot.plot({ ...common, height: 110, y: upTo("wait", "mean wait (min)"), marks: [shade, line("wait", "var(--line-wait)"), tip("wait", " min")] }),
      ];
      const titles = ["Score", "Rides down", "Mean wait"];
      drawn.forEach((svg, index) => {
        svg.setAttribute("role", "img");
        svg.setAttribute("aria-label", `${titles[index]} of ${day.name} on ${day.day}`);
      });
      place.replaceChildren(...drawn);
      table(figure, ["time", "open", "score", "rides down", "mean wait (min)"],
        seen.map((one) => [hm(one.x), one.open ? "yes" : "no", known(one.score), one.rides_down, known(one.wait)]));
    },
    calendar: (figure, { calendar }) => {
      const rows = calendar.map((one) => {
        const date = new Date(`${one.day}T00:00:00Z`);
        return { ...one, date, week: d3.utcMonday.floor(date), weekday: (date.getUTCDay() + 6) % 7 };
      });
      const most = Math.max(1, ...rows.map((one) => one.downtime_hours || 0));
      const text = (one) => `${one.day}: ${known(one.downtime_hours, " h down")}, wait ${known(one.avg_wait, " min")}, `
        + `observed ${known(one.coverage_percentage, " %")}`;
      draw(figure, "Hours of downtime by day", {
        height: 170, least: 320, padding: 0.08, x: { type: "band", tickFormat: (week) => week.toISOString().slice(5, 10), label: null,
          tickRotate: -40 }, marginBottom: 44,
        y: { type: "band", domain: [0, 1, 2, 3, 4, 5, 6], tickFormat: (day) => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day], label: null },
        marks: [
          Plot.cell(rows.filter((one) => one.downtime_hours !== null), {
            x: "week", y: "weekday", fill: "var(--state-down)", className: "mark-days",
            fillOpacity: (one) => 0.08 + 0.92 * (one.downtime_hours / most), stroke: "var(--picture-rule)", strokeWidth: 0.5, title: text,
          }),
          Plot.cell(rows.filter((one) => one.downtime_hours === null), {
            x: "week", y: "weekday", fill: "none", stroke: "var(--picture-rule)", strokeDasharray: "2,3", title: text,
            className: "mark-missing-days",
          }),
        ],
      });
      table(figure, ["day", "downtime (h)", "uptime (%)", "mean wait (min)", "observed (%)"], rows.map((one) => [
        one.day, known(one.downtime_hours), known(one.uptime_percentage), known(one.avg_wait), known(one.coverage_percentage),
      ]));
    },
    waits: (figure, { calendar }) => {
      const rows = calendar.map((one) => ({ ...one, date: new Date(`${one.day}T00:00:00Z`) }));
      if (rows.every((one) => one.avg_wait === null && one.peak_wait === null)) {
        say(figure, "No wait was posted in these days.");
        return;
      }
      draw(figure, "Mean and longest wait by day", {
        height: 170, x: { type: "utc", label: null },
        y: fromZero("wait (min)", rows.flatMap((one) => [one.avg_wait, one.peak_wait])),
        marks: [
          Plot.ruleX(rows.filter((one) => one.peak_wait !== null), {
            x: "date", y1: "avg_wait", y2: "peak_wait", stroke: "var(--line-wait)", strokeOpacity: 0.4, className: "mark-longest",
          }),
          Plot.dot(rows.filter((one) => one.avg_wait !== null), {
            x: "date", y: "avg_wait", r: 2.4, fill: "var(--line-wait)", className: "mark-means",
            title: (one) => `${one.day}: mean ${known(one.avg_wait)}, longest ${known(one.peak_wait)} min`,
          }),
        ],
      });
      table(figure, ["day", "mean wait (min)", "longest (min)"], rows.map((one) => [one.day, known(one.avg_wait), known(one.peak_wait)]));
    },
    blame: (figure, { blame }) => {
      if (!blame.length) {
        say(figure, "No ride cost the park anything.");
        return;
      }
      draw(figure, "Rides that cost most", {
        height: 26 * blame.length + 40, marginLeft: 170, x: fromZero("hours down, weighted by tier", blame.map((one) => one.weighted_downtime_hours)),
        y: { label: null, domain: blame.map((one) => one.ride_name), tickFormat: (name) => (name.length > 26 ? `${name.slice(0, 25)}…` : name) },
        marks: [Plot.barX(blame, {
          x: "weighted_downtime_hours", y: "ride_name", fill: "var(--state-down)", className: "mark-rides",
          title: (one) => `${one.ride_name}: ${one.downtime_hours} h down, ${one.weighted_downtime_hours} h weighted`,
        })],
      });
      table(figure, ["ride", "down (h)", "weighted (h)"], blame.map((one) => [one.ride_name, one.downtime_hours, one.weighted_downtime_hours]));
    },
    performance: (figure, { days, routes }) => {
      const choice = figure.querySelector("select");
      const last = (name) => routes[name].findLast((one) => one) || { answer_p50: 0, answer_p95: 0 };
      const names = Object.keys(routes).sort((one, other) => last(other).answer_p50 - last(one).answer_p50);
      if (!choice.options.length) {
        choice.append(...names.map((name) => new Option(name)));
        choice.addEventListener("change", () => curve());
      }
      const ms = (value) => (value === null || value === undefined ? "not known" : value.toFixed(1));
      const curve = () => {
        const rows = days.map((day, index) => ({ date: new Date(`${day}T00:00:00Z`), day, ...routes[choice.value][index] }))
          .filter((one) => one.answer_p50 !== undefined);
        const times = rows.flatMap((one) => [one.answer_p50, one.answer_p95, one.statements_p50 ?? 0]);
        draw(figure, `Milliseconds of ${choice.value} by day`, {
          height: 260, x: { type: "utc", label: null }, y: fromZero("ms", times),
          marks: [
            Plot.ruleX(rows, { x: "date", y1: "answer_p50", y2: "answer_p95", stroke: "var(--line-wait)", strokeOpacity: 0.4, className: "mark-most" }),
            Plot.lineY(rows, { x: "date", y: "answer_p50", stroke: "var(--line-wait)", className: "line-medians" }),
            Plot.lineY(rows, { x: "date", y: "statements_p50", stroke: "var(--line-score)", strokeDasharray: "3,3", className: "line-statements" }),
            Plot.dot(rows, {
              x: "date", y: "answer_p50", r: 2.4, fill: "var(--line-wait)", className: "mark-medians",
              title: (one) => `${one.day}: ${ms(one.answer_p50)} ms, 95 of 100 within ${ms(one.answer_p95)} ms, statements ${ms(one.statements_p50)} ms`,
            }),
          ],
        });
      };
      curve();
      table(figure, [`route, ${days[days.length - 1]}`, "median (ms)", "95 of 100 within (ms)", "statements (ms)"],
        names.map((name) => [name, ms(last(name).answer_p50), ms(last(name).answer_p95), ms(last(name).statements_p50)]));
      figure.querySelector("details").open = true;
    },
    hours: (figure, { hours: announced }, at) => {
      say(figure, announced.length ? "" : "The park announced no hours for these days.");
      if (announced.length) {
        table(figure, ["day", "from", "to", "kind"], announced.map((one) => [
          one.day, hm(at(one.start)), hm(at(one.end)), one.kind.toLowerCase().replaceAll("_", " "),
        ]));
        figure.querySelector("details").open = true;
      }
    },
    incidents: (figure, { incidents, blame }, at) => {
      say(figure, incidents.length ? `${incidents.length} in the last week.` : "None in the last week.");
      if (incidents.length) {
        // Of one ride, its name says nothing.
        const named = (name, row) => (blame ? [name, ...row] : row);
        table(figure, named("ride", ["from", "to", "length"]), incidents.map((one) => named(one.ride_name, [
          at(one.start).toISOString().slice(0, 16).replace("T", " "),
          one.end ? at(one.end).toISOString().slice(0, 16).replace("T", " ") : "still down", span(one.minutes),
        ])));
        figure.querySelector("details").open = true;
      }
    },
  };

  let figures = null;
  const drawAll = () => {
    for (const figure of root.querySelectorAll("figure[data-picture]")) {
      figure.querySelectorAll("details").forEach((old) => old.remove());
      if (figures) {
        PICTURES[figure.dataset.picture](figure, figures, shifted(figures.timezone));
      } else {
        say(figure, "The figures could not be read.");
      }
    }
    const fill = (name, text) => root.querySelectorAll(`[data-${name}]`).forEach((place) => { place.textContent = text; });
    fill("zone", figures ? figures.timezone : "");
    fill("seen", figures && figures.day ? `${figures.day.observed_collections} of ${figures.day.expected_collections}` : "");
    root.dataset.drawn = !figures ? "failed" : figures.day ? figures.day.day : "yes";
  };
  const show = async () => {
    const choice = root.querySelector("input[type=date]");
    const address = new URL(root.dataset.figures, window.location.href);
    if (choice && choice.value) address.searchParams.set("day", choice.value);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    figures = answer.ok ? await answer.json() : null;
    drawAll();
  };

  for (const button of root.querySelectorAll("button[data-step]")) {
    button.addEventListener("click", () => {
      const choice = root.querySelector("input[type=date]");
      const day = new Date(`${choice.value}T00:00:00Z`);
      day.setUTCDate(day.getUTCDate() + Number(button.dataset.step));
      choice.value = day.toISOString().slice(0, 10);
      show();
    });
  }
  const choice = root.querySelector("input[type=date]");
  if (choice) choice.addEventListener("change", show);
  let waiting;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 250);
  });
  show();
})();

/* The panel: legend and filters in one, the histogram, the notice above the graph. */
const BARS = ["cooperation", "conflict", "standing"];

function checkRow(host, set, key, label, count, sample, hint) {
  const box = make("input", { type: "checkbox", checked: !set.has(key) });
  box.addEventListener("change", () => {
    if (box.checked) set.delete(key);
    else set.add(key);
    refresh();
  });
  host.append(
    make(
      "label",
      { className: "row", title: hint || "" },
      box,
      sample,
      make("span", { className: "name" }, label),
      make("span", { className: "count" }, String(count)),
    ),
  );
}

/* A list that may be long: the most frequent first, each with a button that leaves it alone on. */
function checkList(host, set, counts, nameOf) {
  const keys = mostFirst(counts);
  const turnOff = (off) => {
    set.clear();
    for (const key of keys) if (off(key)) set.add(key);
    buildVoices();
    refresh();
  };
  const whole = host.getAttribute("aria-label");
  host.replaceChildren(
    make(
      "div",
      { className: "sets" },
      button("All", () => turnOff(() => false), { ariaLabel: `All: ${whole}` }),
      button("None", () => turnOff(() => true), { ariaLabel: `None: ${whole}` }),
    ),
  );
  for (const key of keys) {
    checkRow(host, set, key, isolated(nameOf(key)), counts.get(key), null);
    const only = (event) => {
      event.preventDefault();
      turnOff((other) => other !== key);
    };
    host.lastChild.insertBefore(button("only", only, { className: "only", ariaLabel: `Only ${nameOf(key)}` }), host.lastChild.lastChild);
  }
}

function buildVoices() {
  checkList(byId("publishers"), state.noPublisher, tally(statements.map(publisherOf)), (name) => name || "Not named");
  checkList(
    byId("speakers"),
    state.noSpeaker,
    tally(statements.map((item) => item.speaker || "")),
    (name) => name || "The text\u2019s own words",
  );
}

function buildTies() {
  for (const id of ["quads", "line-legend", "relations"]) byId(id).replaceChildren();
  const quads = tally(statements.map((item) => relationOf(item).quad));
  const relations = tally(statements.map((item) => item.relation));
  for (const quad of [...QUADS.filter((name) => quads.has(name)), ...[...quads.keys()].filter((name) => !QUADS.includes(name))]) {
    checkRow(byId("quads"), state.noQuad, quad, capital(quad), quads.get(quad), lineSample(quad.split(" ").pop(), true));
  }
  byId("line-legend").append(
    plainRow(lineSample("mixed", true), "Cooperation and conflict"),
    plainRow(lineSample("standing", false), "Nothing asserted"),
    widthRow(),
  );
  data.relations.forEach((relation, number) =>
    checkRow(byId("relations"), state.noRelation, number, relation.code, relations.get(number), null, relation.definition),
  );
}

/* What width, arrow, size and shade mean, each in the section that it is about. */
function plainRow(sample, text) {
  return make("div", { className: "row plain" }, sample, make("span", { className: "name" }, text));
}

function widthRow() {
  const line = (y, wide) => shape("line", { x1: 1.5, x2: 22, y1: y, y2: y, stroke: "var(--soft)", "stroke-width": wide });
  const head = (y, half) => shape("polygon", { points: `29,${y} 21,${y - half} 21,${y + half}`, fill: "var(--soft)" });
  return plainRow(drawing(30, 16, line(4, 1.2), head(4, 3), line(11.5, 3.5), head(11.5, 4)), "Wider: more; arrow: to whom");
}

function sizeRow() {
  const disc = (cx, r) => shape("circle", { cx, cy: 7, r, fill: "var(--soft)" });
  return plainRow(drawing(22, 14, disc(4, 2.5), disc(15, 6)), "Bigger: more statements");
}

function shadeRow() {
  return plainRow(
    drawing(
      22,
      14,
      shape("rect", { x: 1, y: 1, width: 20, height: 12, rx: 5, fill: "var(--hull)", stroke: "var(--soft)", "stroke-width": 0.8 }),
    ),
    "Shaded: a close group",
  );
}

function buildPanel() {
  buildTies();
  const statuses = tally(statements.map((item) => item.status));
  const kinds = tally(nodes.map((node) => node.kind));
  byId("statuses").replaceChildren();
  for (const status of data.statuses)
    checkRow(byId("statuses"), state.noStatus, status, capital(status), statuses.get(status), null, "reported " + STATUS_WORDS[status]);
  byId("families").replaceChildren();
  data.kinds.forEach((kind, number) => {
    if (kinds.has(number)) checkRow(byId("families"), state.noKind, number, kind.label, kinds.get(number), kindSample(kind));
  });
  byId("mark-legend").replaceChildren(sizeRow(), ...(data.small ? [] : [shadeRow()]));
  buildVoices();
  byId("time-section").hidden = !data.time || lastBin < 1;
  for (const id of ["from", "to"]) {
    byId(id).max = lastBin;
    byId(id).value = state[id];
  }
  const most = ties.reduce((found, tie) => Math.max(found, tie.statements.length), 1);
  byId("least").max = Math.min(most, 50);
  byId("least").value = state.least;
  byId("least").parentElement.hidden = most < 2;
  byId("roll-up-row").hidden = !statements.some(({ ends }) => ends[0] !== ends[2] || ends[1] !== ends[3]);
  byId("roll-up").checked = state.rollUp;
  byId("names").checked = state.names;
  byId("confidence").value = state.confidence;
}

/* What the panel says about what the filters leave. */
function showCounts(count) {
  const all = passing.size;
  byId("strongest").max = all;
  byId("strongest").value = shown.size;
  byId("strongest-label").textContent =
    shown.size < all ? `Strongest ${shown.size} of ${all} ties` : all === 1 ? "The only tie" : `All ${all} ties`;
  byId("least-value").textContent = state.least;
  byId("confidence-value").textContent = state.confidence.toFixed(2);
  byId("totals").textContent = totals(count);
  byId("empty").hidden = alive.size > 0;
  byId("empty-text").textContent = statements.length
    ? "Nothing to show: no statement passes the filters."
    : "This graph holds no statements.";
  byId("empty-reset").hidden = statements.length === 0;
}

function totals(count) {
  const all = words(statements.length, "statement", "statements");
  return `${alive.size} of ${words(nodes.length, "actor", "actors")} · ${words(shown.size, "tie", "ties")} · ${count} of ${all}`;
}

function showNotice() {
  const host = byId("notice");
  host.replaceChildren();
  if (state.ego !== null)
    host.append(
      make("span", {}, "Only ", isolated(nodes[state.ego].label), " and whom it has ties with"),
      button("Show all", () => setEgo(null)),
    );
  else if (state.strongest === null && shown.size < passing.size)
    host.append(
      make("span", {}, `Opened on the backbone: the strongest ${shown.size} of ${passing.size} ties`),
      button("Show all", () => {
        state.strongest = passing.size;
        refresh();
      }),
    );
  host.hidden = !host.hasChildNodes();
}

/* Statements by bar of `group` months that pass all filters but time: [cooperation, conflict, the rest]. */
function countByMonth(group) {
  const bars = Array.from({ length: Math.ceil((lastBin + 1) / group) }, () => [0, 0, 0]);
  for (const item of statements) {
    if (item.months === null || !passesTimeless(item)) continue;
    const first = binOf(item.months[0]);
    if (first !== binOf(item.months[1])) continue; // of a year one cannot say the month
    bars[Math.floor(first / group)][{ cooperation: 0, conflict: 1 }[relationOf(item).family] ?? 2] += 1;
  }
  return bars;
}

/* One bar of the histogram: cooperation below, conflict above it, the rest on top; pale outside the time chosen. */
function barShapes(bar, first, last, { x, wide, most }) {
  const place = first < state.from || last > state.to ? "outside" : "inside";
  const months = first === last ? monthName(first) : `${monthName(first)} to ${monthName(last)}`;
  const hint = `${months}: ${bar[0]} cooperation, ${bar[1]} conflict, ${bar[2]} standing`;
  let floor = 46;
  return bar.map((count, part) => {
    const height = (44 * count) / most;
    floor -= height;
    const box = { x: x + 0.4, y: floor, width: Math.max(0.6, wide - 0.8), height };
    return shape("rect", { ...box, fill: `var(--${BARS[part]})`, class: `${BARS[part]} ${place}` }, shape("title", {}, hint));
  });
}

function drawTime() {
  if (!data.time || lastBin < 1) return;
  const group = Math.ceil((lastBin + 1) / 80);
  const bars = countByMonth(group);
  const most = Math.max(1, ...bars.map((bar) => bar[0] + bar[1] + bar[2]));
  const wide = 240 / bars.length;
  const shapes = bars.flatMap((bar, number) => {
    const first = number * group;
    return barShapes(bar, first, Math.min(lastBin, first + group - 1), { x: number * wide, wide, most }).filter((_, part) => bar[part]);
  });
  const svg = drawing(240, 46, ...shapes);
  svg.setAttribute("preserveAspectRatio", "none");
  byId("histogram").replaceChildren(svg);
  byId("most").textContent = `by month, up to ${most}`;
  byId("time-label").textContent = timeWords();
}

function setTime(id, value) {
  state[id] = Number(value);
  const other = id === "from" ? "to" : "from";
  if (state.from > state.to) {
    state[other] = state[id];
    byId(other).value = state[id];
  }
  sayTime();
  refresh();
}

function sayTime() {
  if (data.time) for (const name of ["from", "to"]) byId(name).setAttribute("aria-valuetext", monthName(state[name]));
  byId("from").style.zIndex = state.from > lastBin / 2 ? 2 : "";
}

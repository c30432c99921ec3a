/* The page's script. All text from documents and actors goes through text nodes: nothing here writes HTML. */
(function () {
"use strict";

const data = JSON.parse(document.getElementById("kg-data").textContent);
const nodes = data.network.nodes, ties = data.network.edges, statements = data.statements;
const root = document.documentElement;
const byId = (id) => document.getElementById(id);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';
const DASHES = { cooperation: false, conflict: [9, 6], mixed: [14, 5, 3, 5], standing: false };
const QUADS = ["verbal cooperation", "material cooperation", "verbal conflict", "material conflict", "standing"];
const STATUS_WORDS = { asserted: "as so", negated: "as not so", requested: "as asked for", planned: "as intended", possible: "as possible" };
const PAGE_OF_CARDS = 60, CHIEF = 30;

const state = {};
let selection = null;   // {node: number} or {tie: id}
let passing = new Map(); // id -> {tie, active, family, reported} of the ties that pass the filters, the backbone first
let shown = new Map();  // those of them that are drawn when nothing is selected
let drawn = new Map();  // those that are drawn: a selected actor shows all its ties
let alive = new Set();  // nodes that are drawn
let colours = {};
let network = null;
let touched = false;    // whether the reader has moved the view

// ---- building the panel -------------------------------------------------------------------------------------------

function make(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

function isolated(text) { return make("bdi", {}, text); }

function drawing(width, height, shapes) {
  const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
  svg.setAttribute("width", width); svg.setAttribute("height", height); svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of shapes) {
    const shape = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
    svg.append(shape);
  }
  return svg;
}

function lineSample(family, dotted) {
  const dash = dotted ? "1.5 4" : { conflict: "6 4", mixed: "9 3 2 3" }[family] || "none";
  return drawing(26, 10, [["line", { x1: 1, x2: 25, y1: 5, y2: 5, stroke: `var(--${family})`, "stroke-width": family === "standing" ? 1.6 : 2.4, "stroke-dasharray": dash, "stroke-linecap": dotted ? "round" : "butt" }]]);
}

function shapeSample(kind) {
  const fill = kind[isDark() ? "dark" : "light"];
  const polygon = { diamond: "8,1.5 14.5,8 8,14.5 1.5,8", square: "2.5,2.5 13.5,2.5 13.5,13.5 2.5,13.5", triangle: "8,1.5 15,14 1,14", triangleDown: "8,14.5 15,2 1,2",
    hexagon: "4.5,2 11.5,2 15,8 11.5,14 4.5,14 1,8", star: "8,0.8 9.9,6 15.4,6.1 11,9.5 12.6,14.8 8,11.6 3.4,14.8 5,9.5 0.6,6.1 6.1,6" }[kind.shape];
  if (polygon) return drawing(16, 16, [["polygon", { points: polygon, fill }]]);
  const ring = kind.shape === "ring";
  return drawing(16, 16, [["circle", { cx: 8, cy: 8, r: 5.2, fill: ring ? "var(--ground)" : fill, stroke: fill, "stroke-width": 2.4 }]]);
}

function checkRow(host, set, key, label, count, sample, hint) {
  const box = make("input", { type: "checkbox", checked: !set.has(key) });
  box.addEventListener("change", () => { if (box.checked) set.delete(key); else set.add(key); refresh(); });
  host.append(make("label", { className: "row", title: hint || "" }, box, sample, make("span", { className: "name" }, label), make("span", { className: "count" }, String(count))));
}

/* A list that may be long: the most frequent first, each with a button that leaves it alone on. */
function checkList(host, set, counts, nameOf) {
  const keys = [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || (nameOf(one) < nameOf(other) ? -1 : 1));
  const turn = (off) => { set.clear(); for (const key of keys) if (off(key)) set.add(key); buildVoices(); refresh(); };
  host.append(make("div", { className: "sets" }, make("button", { type: "button", onclick: () => turn(() => false) }, "All"), make("button", { type: "button", onclick: () => turn(() => true) }, "None")));
  for (const key of keys) {
    checkRow(host, set, key, isolated(nameOf(key)), counts.get(key), null);
    host.lastChild.insertBefore(make("button", { type: "button", className: "only", onclick: (event) => { event.preventDefault(); turn((other) => other !== key); } }, "only"), host.lastChild.lastChild);
  }
}

function publisherOf(item) { return data.documents[item.document].publisher || ""; }

function buildVoices() {
  byId("publishers").replaceChildren(); byId("speakers").replaceChildren();
  const publishers = tally(statements.map(publisherOf)), speakers = tally(statements.map((item) => item.speaker || ""));
  checkList(byId("publishers"), state.noPublisher, publishers, (name) => name || "Not named");
  checkList(byId("speakers"), state.noSpeaker, speakers, (name) => name || "The text\u2019s own words");
}

function tally(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) || 0) + 1);
  return counts;
}

function capital(word) { return word.charAt(0).toUpperCase() + word.slice(1); }

function buildPanel() {
  for (const id of ["quads", "line-legend", "relations", "statuses", "families"]) byId(id).replaceChildren();
  const quads = tally(statements.map((item) => data.relations[item.relation].quad));
  for (const quad of [...QUADS.filter((name) => quads.has(name)), ...[...quads.keys()].filter((name) => !QUADS.includes(name))]) {
    checkRow(byId("quads"), state.noQuad, quad, capital(quad), quads.get(quad), lineSample(quad.split(" ").pop(), false));
  }
  byId("line-legend").append(
    make("div", { className: "row plain" }, lineSample("mixed", false), make("span", { className: "name" }, "Cooperation and conflict")),
    make("div", { className: "row plain" }, lineSample("standing", true), make("span", { className: "name" }, "Nothing asserted")));
  const relations = tally(statements.map((item) => item.relation));
  data.relations.forEach((relation, number) =>
    checkRow(byId("relations"), state.noRelation, number, relation.code, relations.get(number), null, relation.definition));
  const statuses = tally(statements.map((item) => item.status));
  for (const status of data.statuses) checkRow(byId("statuses"), state.noStatus, status, capital(status), statuses.get(status), null, "reported " + STATUS_WORDS[status]);
  const kinds = tally(nodes.map((node) => node.kind));
  data.kinds.forEach((kind, number) => {
    if (kinds.has(number)) checkRow(byId("families"), state.noKind, number, kind.label, kinds.get(number), shapeSample(kind));
  });
  buildVoices();
  byId("time-section").hidden = !data.time || lastBin < 1;
  for (const id of ["from", "to"]) { byId(id).max = lastBin; byId(id).value = state[id]; }
  const most = Math.max(1, ...ties.map((tie) => tie.statements.length));
  byId("least").max = Math.min(most, 50);
  byId("least").value = state.least;
  byId("least").parentElement.hidden = most < 2;
  byId("roll-up-row").hidden = !statements.some(({ ends }) => ends[0] !== ends[2] || ends[1] !== ends[3]);
  byId("roll-up").checked = state.rollUp;
  byId("names").checked = state.names;
  byId("confidence").value = state.confidence;
}

function resetState() {
  Object.assign(state, { noQuad: new Set(), noRelation: new Set(), noStatus: new Set(["negated", "requested", "planned", "possible"]), noKind: new Set(),
    noPublisher: new Set(), noSpeaker: new Set(), from: 0, to: lastBin, least: 1, ego: null, rollUp: false, confidence: 0, strongest: null, names: data.small && ties.length <= 40 });
}

// ---- what the filters leave -------------------------------------------------------------------------------------------

/* Bins of the time slider are months; where a few statements lie far back, the first bin is all of what was earlier. */
const lead = data.time && data.time.earlier ? 1 : 0, lastBin = data.time ? data.time.last - data.time.first + lead : 0;
const binOf = (month) => Math.max(0, month - data.time.first + lead);
const monthName = (bin) => { const month = data.time.first + bin - lead; return bin < lead ? "earlier" : Math.floor(month / 12) + "-" + String(month % 12 + 1).padStart(2, "0"); };

function anyTime() { return state.from === 0 && state.to === lastBin; }

function inTime(item) {
  return anyTime() || (item.months !== null && binOf(item.months[0]) >= state.from && binOf(item.months[1]) <= state.to);
}

function passes(item) { return passesTimeless(item) && inTime(item); }

function passesTimeless(item) {
  return !state.noPublisher.has(publisherOf(item)) && !state.noSpeaker.has(item.speaker || "") && !state.noStatus.has(item.status) && item.confidence >= state.confidence - 1e-9 && !state.noRelation.has(item.relation) && !state.noQuad.has(data.relations[item.relation].quad);
}

function endsOf(item) { return state.rollUp ? [item.ends[2], item.ends[3]] : [item.ends[0], item.ends[1]]; }

function kindShown(number) { return number !== null && !state.noKind.has(nodes[number].kind); }

/* Conflict or cooperation is what is asserted to have happened; what is only asked for, denied or planned decides where nothing else is there. */
function summarise(tie) {
  const active = tie.statements.filter((number) => passes(statements[number]));
  const asserted = active.filter((number) => statements[number].status === "asserted");
  const families = new Set((asserted.length ? asserted : active).map((number) => data.relations[statements[number].relation].family));
  const both = families.has("cooperation") && families.has("conflict");
  const family = both ? "mixed" : families.has("cooperation") ? "cooperation" : families.has("conflict") ? "conflict" : "standing";
  return { tie, active, family, reported: asserted.length > 0 };
}

/* Every actor's strongest tie first, then by the disparity filter (Serrano, Boguñá and Vespignani 2009). */
function backbone(list) {
  const strength = new Map(), degree = new Map(), best = new Map();
  for (const entry of list) for (const end of [entry.tie.from, entry.tie.to]) {
    strength.set(end, (strength.get(end) || 0) + entry.active.length);
    degree.set(end, (degree.get(end) || 0) + 1);
    if (!best.has(end) || best.get(end).active.length < entry.active.length) best.set(end, entry);
  }
  const chosen = new Set(best.values());
  for (const entry of list) {
    const chance = (end) => (1 - entry.active.length / strength.get(end)) ** (degree.get(end) - 1);
    entry.rank = (chosen.has(entry) ? 0 : 1) + Math.min(chance(entry.tie.from), chance(entry.tie.to));
  }
  return list.sort((one, other) => one.rank - other.rank || other.active.length - one.active.length || one.tie.from - other.tie.from || one.tie.to - other.tie.to);
}

function refresh() {
  const level = state.rollUp ? "r" : "p";
  const open = ties.filter((tie) => tie.id[0] === level && kindShown(tie.from) && kindShown(tie.to)).map(summarise).filter((entry) => entry.active.length >= state.least);
  const circle = circleOf(open);
  const all = backbone(circle ? open.filter(({ tie }) => circle.has(tie.from) && circle.has(tie.to)) : open);
  const limit = state.strongest === null ? (data.small ? all.length : Math.min(all.length, nodes.length)) : Math.min(state.strongest, all.length);
  passing = new Map(all.map((entry) => [entry.tie.id, entry]));
  shown = new Map(all.slice(0, limit).map((entry) => [entry.tie.id, entry]));
  alive = new Set();
  let count = 0;
  for (const item of statements) {
    if (!passes(item)) continue;
    count += 1;
    for (const end of endsOf(item)) if (kindShown(end) && (!circle || circle.has(end))) alive.add(end);
  }
  if (state.least > 1) {
    const tied = new Set(all.flatMap(({ tie }) => [tie.from, tie.to]));
    for (const end of alive) if (!tied.has(end) && end !== state.ego) alive.delete(end);
  }
  byId("strongest").max = all.length;
  byId("strongest").value = limit;
  byId("strongest-label").textContent = limit < all.length ? `Strongest ${limit} of ${all.length} ties` : all.length === 1 ? "The only tie" : `All ${all.length} ties`;
  byId("least-value").textContent = state.least;
  drawTime();
  showNotice(limit, all.length);
  byId("confidence-value").textContent = state.confidence.toFixed(2);
  byId("totals").textContent = `${alive.size} of ${nodes.length} actors · ${words(shown.size, "tie", "ties")} · ${count} of ${words(statements.length, "statement", "statements")}`;
  byId("empty").hidden = alive.size > 0;
  if (selection && "tie" in selection && selection.tie[0] !== level) selection = null;
  paint();
  showEvidence();
}

/* An actor and those it has ties with; null where the whole graph is shown. */
function circleOf(entries) {
  if (state.ego === null) return null;
  const circle = new Set([state.ego]);
  for (const { tie } of entries) if (tie.from === state.ego || tie.to === state.ego) circle.add(tie.from).add(tie.to);
  return circle;
}

function setEgo(number) {
  state.ego = number;
  refresh();
  fit();
}

function showNotice(limit, count) {
  const host = byId("notice");
  host.replaceChildren();
  if (state.ego !== null) host.append(make("span", {}, "Only ", isolated(nodes[state.ego].label), " and whom it has ties with"), make("button", { type: "button", onclick: () => setEgo(null) }, "Show all"));
  else if (!data.small && state.strongest === null && limit < count) host.append(`Opened on the backbone: the strongest ${limit} of ${count} ties. The slider under Detail shows more.`);
  host.hidden = !host.hasChildNodes();
}

/* Statements by month that pass all filters but time: cooperation below, conflict above it, the rest on top. */
function drawTime() {
  if (!data.time || lastBin < 1) return;
  const group = Math.ceil((lastBin + 1) / 80), bars = Array.from({ length: Math.ceil((lastBin + 1) / group) }, () => [0, 0, 0]);
  for (const item of statements) {
    if (item.months === null || !passesTimeless(item)) continue;
    const first = binOf(item.months[0]);
    if (first !== binOf(item.months[1])) continue;  // of a year one cannot say the month
    bars[Math.floor(first / group)][{ cooperation: 0, conflict: 1 }[data.relations[item.relation].family] ?? 2] += 1;
  }
  const most = Math.max(1, ...bars.map((bar) => bar[0] + bar[1] + bar[2])), wide = 240 / bars.length, shapes = [];
  bars.forEach((bar, number) => {
    let floor = 46;
    bar.forEach((count, part) => {
      const tall = 44 * count / most;
      floor -= tall;
      const last = Math.min(lastBin, (number + 1) * group - 1);
      if (count) shapes.push(["rect", { x: number * wide + 0.4, y: floor, width: Math.max(0.6, wide - 0.8), height: tall, fill: `var(--${["cooperation", "conflict", "standing"][part]})`, "fill-opacity": part === 1 ? 0.65 : 1,
        class: number * group < state.from || last > state.to ? "outside" : "inside" }]);
    });
  });
  const svg = drawing(240, 46, shapes);
  svg.setAttribute("viewBox", "0 0 240 46"); svg.setAttribute("preserveAspectRatio", "none");
  byId("histogram").replaceChildren(svg);
  byId("time-label").textContent = anyTime() ? `${monthName(0)} to ${monthName(lastBin)}, and undated` : state.from === state.to ? monthName(state.from) : `${monthName(state.from)} to ${monthName(state.to)}`;
}

function setTime(id, value) {
  state[id] = Number(value);
  const other = id === "from" ? "to" : "from";
  if (state.from > state.to) { state[other] = state[id]; byId(other).value = state[id]; }
  for (const name of ["from", "to"]) byId(name).setAttribute("aria-valuetext", monthName(state[name]));
  byId("from").style.zIndex = state.from > lastBin / 2 ? 2 : "";
  refresh();
}

// ---- the drawing --------------------------------------------------------------------------------------------------------

const nodeSet = new vis.DataSet(), tieSet = new vis.DataSet(), nodeLooks = new Map(), tieLooks = new Map();

function isDark() { return root.dataset.theme === "dark"; }

function readColours() {
  const style = getComputedStyle(root);
  for (const name of ["ground", "ink", "soft", "faint", "hull", "hull-edge", "cooperation", "conflict", "mixed", "standing"]) colours[name] = style.getPropertyValue("--" + name).trim();
}

function nearOf(choice) {
  if (!choice) return null;
  if ("tie" in choice) { const tie = ties.find((one) => one.id === choice.tie); return new Set([tie.from, tie.to]); }
  const near = new Set([choice.node]);
  for (const { tie } of passing.values()) if (tie.from === choice.node || tie.to === choice.node) near.add(tie.from).add(tie.to);
  return near;
}

function inFocus(tie) {
  if (!selection) return true;
  return "tie" in selection ? tie.id === selection.tie : tie.from === selection.node || tie.to === selection.node;
}

function nodeLook(node, near) {
  const kind = data.kinds[node.kind], colour = kind[isDark() ? "dark" : "light"], open = kind.shape === "ring";
  const fill = open ? colours.ground : colour, border = open ? colour : colours.ground;
  const chosen = { background: fill, border: open ? colour : colours.ink };
  return { id: node.id, hidden: !alive.has(node.id), size: state.rollUp ? node.rolledSize : node.size, shape: node.shape, borderWidth: open ? 3 : 1.5,
    opacity: near && !near.has(node.id) ? 0.18 : 1, color: { background: fill, border, highlight: chosen, hover: chosen } };
}

function tieLook(entry, near) {
  const { tie, active, family, reported } = entry, colour = colours[family], focus = inFocus(tie);
  const arrows = { to: false, from: false };
  for (const number of active) {
    const item = statements[number];
    if (!data.relations[item.relation].reciprocal) arrows[endsOf(item)[0] === tie.from ? "to" : "from"] = true;
  }
  const scale = data.small ? 1 : 1.25, width = scale * Math.min(7, (family === "standing" ? 0.6 : 0.9) + 0.85 * Math.log2(1 + active.length));
  const head = (enabled) => ({ enabled, scaleFactor: Math.max(0.35, 0.75 - 0.05 * width), type: "arrow" });
  return { id: tie.id, from: tie.from, to: tie.to, width, dashes: reported ? DASHES[family] : [2, 6], arrows: { to: head(arrows.to), from: head(arrows.from) },
    color: { color: colour, highlight: colour, hover: colour, opacity: near && !focus ? 0.1 : data.small ? 0.85 : near ? 0.8 : 0.42 } };
}

function paint() {
  const near = nearOf(selection);
  drawn = new Map([...passing].filter(([id, entry]) => shown.has(id) || (selection && inFocus(entry.tie))));
  atOnce(() => {
    change(nodeSet, nodeLooks, nodes.map((node) => nodeLook(node, near)));
    change(tieSet, tieLooks, [...drawn.values()].reverse().map((entry) => tieLook(entry, near)));
  });
}

/* After every change of its data vis-network looks at all nodes and edges again; once after all changes is enough. */
function atOnce(work) {
  const emitter = network && network.body && network.body.emitter;
  if (!emitter) { work(); return; }
  const emit = emitter.emit, held = new Set();
  emitter.emit = function (name, ...rest) {
    if (name === "_dataChanged" || name === "_dataUpdated") { held.add(name); return this; }
    return emit.call(this, name, ...rest);
  };
  try { work(); } finally { emitter.emit = emit; }
  if (held.size) emitter.emit(held.has("_dataChanged") ? "_dataChanged" : "_dataUpdated");
}

/* Gives the drawing only what is new or looks different: that is what takes its time. */
function change(set, looks, wanted) {
  const kept = new Set(wanted.map((look) => look.id)), gone = [...looks.keys()].filter((id) => !kept.has(id)), added = [], changed = [];
  for (const look of wanted) {
    const key = JSON.stringify(look), before = looks.get(look.id);
    if (before === key) continue;
    (before === undefined ? added : changed).push(look);
    looks.set(look.id, key);
  }
  for (const id of gone) looks.delete(id);
  if (gone.length) set.remove(gone);
  if (changed.length) set.update(changed);
  if (added.length) set.add(added);
}

readTheme();
resetState();
nodeSet.add(nodes.map((node) => { nodeLooks.set(node.id, ""); return { id: node.id, x: node.x, y: node.y, shape: node.shape, size: node.size }; }));
network = new vis.Network(byId("graph"), { nodes: nodeSet, edges: tieSet }, data.network.options);

// ---- labels: in screen space, none over another, the most active actors first -----------------------------------------------

const ranked = nodes.slice().sort((one, other) => other.size - one.size || one.id - other.id);
const widths = new Map();

function widthOf(context, text) {
  const key = context.font + text;
  if (!widths.has(key)) widths.set(key, context.measureText(text).width);
  return widths.get(key);
}

/* Boxes already taken, by cells of the screen. */
class Taken {
  constructor() { this.cells = new Map(); }
  *cellsOf(box) {
    for (let x = Math.floor(box[0] / 80); x <= Math.floor(box[2] / 80); x++) for (let y = Math.floor(box[1] / 80); y <= Math.floor(box[3] / 80); y++) yield x * 4096 + y;
  }
  add(box) { for (const cell of this.cellsOf(box)) { if (!this.cells.has(cell)) this.cells.set(cell, []); this.cells.get(cell).push(box); } }
  free(box, except) {
    for (const cell of this.cellsOf(box)) for (const other of this.cells.get(cell) || []) {
      if (other !== except && box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) return false;
    }
    return true;
  }
}

function onScreen(context) {
  const ratio = context.canvas.width / context.canvas.clientWidth;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function halo(context, text, x, y, ink, wide = 3.5) {
  context.lineJoin = "round"; context.lineWidth = wide; context.strokeStyle = colours.ground; context.fillStyle = ink;
  context.strokeText(text, x, y); context.fillText(text, x, y);
}

function drawLabels(context) {
  onScreen(context);
  const scale = network.getScale(), near = nearOf(selection), taken = new Taken(), frame = context.canvas;
  const size = Math.max(11, Math.min(15, 13 * Math.sqrt(scale)));
  const places = new Map(), chief = new Taken();
  for (const node of ranked) {
    if (!alive.has(node.id)) continue;
    const at = network.canvasToDOM(network.getPosition(node.id)), reach = (state.rollUp ? node.rolledSize : node.size) * scale;
    if (at.x < -50 || at.y < -50 || at.x > frame.clientWidth + 50 || at.y > frame.clientHeight + 50) continue;
    const box = [at.x - reach, at.y - reach, at.x + reach, at.y + reach];
    places.set(node.id, { at, reach, box });
    taken.add(box);
    if (near ? near.has(node.id) : places.size <= CHIEF) chief.add(box);
  }
  const lines = [...drawn.values()].map(({ tie }) => [places.get(tie.from), places.get(tie.to)]).filter(([from, to]) => from && to)
    .map(([{ at: from }, { at: to }]) => [from.x, from.y, to.x - from.x, to.y - from.y]);
  context.textBaseline = "middle"; context.textAlign = "center";
  const order = near ? [...ranked.filter((node) => near.has(node.id)), ...ranked.filter((node) => !near.has(node.id))] : ranked;
  const most = data.small ? nodes.length : Math.max(CHIEF, frame.clientWidth * frame.clientHeight / 13000);
  drawnLabels = 0;
  placed = [];
  for (const node of order) {
    const place = places.get(node.id);
    if (!place || drawnLabels >= most) continue;
    // The labels of the biggest (or of those selected) may cover small discs, not one another or one another's.
    const leader = near ? near.has(node.id) : drawnLabels < CHIEF;
    context.font = `${data.small ? (place.reach > 14 ? 600 : 500) : leader ? 600 : 400} ${size}px ${FONT}`;
    const half = widthOf(context, node.short) / 2 + 3, tall = size / 2 + 2, { at, reach, box } = place;
    const side = reach + half + 2, above = reach + tall + 1;
    const around = [[0, above], [0, -above], [side, 0], [-side, 0], [side * 0.8, above * 0.8], [-side * 0.8, above * 0.8], [side * 0.8, -above * 0.8], [-side * 0.8, -above * 0.8]]
      .map(([dx, dy]) => ({ x: at.x + dx, y: at.y + dy, room: [at.x + dx - half, at.y + dy - tall, at.x + dx + half, at.y + dy + tall] }));
    const free = around.filter(({ room }) => taken.free(room, box));
    const whole = free.filter(({ room }) => room[0] >= 0 && room[1] >= 0 && room[2] <= frame.clientWidth && room[3] <= frame.clientHeight);
    const open = whole.length ? whole : free;  // a label cut by the window's edge only where there is no other place
    const spot = (data.small ? leastCrossed(open, lines) : open[0]) || (leader && around.find(({ room }) => chief.free(room, box)));
    if (!spot) continue;
    taken.add(spot.room); chief.add(spot.room);
    context.globalAlpha = near && !near.has(node.id) ? 0.25 : 1;
    halo(context, node.short, spot.x, spot.y, colours.ink, leader && !data.small ? 5 : 3.5);
    placed.push({ text: node.short, x: spot.x, y: spot.y, size, bold: leader && !data.small, room: spot.room, node: node.id });
    drawnLabels += 1;
  }
  if (data.small || scale > 0.9 || selection) drawCounts(context, places, taken, size - 2);
  context.restore();
}

/* Below the node rather than elsewhere, but not at the price of covering ties that another place leaves free. */
function leastCrossed(spots, lines) {
  let best = null, least = Infinity;
  spots.forEach((spot, position) => {
    const cost = 0.45 * position + lines.filter((line) => crosses(line, spot.room)).length;
    if (cost < least) { best = spot; least = cost; }
  });
  return best;
}

/* Whether a line meets a box (Liang and Barsky 1984). */
function crosses([x, y, dx, dy], [left, top, right, bottom]) {
  let enter = 0, leave = 1;
  for (const [step, room] of [[-dx, x - left], [dx, right - x], [-dy, y - top], [dy, bottom - y]]) {
    if (step === 0 && room < 0) return false;
    if (step < 0) enter = Math.max(enter, room / step);
    if (step > 0) leave = Math.min(leave, room / step);
  }
  return enter <= leave;
}

function tieText(entry) {
  if (!state.names) return entry.active.length > 1 ? String(entry.active.length) : "";
  const counts = [...tally(entry.active.map((number) => data.relations[statements[number].relation].code))].sort((one, other) => other[1] - one[1]);
  const rest = entry.active.length - counts[0][1];
  return counts[0][0].toLowerCase() + (counts[0][1] > 1 ? " ×" + counts[0][1] : "") + (rest ? " +" + rest : "");
}

function drawCounts(context, places, taken, size) {
  context.font = `500 ${Math.max(10, size)}px ${FONT}`;
  for (const entry of drawn.values()) {
    const text = inFocus(entry.tie) ? tieText(entry) : "", from = places.get(entry.tie.from), to = places.get(entry.tie.to);
    if (!text || !from || !to) continue;
    const half = widthOf(context, text) / 2 + 2, tall = size / 2 + 1, dx = to.at.x - from.at.x, dy = to.at.y - from.at.y;
    if (Math.hypot(dx, dy) < from.reach + to.reach + 26) continue;
    for (const share of [0.5, 0.42, 0.58, 0.34, 0.66]) {
      const x = from.at.x + share * dx, y = from.at.y + share * dy, room = [x - half, y - tall, x + half, y + tall];
      if (!taken.free(room, null)) continue;
      taken.add(room);
      context.globalAlpha = 1;
      halo(context, text, x, y, colours[entry.family]);
      break;
    }
  }
}

let drawnLabels = 0, placed = [];

/* Around each community of a big graph, a pale hull. */
function hulls() {
  if (data.small) return [];
  const groups = new Map();
  for (const node of nodes) {
    if (!alive.has(node.id)) continue;
    if (!groups.has(node.community)) groups.set(node.community, []);
    groups.get(node.community).push(network.getPosition(node.id));
  }
  return [...groups.values()].filter((points) => points.length > 3).map(hullOf);
}

function drawHulls(context) {
  context.save();
  context.lineJoin = "round";
  for (const hull of hulls()) {
    const trace = () => { context.beginPath(); hull.forEach(({ x, y }) => context.lineTo(x, y)); context.closePath(); };
    trace(); context.lineWidth = 56; context.strokeStyle = colours["hull-edge"]; context.stroke();
    trace(); context.lineWidth = 53; context.strokeStyle = colours.hull; context.stroke();
    context.fillStyle = colours.hull; context.fill();
  }
  context.restore();
}

function hullOf(points) {
  const sorted = points.slice().sort((one, other) => one.x - other.x || one.y - other.y);
  const half = (list) => {
    const chain = [];
    for (const point of list) {
      while (chain.length > 1) {
        const [one, two] = chain.slice(-2);
        if ((two.x - one.x) * (point.y - one.y) - (two.y - one.y) * (point.x - one.x) > 0) break;
        chain.pop();
      }
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

// ---- statements behind a click ------------------------------------------------------------------------------------------

function dateOf(item) { return item.when || data.documents[item.document].published || ""; }

function sentence(item) {
  const text = data.texts[item.text], quote = make("blockquote", { dir: "auto" });
  let at = 0;
  for (const [begin, end, name] of item.marks) {
    quote.append(text.slice(at, begin), make("mark", { className: name, title: name }, text.slice(begin, end)));
    at = end;
  }
  quote.append(text.slice(at));
  return quote;
}

function link(source) {
  if (!source.url) return source.title ? isolated(source.title) : null;
  return make("a", { href: source.url, target: "_blank", rel: "noopener noreferrer" }, isolated(source.title || "article"));
}

function claim(item) {
  const relation = data.relations[item.relation], [source, target, forSource, forTarget] = item.ends;
  const name = (number, acting) => [isolated(nodes[number].label), number !== acting ? make("span", { className: "standing" }, " (for ", isolated(nodes[acting].label), ")") : ""];
  return [...name(source, forSource), " ", make("span", { className: "relation " + relation.family, title: relation.definition }, "→ " + relation.code + (target === null ? "" : " →")), " ",
    ...(target === null ? [] : name(target, forTarget)), item.status === "asserted" ? "" : make("span", { className: "badge" }, item.status)];
}

function card(number) {
  const item = statements[number], source = data.documents[item.document];
  const meta = make("p", { className: "meta" });
  for (const part of [dateOf(item), source.publisher && isolated(source.publisher), link(source)]) {
    if (part) { if (meta.hasChildNodes()) meta.append(" · "); meta.append(part); }
  }
  const foot = make("p", { className: "foot" }, item.speaker ? "Said by " : "In the text's own words", item.speaker ? isolated(item.speaker) : "", ` · confidence ${item.confidence.toFixed(2)}`);
  if (item.content !== null) foot.append(make("br"), "What about: ", ...claim(statements[item.content]));
  return make("article", { className: "card" }, meta, make("p", { className: "claim" }, ...claim(item)), sentence(item), foot);
}

function cards(host, numbers) {
  const sorted = numbers.slice().sort((one, other) => dateOf(statements[other]).localeCompare(dateOf(statements[one])) || one - other);
  let at = 0;
  const more = make("button", { type: "button", onclick: next });
  function next() {
    more.remove();
    host.append(...sorted.slice(at, at + PAGE_OF_CARDS).map(card));
    at += PAGE_OF_CARDS;
    if (at < sorted.length) { more.textContent = `Show ${Math.min(PAGE_OF_CARDS, sorted.length - at)} more of ${sorted.length}`; host.append(more); }
  }
  next();
}

function words(count, one, many) { return `${count} ${count === 1 ? one : many}`; }

function showEvidence() {
  const host = byId("evidence");
  host.replaceChildren();
  host.hidden = !selection;
  if (!selection) return;
  host.scrollTop = 0;
  host.append(make("button", { className: "close", type: "button", ariaLabel: "Close", onclick: () => select(null) }, "×"));
  const everything = "tie" in selection ? ties.find((tie) => tie.id === selection.tie).statements : statements.map((_, number) => number).filter((number) => endsOf(statements[number]).includes(selection.node) || statements[number].ends.slice(0, 2).includes(selection.node));
  const active = everything.filter((number) => passes(statements[number])), hidden = everything.length - active.length;
  if ("tie" in selection) {
    const tie = ties.find((one) => one.id === selection.tie);
    host.append(make("h1", {}, isolated(nodes[tie.from].label), " – ", isolated(nodes[tie.to].label)));
  } else {
    const node = nodes[selection.node];
    host.append(make("h1", {}, isolated(node.label)), make("p", {}, data.kinds[node.kind].label + (node.iso3 ? " · " + node.iso3 : "")),
      make("p", {}, make("button", { id: "ego", type: "button", onclick: () => setEgo(state.ego === selection.node ? null : selection.node) }, state.ego === selection.node ? "Show all actors" : "Only this one and whom it has ties with")));
  }
  host.append(make("p", {}, words(active.length, "statement", "statements") + (hidden ? `, ${hidden} more hidden by the filters` : "")));
  if ("node" in selection) host.append(tieList(selection.node));
  if (active.length) host.append(make("div", { className: "key" }, ...["source", "trigger", "target", "speaker"].filter((name) => name !== "speaker" || active.some((number) => statements[number].marks.some((mark) => mark[2] === name))).map((name) => make("mark", { className: name }, name))));
  cards(host, active);
}

function tieList(number) {
  const list = make("div", { className: "ties" });
  const own = [...passing.values()].filter(({ tie }) => tie.from === number || tie.to === number).sort((one, other) => other.active.length - one.active.length);
  for (const entry of own) {
    const other = nodes[entry.tie.from === number ? entry.tie.to : entry.tie.from];
    list.append(make("button", { type: "button", onclick: () => select({ tie: entry.tie.id }) }, lineSample(entry.family, !entry.reported), isolated(other.label), make("span", { className: "standing" }, String(entry.active.length))));
  }
  return list;
}

function select(choice) {
  selection = choice;
  paint();
  if (choice && "node" in choice) network.selectNodes([choice.node], false);
  else if (choice && drawn.has(choice.tie)) network.setSelection({ nodes: [], edges: [choice.tie] }, { highlightEdges: false });
  else network.unselectAll();
  hideTip();
  showEvidence();
  if (choice) uncover(choice); else if (!touched) fit();
}

/* Moves the view just so far that the statements beside it do not cover what they are about. */
function uncover(choice) {
  const ends = [...("node" in choice ? [choice.node] : nearOf(choice))].filter((number) => alive.has(number));
  const room = byId("graph").clientWidth - (window.innerWidth - byId("evidence").getBoundingClientRect().left) - 60;
  const over = Math.max(...ends.map((number) => network.canvasToDOM(network.getPosition(number)).x)) - room;
  if (ends.length && over > 0) network.moveTo({ offset: { x: -over, y: 0 }, position: network.getViewPosition() });
}

function reveal(number) {
  select({ node: number });
  if (alive.has(number)) network.moveTo({ position: network.getPosition(number), offset: { x: -180, y: 0 }, scale: Math.max(network.getScale(), 0.8) });
}

// ---- search ---------------------------------------------------------------------------------------------------------------

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const haystack = ranked.map((node) => [plain(node.label + " " + (node.iso3 || "")), node]);
let found = [], cursor = 0;

function search() {
  const query = plain(byId("search").value.trim());
  found = query ? haystack.filter(([text]) => text.includes(query)).map(([, node]) => node).slice(0, 12) : [];
  cursor = 0;
  showFound(query);
}

function showFound(query) {
  const list = byId("results");
  list.replaceChildren(...found.map((node, position) => make("li", { role: "option", id: "result-" + position, "aria-selected": String(position === cursor), onmousedown: (event) => { event.preventDefault(); pick(position); } },
    isolated(node.label), make("span", { className: "count" }, alive.has(node.id) ? "" : "hidden"))));
  if (query && !found.length) list.append(make("li", { className: "count" }, "No actor of that name"));
  list.hidden = !query;
  byId("search").setAttribute("aria-expanded", String(Boolean(query)));
  if (found.length) byId("search").setAttribute("aria-activedescendant", "result-" + cursor); else byId("search").removeAttribute("aria-activedescendant");
}

function pick(position) {
  if (!found[position]) return;
  reveal(found[position].id);
  clearSearch();
  byId("search").blur();
}

function clearSearch() { byId("search").value = ""; search(); }

// ---- saving what is shown --------------------------------------------------------------------------------------------------

function save(name, blob) {
  const address = URL.createObjectURL(blob), anchor = make("a", { href: address, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function savePicture() {
  const shown = byId("graph").querySelector("canvas"), copy = make("canvas", { width: shown.width, height: shown.height }), context = copy.getContext("2d");
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(shown, 0, 0);
  copy.toBlob((blob) => save("graph.png", blob));
}

/* The same drawing as lines and text: hulls, ties, actors, labels where they are on the screen. */
function vectorDrawing() {
  const frame = byId("graph"), space = "http://www.w3.org/2000/svg", scale = network.getScale();
  const svg = document.createElementNS(space, "svg");
  const add = (tag, attributes, text) => {
    const shape = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
    if (text !== undefined) shape.textContent = printable(text);
    svg.append(shape);
  };
  const at = (number) => network.canvasToDOM(network.getPosition(number));
  for (const [name, value] of Object.entries({ xmlns: space, width: frame.clientWidth, height: frame.clientHeight, viewBox: `0 0 ${frame.clientWidth} ${frame.clientHeight}`, "font-family": FONT })) svg.setAttribute(name, value);
  add("rect", { width: frame.clientWidth, height: frame.clientHeight, fill: colours.ground });
  for (const hull of hulls()) add("polygon", { points: hull.map((point) => { const { x, y } = network.canvasToDOM(point); return `${x.toFixed(1)},${y.toFixed(1)}`; }).join(" "), fill: colours.hull, stroke: colours.hull, "stroke-width": 53 * scale, "stroke-linejoin": "round" });
  for (const entry of [...drawn.values()].reverse()) {
    const from = at(entry.tie.from), to = at(entry.tie.to), look = tieLook(entry, nearOf(selection));
    const dash = Array.isArray(look.dashes) ? look.dashes.map((part) => part * scale).join(" ") : "none";
    add("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: look.color.color, "stroke-width": Math.max(0.4, look.width * scale), "stroke-dasharray": dash, "stroke-opacity": look.color.opacity });
    for (const [way, begin, end, number] of [["to", from, to, entry.tie.to], ["from", to, from, entry.tie.from]]) {
      const length = Math.hypot(end.x - begin.x, end.y - begin.y);
      if (!look.arrows[way].enabled || !length) continue;
      const reach = (state.rollUp ? nodes[number].rolledSize : nodes[number].size) * scale, dx = (end.x - begin.x) / length, dy = (end.y - begin.y) / length, long = Math.max(4, 10 * scale);
      const x = end.x - dx * reach, y = end.y - dy * reach, bx = x - dx * long, by = y - dy * long;
      add("polygon", { points: `${x},${y} ${bx - dy * long * 0.4},${by + dx * long * 0.4} ${bx + dy * long * 0.4},${by - dx * long * 0.4}`, fill: look.color.color, "fill-opacity": look.color.opacity });
    }
  }
  const corners = { diamond: [[0, -1], [1, 0], [0, 1], [-1, 0]], square: [[-1, -1], [1, -1], [1, 1], [-1, 1]], triangle: [[0, -1.15], [1, 0.58], [-1, 0.58]], triangleDown: [[0, 1.15], [1, -0.58], [-1, -0.58]],
    hexagon: [0, 1, 2, 3, 4, 5].map((turn) => [Math.cos(turn * Math.PI / 3), Math.sin(turn * Math.PI / 3)]), star: Array.from({ length: 10 }, (_, turn) => [Math.sin(turn * Math.PI / 5) * (turn % 2 ? 0.5 : 1.3), -Math.cos(turn * Math.PI / 5) * (turn % 2 ? 0.5 : 1.3)]) };
  for (const node of nodes) {
    if (!alive.has(node.id)) continue;
    const { x, y } = at(node.id), reach = (state.rollUp ? node.rolledSize : node.size) * scale, kind = data.kinds[node.kind], colour = kind[isDark() ? "dark" : "light"], ring = kind.shape === "ring";
    const paintOf = { fill: ring ? colours.ground : colour, stroke: ring ? colour : colours.ground, "stroke-width": (ring ? 3 : 1.5) * scale };
    if (corners[kind.shape]) add("polygon", { points: corners[kind.shape].map(([dx, dy]) => `${(x + dx * reach).toFixed(1)},${(y + dy * reach).toFixed(1)}`).join(" "), ...paintOf });
    else add("circle", { cx: x, cy: y, r: reach, ...paintOf });
  }
  for (const label of placed) add("text", { x: label.x, y: label.y, "text-anchor": "middle", "dominant-baseline": "central", "font-size": label.size, "font-weight": label.bold ? 600 : 500, fill: colours.ink, stroke: colours.ground, "stroke-width": 3, "paint-order": "stroke", "stroke-linejoin": "round" }, label.text);
  return new XMLSerializer().serializeToString(svg);
}

/* Text without the characters that XML forbids. */
function printable(text) { return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd"); }

function table() {
  const cell = (value) => { const text = value === null || value === undefined ? "" : String(value); return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text; };
  const rows = [["date", "publisher", "source", "source_for", "relation", "quad", "target", "target_for", "status", "speaker", "confidence", "sentence", "title", "url"]];
  for (const entry of drawn.values()) for (const number of entry.active) {
    const item = statements[number], source = data.documents[item.document], relation = data.relations[item.relation], label = (end) => end === null ? "" : nodes[end].label;
    rows.push([dateOf(item), source.publisher, label(item.ends[0]), item.ends[2] === item.ends[0] ? "" : label(item.ends[2]), relation.code, relation.quad, label(item.ends[1]), item.ends[3] === item.ends[1] ? "" : label(item.ends[3]),
      item.status, item.speaker, item.confidence, data.texts[item.text], source.title, source.url]);
  }
  return rows.map((row) => row.map(cell).join(",") + "\n").join("");
}

// ---- wiring ---------------------------------------------------------------------------------------------------------------

function tip(at, head, lines) {
  const box = byId("tip");
  box.replaceChildren(make("strong", {}, head), ...lines.map((line) => make("span", {}, line)));
  box.hidden = false;
  const frame = byId("graph");
  box.style.left = Math.max(4, Math.min(at.x + 14, frame.clientWidth - box.offsetWidth - 8)) + "px";
  box.style.top = Math.max(4, Math.min(at.y + 14, frame.clientHeight - box.offsetHeight - 8)) + "px";
}

function hideTip() { byId("tip").hidden = true; }

/* The next or previous actor, the biggest first. */
function walk(step) {
  const order = ranked.filter((node) => alive.has(node.id));
  if (!order.length) return;
  const at = selection && "node" in selection ? order.findIndex((node) => node.id === selection.node) : step > 0 ? -1 : 0;
  select({ node: order[(at + step + order.length) % order.length].id });
}

function tipOfTie(id, at) {
  const entry = drawn.get(id);
  if (!entry) return;
  const counts = [...tally(entry.active.map((number) => data.relations[statements[number].relation].code + (statements[number].status === "asserted" ? "" : " (" + statements[number].status + ")")))].sort((one, other) => other[1] - one[1]);
  tip(at, nodes[entry.tie.from].label + " – " + nodes[entry.tie.to].label, counts.slice(0, 6).map(([name, count]) => `${count} ${name}`));
}

function fit() {
  const held = nodes.filter((node) => alive.has(node.id)).map((node) => node.id);
  if (!held.length) return;
  network.fit({ nodes: held, animation: false, maxZoomLevel: 1.4 });
  network.moveTo({ scale: network.getScale() * 0.86 });  // room for labels beside the outermost nodes
  touched = false;
}

function readTheme() { root.dataset.theme = dark.matches ? "dark" : "light"; afterTheme(); }

function afterTheme() {
  readColours();
  byId("theme").textContent = isDark() ? "Light" : "Dark";
}

function setTheme(name) { root.dataset.theme = name; afterTheme(); buildPanel(); paint(); showEvidence(); }

byId("theme").addEventListener("click", () => setTheme(isDark() ? "light" : "dark"));
dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
byId("fit").addEventListener("click", fit);
byId("reset").addEventListener("click", () => { resetState(); selection = null; clearSearch(); buildPanel(); refresh(); fit(); });
byId("roll-up").addEventListener("change", (event) => { state.rollUp = event.target.checked; selection = null; refresh(); });
byId("names").addEventListener("change", (event) => { state.names = event.target.checked; network.redraw(); });
byId("confidence").addEventListener("input", (event) => { state.confidence = Number(event.target.value); refresh(); });
byId("strongest").addEventListener("input", (event) => { state.strongest = Number(event.target.value); refresh(); });
byId("least").addEventListener("input", (event) => { state.least = Number(event.target.value); refresh(); });
for (const id of ["from", "to"]) byId(id).addEventListener("input", (event) => setTime(id, event.target.value));
byId("save-png").addEventListener("click", savePicture);
byId("save-svg").addEventListener("click", () => save("graph.svg", new Blob([vectorDrawing()], { type: "image/svg+xml" })));
byId("save-csv").addEventListener("click", () => save("statements.csv", new Blob([table()], { type: "text/csv" })));
byId("search").addEventListener("input", search);
byId("search").addEventListener("blur", () => { byId("results").hidden = true; });
byId("search").addEventListener("focus", () => { if (byId("search").value) search(); });
byId("search").addEventListener("keydown", (event) => {
  if (event.key === "Enter") pick(cursor);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    cursor = Math.max(0, Math.min(found.length - 1, cursor + (event.key === "ArrowDown" ? 1 : -1)));
    showFound(plain(byId("search").value.trim()));
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); byId("search").focus(); }
  if (event.key === "Escape") {
    if (!selection && !typing && state.ego !== null) setEgo(null);
    clearSearch(); byId("search").blur(); hideTip(); select(null);
  }
  if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "n" || event.key === "p") walk(event.key === "n" ? 1 : -1);
  if (event.key === "+" || event.key === "-") { touched = true; network.moveTo({ scale: network.getScale() * (event.key === "+" ? 1.25 : 0.8) }); }
  if (event.key === "0") fit();
  const move = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (move && byId("graph").contains(document.activeElement)) {
    event.preventDefault(); touched = true;
    network.moveTo({ position: network.getViewPosition(), offset: { x: 60 * move[0], y: 60 * move[1] } });
  }
});

network.on("beforeDrawing", drawHulls);
network.on("afterDrawing", drawLabels);
network.on("click", ({ nodes: [node], edges: [tie] }) => select(node !== undefined ? { node } : tie !== undefined ? { tie } : null));
network.on("hoverNode", ({ node, pointer }) => tip(pointer.DOM, nodes[node].label, [data.kinds[nodes[node].kind].label + (nodes[node].iso3 ? " · " + nodes[node].iso3 : "")]));
network.on("hoverEdge", ({ edge, pointer }) => tipOfTie(edge, pointer.DOM));
for (const name of ["blurNode", "blurEdge", "dragStart", "zoom"]) network.on(name, hideTip);
for (const name of ["dragStart", "zoom"]) network.on(name, () => { touched = true; });
network.on("resize", () => { if (!touched) queueMicrotask(fit); });  // only after vis-network has put its own idea of the view

buildPanel();
refresh();
fit();
network.once("afterDrawing", () => { root.dataset.ready = "true"; });
window.kg = { network, select, labels: () => drawnLabels, placed: () => placed, drawing: vectorDrawing, table, ties: () => [...drawn.keys()], actors: () => [...alive] };
})();

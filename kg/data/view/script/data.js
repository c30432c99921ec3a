/* What the page holds, what the reader has chosen of it, and small words for both. */
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("kg-data").textContent);
const nodes = data.network.nodes;
const ties = data.network.edges;
const statements = data.statements;
const tieOf = new Map(ties.map((tie) => [tie.id, tie]));
const ranked = nodes.slice().sort((one, other) => other.size - one.size || one.id - other.id);
const root = document.documentElement;

const QUADS = ["verbal cooperation", "material cooperation", "verbal conflict", "material conflict", "standing"];
const STATUS_WORDS = {
  asserted: "as so",
  negated: "as not so",
  requested: "as asked for",
  planned: "as intended",
  possible: "as possible",
};
const FEW = 150; // so many ties are all shown at first, and drawn at their full strength
const PAGE_ROWS = 60; // statements or table rows that are written at once

const state = {}; // what the filters are set to
let selection = null; // {node: number} or {tie: id}
let passing = new Map(); // id -> {tie, active, family, reported, to, from} of the ties that pass the filters, the backbone first
let shown = new Set(); // the ids of those that are drawn when nothing is selected
let drawn = new Map(); // those that are drawn: a selected actor shows all its ties
let alive = new Set(); // nodes that are drawn

function resetState() {
  Object.assign(state, {
    noQuad: new Set(),
    noRelation: new Set(),
    noStatus: new Set(["negated", "requested", "planned", "possible"]),
    noKind: new Set(),
    noPublisher: new Set(),
    noSpeaker: new Set(),
    from: 0,
    to: lastBin,
    least: 1,
    ego: null,
    rollUp: false,
    confidence: 0,
    strongest: null,
    names: data.small && ties.length <= 40,
  });
}

/* Bins of the time slider are months; where a few statements lie far back, the first bin is all of what was earlier. */
const lead = data.time && data.time.earlier ? 1 : 0;
const lastBin = data.time ? data.time.last - data.time.first + lead : 0;
const binOf = (month) => Math.max(0, month - data.time.first + lead);

function monthName(bin) {
  const month = data.time.first + bin - lead;
  return bin < lead ? "earlier" : Math.floor(month / 12) + "-" + String((month % 12) + 1).padStart(2, "0");
}

function anyTime() {
  return state.from === 0 && state.to === lastBin;
}

function timeWords() {
  if (anyTime()) return `${monthName(0)} to ${monthName(lastBin)}, and undated`;
  return state.from === state.to ? monthName(state.from) : `${monthName(state.from)} to ${monthName(state.to)}`;
}

const publisherOf = (item) => data.documents[item.document].publisher || "";
const relationOf = (item) => data.relations[item.relation];
const dateOf = (item) => item.when || data.documents[item.document].published || "";
/* A date or interval as one says it: "2014/.." is since 2014. */
function dateWords(date) {
  const [begin, end] = date.split("/");
  return end === undefined ? begin : end === ".." ? `since ${begin}` : begin === ".." ? `until ${end}` : `${begin} to ${end}`;
}

const kindOf = (node) => data.kinds[node.kind];
const sizeOf = (node) => (state.rollUp ? node.rolledSize : node.size);
const endsOf = (item) => (state.rollUp ? item.ends.slice(2) : item.ends.slice(0, 2));

function words(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}

function capital(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function tally(keys) {
  const counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) || 0) + 1);
  return counts;
}

/* The keys of a tally, the most frequent first. */
function mostFirst(counts) {
  return [...counts.keys()].sort((one, other) => counts.get(other) - counts.get(one) || (one < other ? -1 : 1));
}

/* "3 AID, ACCUSE (negated)": what the statements of a tie report. */
function relationCounts(active) {
  return tally(
    active.map(
      (number) => relationOf(statements[number]).code + (statements[number].status === "asserted" ? "" : ` (${statements[number].status})`),
    ),
  );
}

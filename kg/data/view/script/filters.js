/* What the filters leave: statements, the ties that they add up to, and the backbone among these. */
const DASHES = { cooperation: [], conflict: [7, 4], mixed: [11, 3, 2.5, 3], standing: [] };
const DOTS = [1.5, 4];

function passesTimeless(item) {
  return (
    !state.noStatus.has(item.status) &&
    item.confidence >= state.confidence - 1e-9 &&
    !state.noRelation.has(item.relation) &&
    !state.noQuad.has(relationOf(item).quad) &&
    !state.noSpeaker.has(item.speaker || "") &&
    !state.noPublisher.has(publisherOf(item))
  );
}

function inTime(item) {
  return anyTime() || (item.months !== null && binOf(item.months[0]) >= state.from && binOf(item.months[1]) <= state.to);
}

function passes(item) {
  return passesTimeless(item) && inTime(item);
}

function kindShown(number) {
  return number !== null && !state.noKind.has(nodes[number].kind);
}

/* Conflict or cooperation is what is asserted to have happened; what is only asked for, denied or planned decides
   where nothing else is there. */
function summarise(tie, active) {
  const asserted = active.filter((number) => statements[number].status === "asserted");
  const first = state.rollUp ? 2 : 0;
  const families = new Set((asserted.length ? asserted : active).map((number) => relationOf(statements[number]).family));
  const family = families.has("cooperation")
    ? families.has("conflict")
      ? "mixed"
      : "cooperation"
    : families.has("conflict")
      ? "conflict"
      : "standing";
  const directed = active
    .filter((number) => !relationOf(statements[number]).reciprocal)
    .map((number) => statements[number].ends[first] === tie.from);
  return { tie, active, family, reported: asserted.length > 0, to: directed.includes(true), from: directed.includes(false) };
}

/* Every actor's strongest tie first, then by the disparity filter (Serrano, Boguñá and Vespignani 2009). */
function backbone(list) {
  const strength = new Map();
  const degree = new Map();
  const best = new Map();
  for (const entry of list)
    for (const end of [entry.tie.from, entry.tie.to]) {
      strength.set(end, (strength.get(end) || 0) + entry.active.length);
      degree.set(end, (degree.get(end) || 0) + 1);
      if (!best.has(end) || best.get(end).active.length < entry.active.length) best.set(end, entry);
    }
  const chosen = new Set(best.values());
  for (const entry of list) {
    const chance = (end) => (1 - entry.active.length / strength.get(end)) ** (degree.get(end) - 1);
    entry.rank = (chosen.has(entry) ? 0 : 1) + Math.min(chance(entry.tie.from), chance(entry.tie.to));
  }
  return list.sort(
    (one, other) =>
      one.rank - other.rank || other.active.length - one.active.length || one.tie.from - other.tie.from || one.tie.to - other.tie.to,
  );
}

/* How many ties are shown unless the reader says so: all where they are few, else about one an actor. */
function limitOf(count) {
  if (state.strongest !== null) return Math.min(state.strongest, count);
  return data.small || count <= FEW ? count : Math.min(count, nodes.length);
}

/* An actor and those it has ties with; null where the whole graph is shown. */
function circleOf(entries) {
  if (state.ego === null) return null;
  const circle = new Set([state.ego]);
  for (const { tie } of entries) if (tie.from === state.ego || tie.to === state.ego) circle.add(tie.from).add(tie.to);
  return circle;
}

/* Sets what passes, what of it is shown and which actors are there; the number of statements that pass. */
function sift() {
  const level = state.rollUp ? "r" : "p";
  const passed = statements.map(passes);
  const open = [];
  for (const tie of ties) {
    if (tie.id[0] !== level || !kindShown(tie.from) || !kindShown(tie.to)) continue;
    const active = tie.statements.filter((number) => passed[number]);
    if (active.length >= state.least) open.push(summarise(tie, active));
  }
  const circle = circleOf(open);
  const all = backbone(circle ? open.filter(({ tie }) => circle.has(tie.from) && circle.has(tie.to)) : open);
  passing = new Map(all.map((entry) => [entry.tie.id, entry]));
  shown = new Set(all.slice(0, limitOf(all.length)).map((entry) => entry.tie.id));
  alive = new Set();
  let count = 0;
  statements.forEach((item, number) => {
    if (!passed[number]) return;
    count += 1;
    for (const end of endsOf(item)) if (kindShown(end) && (!circle || circle.has(end))) alive.add(end);
  });
  if (state.least > 1) {
    const tied = new Set(all.flatMap(({ tie }) => [tie.from, tie.to]));
    for (const end of alive) if (!tied.has(end) && end !== state.ego) alive.delete(end);
  }
  if (selection && "tie" in selection && selection.tie[0] !== level) selection = null;
  return count;
}

/* The filters in words, for captions: an appendix should say what its picture leaves out. */
function filterWords() {
  const left = (names, off) => names.filter((name) => off.has(name)).map(String);
  const statuses = data.statuses.filter((name) => !state.noStatus.has(name));
  const without = [
    ...left(QUADS, state.noQuad),
    ...data.relations.filter((_, number) => state.noRelation.has(number)).map((relation) => relation.code),
    ...data.kinds.filter((_, number) => state.noKind.has(number)).map((kind) => kind.label.toLowerCase()),
  ];
  const voices = (off, one, all) => (off.size ? `${all - off.size} of ${words(all, one, one + "s")}` : null);
  return [
    statuses.length === data.statuses.length ? null : statuses.length ? `${statuses.join(", ")} only` : "no status",
    without.length ? `without ${without.join(", ")}` : null,
    data.time && !anyTime() ? timeWords() : null,
    voices(state.noPublisher, "publisher", new Set(statements.map(publisherOf)).size),
    voices(state.noSpeaker, "speaker", new Set(statements.map((item) => item.speaker || "")).size),
    state.confidence > 0 ? `confidence at least ${state.confidence.toFixed(2)}` : null,
    state.least > 1 ? `ties of at least ${state.least} statements` : null,
    shown.size < passing.size ? `the strongest ${shown.size} of ${passing.size} ties` : null,
    state.rollUp ? "persons as their states" : null,
    state.ego !== null ? `${nodes[state.ego].label} and whom it has ties with` : null,
  ]
    .filter((part) => part !== null)
    .join("; ");
}

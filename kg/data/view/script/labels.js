/* Labels in screen space: none over another, none outside the frame, the most active actors first. */
const CHIEF = 30; // so many labels may cover small marks, but not one another
let placed = []; // the labels of the last drawing: {text, x, y, size, weight, room, node, faint}
let counted = []; // the counts of ties: {text, x, y, size, family}

const widths = new Map();
const ruler = make("canvas").getContext("2d"); // by font, then by text

function fontOf(weight, size) {
  return `${weight} ${size}px ${FONT}`;
}

/* Pixels that a text takes. */
function widthOf(text, weight, size) {
  const font = fontOf(weight, size);
  if (!widths.has(font)) widths.set(font, new Map());
  const known = widths.get(font);
  if (!known.has(text)) {
    ruler.font = font;
    known.set(text, ruler.measureText(text).width);
  }
  return known.get(text);
}

/* Which way a text is written: by its first letter that says so. */
function directionOf(text) {
  const [letter] = text.match(/\p{L}/u) || [""];
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]|[\ud802\ud803\ud83a\ud83b]/.test(letter) ? "rtl" : "ltr";
}

/* Boxes already taken, by cells of the screen. */
class Taken {
  constructor() {
    this.cells = new Map();
  }
  *cellsOf(box) {
    for (let x = Math.floor(box[0] / 80); x <= Math.floor(box[2] / 80); x++)
      for (let y = Math.floor(box[1] / 80); y <= Math.floor(box[3] / 80); y++) yield x * 4096 + y;
  }
  add(box) {
    for (const cell of this.cellsOf(box)) {
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(box);
    }
  }
  free(box, except) {
    for (const cell of this.cellsOf(box))
      for (const other of this.cells.get(cell) || []) {
        if (other !== except && box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) return false;
      }
    return true;
  }
}

/* What lies over the frame: labels keep clear of it. */
function covers() {
  const own = frame.getBoundingClientRect();
  return [...document.querySelectorAll("[data-over-graph]")]
    .filter((element) => !element.hidden && element.offsetWidth)
    .map((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return [left - own.left - 2, top - own.top - 2, right - own.left + 2, bottom - own.top + 2];
    });
}

/* Places around a mark in the order in which they are liked: below, above, beside, at the corners, below and above pushed aside. */
const AROUND = [
  [0, 1],
  [0, -1],
  [1, 0],
  [-1, 0],
  [0.8, 0.8],
  [-0.8, 0.8],
  [0.8, -0.8],
  [-0.8, -0.8],
];

function spotsOf({ x, y, reach }, half, tall) {
  const side = reach + half + 2;
  const above = reach + tall + 1;
  const spot = (dx, dy) => ({ x: x + dx, y: y + dy, room: [x + dx - half, y + dy - tall, x + dx + half, y + dy + tall] });
  return [
    ...AROUND.map(([across, down]) => spot(across * side, down * above)),
    ...[
      [0.6, 1],
      [-0.6, 1],
      [0.6, -1],
      [-0.6, -1],
    ].map(([across, down]) => spot(across * half, down * above)),
  ];
}

function placeLabels(places) {
  const scale = network.getScale();
  const near = nearOf(selection);
  const taken = new Taken();
  const chief = new Taken();
  const inside = new Map();
  const wide = frame.clientWidth;
  const high = frame.clientHeight;
  const size = Math.round(2 * Math.max(11, Math.min(15, 13 * Math.sqrt(scale)))) / 2;
  for (const box of covers()) {
    taken.add(box);
    chief.add(box);
  }
  for (const [id, place] of places) {
    const { x, y, reach } = place;
    if (x < -50 || y < -50 || x > wide + 50 || y > high + 50) continue;
    place.box = [x - reach, y - reach, x + reach, y + reach];
    inside.set(id, place);
    taken.add(place.box);
    if (near ? near.has(id) : inside.size <= CHIEF) chief.add(place.box);
  }
  const lines =
    drawn.size <= 2 * FEW
      ? [...drawn.values()]
          .map(({ tie }) => [inside.get(tie.from), inside.get(tie.to)])
          .filter(([from, to]) => from && to)
          .map(([from, to]) => [from.x, from.y, to.x - from.x, to.y - from.y])
      : [];
  const order = near ? [...ranked.filter((node) => near.has(node.id)), ...ranked.filter((node) => !near.has(node.id))] : ranked;
  const most = data.small ? nodes.length : Math.max(CHIEF, Math.round((wide * high) / 11000));
  let tries = 5 * most;
  placed = [];
  for (const node of order) {
    const place = inside.get(node.id);
    if (!place) continue;
    if (placed.length >= most || tries === 0) break;
    tries -= 1;
    // The labels of the biggest (or of those selected) may cover small marks, not one another or one another's.
    const leader = near ? near.has(node.id) : placed.length < CHIEF;
    const weight = (data.small ? place.reach > 14 : leader) ? 600 : data.small ? 500 : 400;
    const spots = spotsOf(place, widthOf(node.short, weight, size) / 2 + 3, size / 2 + 2).filter(
      ({ room }) => room[0] >= 0 && room[1] >= 0 && room[2] <= wide && room[3] <= high,
    );
    const spot =
      leastCrossed(
        spots.filter(({ room }) => taken.free(room, place.box)),
        lines,
      ) ||
      (leader &&
        leastCrossed(
          spots.filter(({ room }) => chief.free(room, place.box)),
          lines,
        ));
    if (!spot) continue;
    taken.add(spot.room);
    chief.add(spot.room);
    placed.push({
      text: node.short,
      x: spot.x,
      y: spot.y,
      size,
      weight,
      room: spot.room,
      node: node.id,
      faint: near !== null && !near.has(node.id),
    });
  }
  counted =
    (data.small || scale > 1.7 * restScale || selection) && !(moving && drawn.size > CALM)
      ? placeCounts(inside, taken, Math.max(10, size - 2))
      : [];
}

/* Below the mark rather than elsewhere, but not at the price of covering ties that another place leaves free. */
function leastCrossed(spots, lines) {
  if (!lines.length) return spots[0] || null;
  let best = null;
  let least = Infinity;
  spots.forEach((spot, position) => {
    const cost = 0.45 * position + lines.filter((line) => crosses(line, spot.room)).length;
    if (cost < least) {
      best = spot;
      least = cost;
    }
  });
  return best;
}

/* Whether a line meets a box (Liang and Barsky 1984). */
function crosses([x, y, dx, dy], [left, top, right, bottom]) {
  let enter = 0;
  let leave = 1;
  for (const [step, room] of [
    [-dx, x - left],
    [dx, right - x],
    [-dy, y - top],
    [dy, bottom - y],
  ]) {
    if (step === 0 && room < 0) return false;
    if (step < 0) enter = Math.max(enter, room / step);
    if (step > 0) leave = Math.min(leave, room / step);
  }
  return enter <= leave;
}

function tieText(entry) {
  if (!state.names) return entry.active.length > 1 ? String(entry.active.length) : "";
  const counts = tally(entry.active.map((number) => relationOf(statements[number]).code));
  const [first] = mostFirst(counts);
  const rest = entry.active.length - counts.get(first);
  return first.toLowerCase() + (counts.get(first) > 1 ? " ×" + counts.get(first) : "") + (rest ? " +" + rest : "");
}

/* The number of a tie's statements, or the name of its relation, on the line where there is room. */
function placeCounts(places, taken, size) {
  const found = [];
  for (const entry of drawn.values()) {
    const text = inFocus(entry.tie) ? tieText(entry) : "";
    const from = places.get(entry.tie.from);
    const to = places.get(entry.tie.to);
    if (!text || !from || !to) continue;
    const half = widthOf(text, 500, size) / 2 + 2;
    const tall = size / 2 + 1;
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    if (Math.hypot(dx, dy) < from.reach + to.reach + 26) continue;
    for (const share of [0.5, 0.42, 0.58, 0.34, 0.66]) {
      const x = from.x + share * dx;
      const y = from.y + share * dy;
      const room = [x - half, y - tall, x + half, y + tall];
      if (!taken.free(room, null)) continue;
      taken.add(room);
      found.push({ text, x, y, size, family: entry.family });
      break;
    }
  }
  return found;
}

function halo(context, { text, x, y }, ink, wide) {
  context.direction = directionOf(text);
  context.lineWidth = wide;
  context.strokeStyle = colours.ground;
  context.fillStyle = ink;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

function drawLabels(context) {
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.lineJoin = "round";
  for (const label of placed) {
    context.font = fontOf(label.weight, label.size);
    context.globalAlpha = label.faint ? 0.25 : 1;
    halo(context, label, colours.ink, label.weight === 600 && !data.small ? 5 : 3.5);
  }
  context.globalAlpha = 1;
  for (const count of counted) {
    context.font = fontOf(500, count.size);
    halo(context, count, colours[count.family], 3.5);
  }
}

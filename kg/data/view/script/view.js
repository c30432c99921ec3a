/* The view: vis-network holds the nodes, the zoom and the pointer; ties, labels and hulls are drawn by the sections after this one. */
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';
const PALETTE = ["ground", "ink", "soft", "faint", "hull", "hull-edge", "cooperation", "conflict", "mixed", "standing"];
const CALM = 1500; // from so many ties on they are left out while the view moves
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const frame = byId("graph");

let colours = {};
let network = null;
let touched = false; // whether the reader has moved the view
let restScale = 1; // the scale at which everything fits
let moving = false;
let upright = false; // whether the layout is turned for a window that is higher than wide

function theme() {
  return root.dataset.theme;
}

function readColours() {
  const style = getComputedStyle(root);
  colours = Object.fromEntries(PALETTE.map((name) => [name, style.getPropertyValue("--" + name).trim()]));
}

const nodeSet = new vis.DataSet();
/* A big graph is seen from further away: its thick borders would hide its small marks. */
const fineness = data.small ? 1 : Math.min(1, (FEW / nodes.length) ** 0.25);

function nodeLook(node) {
  const colour = kindOf(node)[theme()];
  const open = kindOf(node).shape === "ring";
  const fill = open ? colours.ground : colour;
  const border = open ? colour : colours.ground;
  const chosen = { background: fill, border: open ? colour : colours.ink };
  return {
    id: node.id,
    size: sizeOf(node),
    borderWidth: (open ? 3 : 1.5) * fineness,
    color: { background: fill, border, highlight: chosen, hover: chosen },
  };
}

/* Size and colour go the official way, which takes 0.1 ms a node: fine for a change of theme. What every filter and every click changes
   goes straight to where vis-network keeps it, and it is told to look which nodes are hidden; the event for that would draw at once. */
let painted = "";

function paintNodes(near) {
  const wanted = `${state.rollUp} ${theme()}`;
  if (painted !== wanted) nodeSet.update(nodes.map(nodeLook));
  painted = wanted;
  let changed = false;
  for (const node of nodes) {
    const { options } = network.body.nodes[node.id];
    const hidden = !alive.has(node.id);
    changed ||= options.hidden !== hidden;
    options.hidden = hidden;
    options.opacity = near !== null && !near.has(node.id) ? 0.18 : 1;
  }
  if (changed) network._updateVisibleIndices();
}

/* Draws once more with the next frame, however often it is asked. */
function redraw() {
  network.body.emitter.emit("_requestRedraw");
}

/* The nodes and ties that a selection is about; null where nothing is selected. */
function nearOf(choice) {
  if (!choice) return null;
  if ("tie" in choice) return new Set([tieOf.get(choice.tie).from, tieOf.get(choice.tie).to]);
  const near = new Set([choice.node]);
  for (const { tie } of passing.values()) if (tie.from === choice.node || tie.to === choice.node) near.add(tie.from).add(tie.to);
  return near;
}

function inFocus(tie) {
  if (!selection) return true;
  return "tie" in selection ? tie.id === selection.tie : tie.from === selection.node || tie.to === selection.node;
}

/* Where the nodes that are drawn lie in the frame, the most active first: id -> {x, y, reach}. */
function placesOf() {
  const scale = network.getScale();
  const origin = network.canvasToDOM({ x: 0, y: 0 });
  const places = new Map();
  for (const node of ranked) {
    if (!alive.has(node.id)) continue;
    const at = network.getPosition(node.id);
    places.set(node.id, { x: origin.x + scale * at.x, y: origin.y + scale * at.y, reach: sizeOf(node) * scale });
  }
  return places;
}

/* Draws in pixels of the frame, whatever the zoom. */
function onScreen(context, work) {
  const ratio = context.canvas.width / context.canvas.clientWidth;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  work();
  context.restore();
}

/* The part of the frame that nothing covers: [left, top, right, bottom]. */
function freeFrame() {
  const own = frame.getBoundingClientRect();
  const box = [0, byId("notice").hidden ? 0 : byId("notice").offsetHeight + 14, own.width, own.height];
  if (byId("evidence").hidden) return box;
  const over = byId("evidence").getBoundingClientRect();
  if (besideEvidence()) box[2] = Math.min(box[2], over.left - own.left);
  else box[3] = Math.min(box[3], over.top - own.top);
  return box;
}

/* Whether the statements are beside the graph; on a telephone they lie over its lower half. */
function besideEvidence() {
  return byId("evidence").offsetWidth < frame.clientWidth - 80;
}

/* Half the room that a node's mark and its label below take, in pixels at a scale. */
function roomOf(node, scale, chief) {
  const label = data.small || chief ? Math.min(85, widthOf(node.short, 600, 13) / 2 + 4) : 0;
  return [Math.max(sizeOf(node) * scale + 4, label), sizeOf(node) * scale + (label ? 18 : 4)];
}

/* The greatest scale at which all nodes and the labels of the biggest have room in the frame, and where its middle then lies. */
function fit() {
  const held = ranked
    .filter((node) => alive.has(node.id))
    .map((node, position, all) => ({ node, at: network.getPosition(node.id), chief: position < CHIEF || all.length <= 100 }));
  if (!held.length || !frame.clientWidth || !frame.clientHeight) return;
  const box = freeFrame();
  const wide = box[2] - box[0] - 24;
  const high = box[3] - box[1] - 24;
  const extent = (scale) => {
    const ends = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { node, at, chief } of held) {
      const [dx, dy] = roomOf(node, scale, chief);
      ends[0] = Math.min(ends[0], at.x * scale - dx);
      ends[2] = Math.max(ends[2], at.x * scale + dx);
      ends[1] = Math.min(ends[1], at.y * scale - dy);
      ends[3] = Math.max(ends[3], at.y * scale + dy);
    }
    return ends;
  };
  const fits = (scale) => {
    const [left, top, right, bottom] = extent(scale);
    return right - left <= wide && bottom - top <= high;
  };
  let low = 0.001;
  let top = 1.4;
  for (let step = 0; step < 22; step++) {
    const middle = (low + top) / 2;
    if (fits(middle)) low = middle;
    else top = middle;
  }
  const ends = extent(low);
  const middle = { x: (ends[0] + ends[2]) / 2 / low, y: (ends[1] + ends[3]) / 2 / low };
  network.moveTo({
    scale: low,
    position: middle,
    offset: { x: (box[0] + box[2] - frame.clientWidth) / 2, y: (box[1] + box[3] - frame.clientHeight) / 2 },
    animation: false,
  });
  restScale = low;
  touched = false;
}

/* The layout turned and stretched a little towards the frame's shape: on a telephone it stands upright. Marks only move apart. */
function layOut() {
  upright = frame.clientHeight > 1.25 * frame.clientWidth && frame.clientWidth > 0;
  const spread = (axis) => nodes.reduce((most, node) => Math.max(most, Math.abs(node[axis])), 1);
  const shape = (frame.clientWidth || 4) / (frame.clientHeight || 3);
  const stretch = (upright ? spread("y") / spread("x") : spread("x") / spread("y")) / shape;
  const across = Math.min(1.35, Math.max(1, 1 / stretch));
  const down = Math.min(1.35, Math.max(1, stretch));
  return nodes.map((node) => ({ id: node.id, x: across * (upright ? node.y : node.x), y: down * (upright ? node.x : node.y) }));
}

/* Anew in a window of another shape, unless the reader has moved the view; big graphs only where it now stands the other way. */
function turn() {
  if (touched || frame.clientWidth === 0) return;
  if (nodes.length > CALM && upright === frame.clientHeight > 1.25 * frame.clientWidth) return;
  nodeSet.update(layOut());
}

function zoomBy(factor) {
  touched = true;
  network.moveTo({ scale: network.getScale() * factor });
  redraw();
}

/* Moves the view just so far that the statements beside it do not cover what they are about. */
function uncover(choice) {
  const ends = [...("node" in choice ? [choice.node] : nearOf(choice))].filter((number) => alive.has(number));
  if (!ends.length) return;
  const at = ends.map((number) => network.canvasToDOM(network.getPosition(number)));
  const box = freeFrame();
  const edge = 50;
  const over = (axis, low, high) => {
    const values = at.map((point) => point[axis]);
    const beyond = Math.max(...values) - high + edge;
    const before = low + edge - Math.min(...values);
    return beyond > 0 ? -beyond : before > 0 ? before : 0;
  };
  const offset = { x: over("x", box[0], box[2]), y: over("y", box[1], box[3]) };
  if (offset.x || offset.y) network.moveTo({ offset, position: network.getViewPosition(), animation: false });
}

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

/* The convex hull of points (Andrew 1979). */
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

function drawHulls(context) {
  const origin = network.canvasToDOM({ x: 0, y: 0 });
  const scale = network.getScale();
  const wide = HULL_MARGIN * scale;
  context.lineJoin = "round";
  const outlines = hulls().map((hull) => hull.map(({ x, y }) => [origin.x + scale * x, origin.y + scale * y]));
  for (const outline of outlines) {
    context.beginPath();
    for (const [x, y] of outline) context.lineTo(x, y);
    context.closePath();
    context.lineWidth = wide + 2;
    context.strokeStyle = colours["hull-edge"];
    context.stroke();
    context.lineWidth = wide;
    context.strokeStyle = colours.hull;
    context.stroke();
    context.fillStyle = colours.hull;
    context.fill();
  }
}
const HULL_MARGIN = 56;

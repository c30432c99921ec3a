/* The ties: those that look alike are drawn together, in pixels of the screen. One edge each in vis-network would take
   half a second at 5,000 whenever a filter moves. */
const TOGETHER = 16; // lines of one stroke: longer paths take more time than several of these, and hide how many lines cross

/* How faint and thin lines are when they are many, those from one community to another more so: they are long and cross. */
function density() {
  const share = Math.min(1, FEW / Math.max(1, drawn.size));
  return { within: Math.max(0.35, 0.88 * share ** 0.15), between: Math.max(0.2, 0.88 * share ** 0.6), thin: Math.max(0.5, share ** 0.3) };
}

const home = (number) => nodes[number].community;

/* What a tie looks like: colour, width and dashes in pixels, opacity. */
function lineLook(entry, dense, zoom) {
  const chosen = selection !== null;
  const focus = inFocus(entry.tie);
  const thin = chosen && focus ? 1 : dense.thin;
  const width = zoom * thin * Math.min(7, (entry.family === "standing" ? 0.7 : 1) + 0.85 * Math.log2(1 + entry.active.length));
  const dash = (entry.reported ? DASHES[entry.family] : DOTS).map(
    (part) => part * Math.max(0.6, thin) * Math.max(1, Math.min(1.6, width / 2.2)),
  );
  return {
    family: entry.family,
    width: Math.round(width * 4) / 4 || 0.25,
    dash,
    round: !entry.reported,
    opacity: chosen ? (focus ? 0.95 : 0.08) : dense[home(entry.tie.from) === home(entry.tie.to) ? "within" : "between"],
  };
}

/* Where a tie begins and ends beside the marks of its actors, and the corners of its arrowheads; null where the marks touch. */
function lineShape(entry, places, width) {
  const from = places.get(entry.tie.from);
  const to = places.get(entry.tie.to);
  if (!from || !to) return null;
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const length = Math.hypot(dx, dy);
  const bare = length - from.reach - to.reach;
  if (bare < 2) return null;
  const ux = dx / length;
  const uy = dy / length;
  const head = Math.min(4.5 + 1.9 * width, 0.42 * bare);
  const half = head * 0.4;
  const back = 0.8 * head;
  const begin = [from.x + ux * from.reach, from.y + uy * from.reach];
  const end = [to.x - ux * to.reach, to.y - uy * to.reach];
  const heads = [];
  const point = ([x, y], sign) =>
    heads.push([
      [x, y],
      [x - sign * ux * head - uy * half, y - sign * uy * head + ux * half],
      [x - sign * ux * head + uy * half, y - sign * uy * head - ux * half],
    ]);
  if (entry.to) point(end, 1);
  if (entry.from) point(begin, -1);
  const cut = ([x, y], sign) => [x - sign * ux * back, y - sign * uy * back];
  return { begin: entry.from ? cut(begin, -1) : begin, end: entry.to ? cut(end, 1) : end, heads };
}

function lineZoom() {
  return Math.max(0.7, Math.min(1.9, Math.sqrt(network.getScale() / restScale)));
}

/* Every tie that is in the frame with its look and shape, the weakest first, those in focus last. */
function lineList(places) {
  const dense = density();
  const zoom = lineZoom();
  const list = [];
  const wide = frame.clientWidth;
  const high = frame.clientHeight;
  for (const entry of drawn.values()) {
    const look = lineLook(entry, dense, zoom);
    const line = lineShape(entry, places, look.width);
    if (line && inFrame(line, wide, high)) list.push({ entry, look, line });
  }
  list.reverse();
  return selection ? [...list.filter(({ entry }) => !inFocus(entry.tie)), ...list.filter(({ entry }) => inFocus(entry.tie))] : list;
}

function inFrame({ begin, end }, wide, high) {
  return (
    Math.max(begin[0], end[0]) > -20 &&
    Math.max(begin[1], end[1]) > -20 &&
    Math.min(begin[0], end[0]) < wide + 20 &&
    Math.min(begin[1], end[1]) < high + 20
  );
}

function drawLines(context, places) {
  if (moving && drawn.size > CALM) return;
  const alike = new Map();
  for (const item of lineList(places)) {
    const key = `${item.look.family} ${item.look.round} ${item.look.width} ${item.look.opacity}`;
    if (!alike.has(key)) alike.set(key, []);
    alike.get(key).push(item);
  }
  for (const items of alike.values())
    for (let at = 0; at < items.length; at += TOGETHER) drawAlike(context, items.slice(at, at + TOGETHER));
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawAlike(context, items) {
  const { look } = items[0];
  context.globalAlpha = look.opacity;
  context.strokeStyle = context.fillStyle = colours[look.family];
  context.lineWidth = look.width;
  context.lineCap = look.round ? "round" : "butt";
  context.setLineDash(look.dash);
  context.beginPath();
  for (const { line } of items) {
    context.moveTo(...line.begin);
    context.lineTo(...line.end);
  }
  context.stroke();
  context.beginPath();
  for (const { line } of items)
    for (const [tip, left, right] of line.heads) {
      context.moveTo(...tip);
      context.lineTo(...left);
      context.lineTo(...right);
      context.closePath();
    }
  context.fill();
}

/* The tie that is drawn at a point of the frame, or null. */
function tieAt(x, y) {
  const places = placesOf();
  const dense = density();
  const zoom = lineZoom();
  let found = null;
  let least = Infinity;
  for (const entry of drawn.values()) {
    const from = places.get(entry.tie.from);
    const to = places.get(entry.tie.to);
    if (!from || !to) continue;
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const share = Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / (dx * dx + dy * dy || 1)));
    const away = Math.hypot(from.x + share * dx - x, from.y + share * dy - y);
    if (away < least && away <= 4 + lineLook(entry, dense, zoom).width / 2) {
      found = entry.tie.id;
      least = away;
    }
  }
  return found;
}

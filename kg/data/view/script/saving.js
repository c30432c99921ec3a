/* The current view as a file: drawing (SVG, PNG, print) and statements (CSV). One drawing serves all three; it carries its own legend. */
function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const anchor = make("a", { href: address, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/* Text without the characters that XML forbids. */
function printable(text) {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");
}

function written(text, x, y, attributes) {
  return shape("text", { x, y, direction: directionOf(text), "unicode-bidi": "isolate", ...attributes }, printable(text));
}

function lineElements(places) {
  return lineList(places).flatMap(({ look, line }) => {
    const colour = colours[look.family];
    const dash = look.dash.length ? look.dash.map((part) => part.toFixed(1)).join(" ") : "none";
    return [
      shape("line", {
        x1: line.begin[0],
        y1: line.begin[1],
        x2: line.end[0],
        y2: line.end[1],
        stroke: colour,
        "stroke-width": look.width,
        "stroke-dasharray": dash,
        "stroke-linecap": look.round ? "round" : "butt",
        "stroke-opacity": look.opacity,
      }),
      ...line.heads.map((corners) =>
        shape("polygon", {
          points: corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" "),
          fill: colour,
          "fill-opacity": look.opacity,
        }),
      ),
    ];
  });
}

function hullElements() {
  const origin = network.canvasToDOM({ x: 0, y: 0 });
  const scale = network.getScale();
  return hulls().map((hull) =>
    shape("polygon", {
      points: hull.map(({ x, y }) => `${(origin.x + scale * x).toFixed(1)},${(origin.y + scale * y).toFixed(1)}`).join(" "),
      fill: colours.hull,
      stroke: colours.hull,
      "stroke-width": HULL_MARGIN * scale,
      "stroke-linejoin": "round",
    }),
  );
}

function nodeElements(places) {
  const near = nearOf(selection);
  return [...places].reverse().map(([number, { x, y, reach }]) => {
    const kind = kindOf(nodes[number]);
    const element = markOf(kind, x, y, reach, {
      colour: kind[theme()],
      ground: colours.ground,
      wide: (kind.shape === "ring" ? 3 : 1.5) * fineness,
    });
    if (near && !near.has(number)) element.setAttribute("opacity", 0.18);
    return element;
  });
}

function labelElements() {
  const around = {
    "text-anchor": "middle",
    "dominant-baseline": "central",
    stroke: colours.ground,
    "stroke-width": 3,
    "paint-order": "stroke",
    "stroke-linejoin": "round",
  };
  return [
    ...placed.map((label) =>
      written(label.text, label.x, label.y, {
        class: "label",
        "font-size": label.size,
        "font-weight": label.weight,
        fill: colours.ink,
        opacity: label.faint ? 0.25 : 1,
        ...around,
      }),
    ),
    ...counted.map((count) =>
      written(count.text, count.x, count.y, {
        class: "count",
        "font-size": count.size,
        "font-weight": 500,
        fill: colours[count.family],
        ...around,
      }),
    ),
  ];
}

/* Marks and lines that occur in the view with their names, in rows of the width given, and the height that they take. */
function legendElements(wide) {
  const entries = [...drawn.values()];
  const lines = [];
  for (const [family, text] of [
    ["cooperation", "Cooperation"],
    ["conflict", "Conflict"],
    ["mixed", "Cooperation and conflict"],
    ["standing", "Standing relation"],
  ]) {
    if (entries.some((entry) => entry.family === family && entry.reported))
      lines.push([
        text,
        (x, y) =>
          shape("path", {
            d: `M${x} ${y}h26`,
            stroke: colours[family],
            "stroke-width": 2.2,
            "stroke-dasharray": DASHES[family].join(" ") || "none",
          }),
      ]);
  }
  if (entries.some((entry) => !entry.reported))
    lines.push([
      "Nothing asserted",
      (x, y) =>
        shape("path", {
          d: `M${x} ${y}h26`,
          stroke: colours.standing,
          "stroke-width": 2.2,
          "stroke-dasharray": DOTS.join(" "),
          "stroke-linecap": "round",
        }),
    ]);
  const present = new Set([...alive].map((number) => nodes[number].kind));
  const marks = data.kinds
    .filter((_, number) => present.has(number))
    .map((kind) => [
      kind.label,
      (x, y) => markOf(kind, x + 20, y, 5.5, { colour: kind[theme()], ground: colours.ground, wide: kind.shape === "ring" ? 2.4 : 0 }),
    ]);
  const found = [];
  let x = 16;
  let y = 12;
  for (const [text, sample] of [...lines, ...marks]) {
    const room = 34 + widthOf(text, 400, 12) + 18;
    if (x + room > wide && x > 16) {
      x = 16;
      y += 20;
    }
    found.push(sample(x, y), written(text, x + 34, y, { "font-size": 12, fill: colours.ink, "dominant-baseline": "central" }));
    x += room;
  }
  return { elements: found, height: y + 14 };
}

/* A text cut so that it has room. */
function cutTo(text, wide, weight, size) {
  if (widthOf(text, weight, size) <= wide) return text;
  const letters = [...text.slice(0, 400)];
  while (letters.length && widthOf(letters.join("") + "…", weight, size) > wide) letters.pop();
  return letters.join("") + "…";
}

/* The view as it is on the screen, with title, what the filters leave, and legend. */
function vectorDrawing() {
  const wide = frame.clientWidth;
  const high = frame.clientHeight;
  const places = placesOf();
  const legend = legendElements(wide - 16);
  const head = 54;
  placeLabels(places);
  const caption = [byId("totals").textContent, filterWords()].filter(Boolean).join(" · ");
  const inner = (name, elements) => shape("g", { class: name }, ...elements);
  const svg = shape(
    "svg",
    {
      xmlns: SVG,
      width: wide,
      height: head + high + legend.height,
      viewBox: `0 0 ${wide} ${head + high + legend.height}`,
      "font-family": FONT,
    },
    shape("title", {}, printable(document.title)),
    shape("rect", { width: wide, height: head + high + legend.height, fill: colours.ground }),
    shape("defs", {}, shape("clipPath", { id: "frame" }, shape("rect", { width: wide, height: high }))),
    shape(
      "g",
      { transform: `translate(0 ${head})`, "clip-path": "url(#frame)" },
      inner("hulls", hullElements()),
      inner("ties", lineElements(places)),
      inner("actors", nodeElements(places)),
      inner("labels", labelElements()),
    ),
    written(cutTo(document.title, wide - 32, 600, 16), 16, 24, { "font-size": 16, "font-weight": 600, fill: colours.ink }),
    written(cutTo(caption, wide - 32, 400, 12), 16, 43, { "font-size": 12, fill: colours.soft }),
    shape("g", { class: "legend", transform: `translate(0 ${head + high})` }, ...legend.elements),
  );
  return new XMLSerializer().serializeToString(svg);
}

/* The same in pixels, two for one of the screen. */
async function picture() {
  const image = new Image();
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(vectorDrawing());
  await image.decode();
  const copy = make("canvas", { width: 2 * image.naturalWidth, height: 2 * image.naturalHeight });
  copy.getContext("2d").drawImage(image, 0, 0, copy.width, copy.height);
  return new Promise((done) => copy.toBlob(done));
}

/* A spreadsheet runs a cell that begins like a formula: an apostrophe before it makes it text. */
function cell(value) {
  const raw = value === null || value === undefined ? "" : String(value);
  const text =
    typeof value === "string" && /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]/.test(raw)
      ? "'" + raw
      : raw;
  return /[",;\n\r\t]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}

const COLUMNS = [
  "date",
  "publisher",
  "source",
  "source_for",
  "relation",
  "quad",
  "target",
  "target_for",
  "status",
  "speaker",
  "confidence",
  "sentence",
  "title",
  "url",
];

function table() {
  const label = (end, other) => (end === null || end === other ? "" : nodes[end].label);
  const rows = [COLUMNS];
  for (const entry of drawn.values())
    for (const number of entry.active) {
      const item = statements[number];
      const source = data.documents[item.document];
      const relation = relationOf(item);
      const [from, to, forFrom, forTo] = item.ends;
      rows.push([
        dateOf(item),
        source.publisher,
        label(from),
        label(forFrom, from),
        relation.code,
        relation.quad,
        label(to),
        label(forTo, to),
        item.status,
        item.speaker,
        item.confidence,
        data.texts[item.text],
        source.title,
        source.url,
      ]);
    }
  return rows.map((row) => row.map(cell).join(",") + "\n").join("");
}

/* For print: the drawing in the colours of paper, its legend with it, and behind it the statements that are open. */
function beforePrint() {
  const before = theme();
  root.dataset.theme = "light";
  readColours();
  const image = make("img", {
    src: "data:image/svg+xml;charset=utf-8," + encodeURIComponent(vectorDrawing()),
    alt: "Graph of actors and their ties",
  });
  byId("paper").replaceChildren(image);
  root.dataset.printed = before;
}

function afterPrint() {
  byId("paper").replaceChildren();
  root.dataset.theme = root.dataset.printed;
  readColours();
}

/* The ties that are shown as a table: for screen readers, for reading in order, for print. */
function tableRow(entry) {
  const { tie, active } = entry;
  const dates = active
    .map((number) => dateOf(statements[number]))
    .filter(Boolean)
    .sort();
  const [from, to] = entry.from && !entry.to ? [tie.to, tie.from] : [tie.from, tie.to];
  const both = entry.from === entry.to;
  const opener = button("", () => choose({ tie: tie.id }), {
    ariaLabel: `${words(active.length, "statement", "statements")} of ${nodes[from].label} and ${nodes[to].label}`,
  });
  opener.append(String(active.length));
  const counts = relationCounts(active);
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, isolated(nodes[from].label)),
    make("td", { className: "way", ariaLabel: both ? (entry.to ? "and back" : "with") : "to" }, both ? (entry.to ? "↔" : "–") : "→"),
    make("td", {}, isolated(nodes[to].label)),
    make("td", {}, lineSample(entry.family, entry.reported), " ", familyWords(entry)),
    make(
      "td",
      { className: "relations" },
      mostFirst(counts)
        .map((code) => code + (counts.get(code) > 1 ? " ×" + counts.get(code) : ""))
        .join(", "),
    ),
    make("td", { className: "dates" }, [...new Set([dates[0], dates[dates.length - 1]])].filter(Boolean).map(dateWords).join(" … ")),
    make("td", { className: "number" }, opener),
  );
}

let tabled = ""; // the ties of the table as it stands: it is not written anew, and the focus in it not lost, where nothing has changed

function showTable() {
  const host = byId("table");
  const wanted = [...drawn.values()].map(({ tie, active }) => `${tie.id} ${active}`).join("|") + theme();
  if (host.hidden || wanted === tabled) return;
  tabled = wanted;
  const list = [...drawn.values()].sort(
    (one, other) => other.active.length - one.active.length || one.tie.from - other.tie.from || one.tie.to - other.tie.to,
  );
  const body = make("tbody", {});
  const heads = ["From", "", "To", "Kind", "Relations", "When", "Statements"];
  host.replaceChildren(
    make(
      "table",
      {},
      make("caption", {}, `${words(list.length, "tie", "ties")}, the most reported first`),
      make("thead", {}, make("tr", {}, ...heads.map((head) => (head ? make("th", { scope: "col" }, head) : make("td", {}))))),
      body,
    ),
  );
  inPages(host, list, tableRow, body);
}

function setView(name) {
  root.dataset.view = name;
  for (const view of ["graph", "table"]) byId("as-" + view).setAttribute("aria-pressed", String(view === name));
  byId("graph").hidden = name === "table";
  byId("table").hidden = name !== "table";
  if (name === "graph") {
    network.setSize("100%", "100%");
    if (!touched) fit();
    redraw();
  }
  showTable();
}

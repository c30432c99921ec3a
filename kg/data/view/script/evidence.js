/* The statements behind a click, each with its sentence. */
function sentence(item) {
  const text = data.texts[item.text];
  const quote = make("blockquote", { dir: "auto" });
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
  const relation = relationOf(item);
  const [source, target, forSource, forTarget] = item.ends;
  const name = (number, acting) => [
    isolated(nodes[number].label),
    number !== acting ? make("span", { className: "standing" }, " (for ", isolated(nodes[acting].label), ")") : "",
  ];
  return [
    ...name(source, forSource),
    " ",
    make(
      "span",
      { className: "relation " + relation.family, title: relation.definition },
      "→ " + relation.code + (target === null ? "" : " →"),
    ),
    " ",
    ...(target === null ? [] : name(target, forTarget)),
    item.status === "asserted" ? "" : make("span", { className: "badge" }, item.status),
  ];
}

function card(number) {
  const item = statements[number];
  const source = data.documents[item.document];
  const meta = make("p", { className: "meta" });
  for (const part of [dateWords(dateOf(item)), source.publisher && isolated(source.publisher), link(source)]) {
    if (part) {
      if (meta.hasChildNodes()) meta.append(" · ");
      meta.append(part);
    }
  }
  const foot = make(
    "p",
    { className: "foot" },
    item.speaker ? "Said by " : "In the text’s own words",
    item.speaker ? isolated(item.speaker) : "",
    ` · confidence ${item.confidence.toFixed(2)}`,
  );
  if (item.content !== null) foot.append(make("br"), "What about: ", ...claim(statements[item.content]));
  return make("article", { className: "card" }, meta, make("p", { className: "claim" }, ...claim(item)), sentence(item), foot);
}

/* The first PAGE_ROWS of a list, and a button that writes the next. */
function inPages(host, list, rowOf, rowHost = host) {
  let at = 0;
  const more = button("", next);
  function next() {
    more.remove();
    rowHost.append(...list.slice(at, at + PAGE_ROWS).map(rowOf));
    at += PAGE_ROWS;
    if (at < list.length) {
      more.textContent = `Show ${Math.min(PAGE_ROWS, list.length - at)} more of ${list.length}`;
      host.append(more);
    }
  }
  next();
}

function statementsOf(choice) {
  if ("tie" in choice) return tieOf.get(choice.tie).statements;
  return statements
    .map((_, number) => number)
    .filter((number) => endsOf(statements[number]).includes(choice.node) || statements[number].ends.slice(0, 2).includes(choice.node));
}

function headOf(choice) {
  if ("tie" in choice) {
    const tie = tieOf.get(choice.tie);
    return [make("h2", { id: "evidence-heading" }, isolated(nodes[tie.from].label), " – ", isolated(nodes[tie.to].label))];
  }
  const node = nodes[choice.node];
  const alone = state.ego === choice.node;
  return [
    make("h2", { id: "evidence-heading" }, isolated(node.label)),
    make("p", {}, kindOf(node).label + (node.iso3 ? " · " + node.iso3 : "")),
    make(
      "p",
      {},
      button(alone ? "Show all actors" : "Only this one and whom it has ties with", () => setEgo(alone ? null : choice.node), {
        id: "ego",
      }),
    ),
  ];
}

function keyOfMarks(active) {
  const spoken = active.some((number) => statements[number].marks.some((mark) => mark[2] === "speaker"));
  return make(
    "div",
    { className: "key" },
    ...["source", "trigger", "target", ...(spoken ? ["speaker"] : [])].map((name) => make("mark", { className: name }, name)),
  );
}

function showEvidence() {
  const host = byId("evidence");
  host.replaceChildren();
  host.hidden = !selection;
  if (!selection) return;
  host.scrollTop = 0;
  const everything = statementsOf(selection);
  const active = everything.filter((number) => passes(statements[number]));
  const hidden = everything.length - active.length;
  active.sort((one, other) => {
    const [first, second] = [dateOf(statements[one]), dateOf(statements[other])];
    return first < second ? 1 : first > second ? -1 : one - other;
  });
  host.append(
    button("×", () => close(), { className: "close", ariaLabel: "Close" }),
    ...headOf(selection),
    make(
      "p",
      { id: "evidence-count" },
      words(active.length, "statement", "statements") + (hidden ? `, ${hidden} more hidden by the filters` : ""),
    ),
  );
  if ("node" in selection) host.append(tieList(selection.node));
  if (active.length) host.append(keyOfMarks(active));
  inPages(host, active, card);
}

function tieList(number) {
  const own = [...passing.values()]
    .filter(({ tie }) => tie.from === number || tie.to === number)
    .sort((one, other) => other.active.length - one.active.length);
  return make(
    "div",
    { className: "ties", role: "group", ariaLabel: "Ties of this actor" },
    ...own.map((entry) => {
      const other = nodes[entry.tie.from === number ? entry.tie.to : entry.tie.from];
      return make(
        "button",
        { type: "button", onclick: () => choose({ tie: entry.tie.id }), title: familyWords(entry) },
        lineSample(entry.family, entry.reported),
        isolated(other.label),
        make("span", { className: "standing" }, String(entry.active.length)),
      );
    }),
  );
}

function familyWords(entry) {
  const found = { cooperation: "cooperation", conflict: "conflict", mixed: "cooperation and conflict", standing: "standing relation" }[
    entry.family
  ];
  return entry.reported ? found : found + ", not asserted";
}

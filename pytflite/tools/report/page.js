"use strict";
const report = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);
const tensors = new Map(report.tensors.map((tensor) => [tensor.index, tensor]));
const pages = report.operators;
const WIDTH = 190, HEIGHT = 38, GAP_X = 24, GAP_Y = 26;
let chosen = null;

function element(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "path", "text", "title"].includes(tag);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const short = (number) => number === null || number === undefined ? "" : Number.isInteger(number) ? String(number) : Number(number).toPrecision(4).replace(/\.?0+$/, "");
const percent = (share) => share === 0 ? "0 %" : share < 0.0001 ? "< 0.01 %" : `${(100 * share).toFixed(2)} %`;

/* Converters join many names into one; the start is enough to tell them apart by eye, the rest is in the tooltip. */
const shorten = (text) => text.replace(/'([^']{48})[^']*'/g, "'$1…'");

/* ------------------------------------------------------------------------------------------------ colourings */

const ofOutputs = (page, lines, value) => {
  const own = lines.filter((line) => line.operator === page.operator.index).map(value).filter((v) => v !== null);
  return own.length ? Math.max(...own) : null;
};
const colourings = [
  ...report.diffs.flatMap((diff) => [
    [`differs from ${diff.theirs}`, (page) => ofOutputs(page, diff.tensors, (line) => 1 - line.equal)],
    [`made here, against ${diff.theirs}`, (page) => ofOutputs(page, diff.tensors, (line) => line.injected === null ? null : line.injected / line.elements)],
  ]),
  ["saturated elements", (page) => ofOutputs(page, page.audit, (line) => line.saturated_low + line.saturated_high)],
  ["unused codes", (page) => ofOutputs(page, page.audit, (line) => line.unused_codes === null ? null : line.unused_codes / 256)],
  ["accumulator bits, of 32", (page) => ofOutputs(page, page.audit, (line) => line.accumulator_bits === null ? null : line.accumulator_bits / 32)],
  ["share of multiplications", (page) => report.macs ? page.operator.macs / report.macs : null],
];

function paint() {
  const [name, value] = colourings[byId("colouring").selectedIndex];
  const values = pages.map(value);
  const largest = Math.max(...values.filter((v) => v !== null), 0);
  pages.forEach((page, index) => {
    const share = values[index] === null || !largest ? 0 : Math.sqrt(values[index] / largest);
    const node = byId(`node${page.operator.index}`);
    node.querySelector("rect").style.fill = `color-mix(in srgb, rgb(var(--full)) ${Math.round(100 * share)}%, rgb(var(--zero)))`;
    node.classList.toggle("strong", share > 0.6);
    node.querySelector("title").textContent = `${page.operator.index} ${page.operator.name}: ${name} ${values[index] === null ? "unknown" : percent(values[index])}`;
  });
  byId("scale").replaceChildren("0 %", element("i"), percent(largest));
}

/* ------------------------------------------------------------------------------------------------ graph */

function drawGraph() {
  const columns = Math.max(0, ...pages.map((page) => page.place[1])) + 1, rows = Math.max(0, ...pages.map((page) => page.place[0])) + 1;
  const svg = element("svg", { width: columns * (WIDTH + GAP_X), height: rows * (HEIGHT + GAP_Y) + 8 });
  const corner = (index) => [pages[index].place[1] * (WIDTH + GAP_X) + 4, pages[index].place[0] * (HEIGHT + GAP_Y) + 4];
  for (const [from, to] of report.edges) {
    const [x1, y1] = corner(from), [x2, y2] = corner(to);
    const far = y2 - y1 > HEIGHT + GAP_Y + 1 && x1 === x2;
    const a = x1 + WIDTH / 2, b = x2 + WIDTH / 2, side = far ? WIDTH / 2 + 14 : 0;
    const path = far ? `M${x1 + WIDTH},${y1 + HEIGHT / 2} C${a + side + 10},${y1 + HEIGHT / 2} ${a + side + 10},${y2 + HEIGHT / 2} ${x2 + WIDTH},${y2 + HEIGHT / 2}`
      : `M${a},${y1 + HEIGHT} C${a},${y1 + HEIGHT + GAP_Y / 2} ${b},${y2 - GAP_Y / 2} ${b},${y2}`;
    svg.append(element("path", { d: path }));
  }
  pages.forEach((page, index) => {
    const [x, y] = corner(index);
    const node = element("g", { class: "node", id: `node${page.operator.index}` },
      element("title"), element("rect", { x, y, width: WIDTH, height: HEIGHT, rx: 5 }),
      Object.assign(element("text", { x: x + 8, y: y + 16 }), { textContent: `${page.operator.index}  ${page.operator.name}` }),
      Object.assign(element("text", { x: x + 8, y: y + 30, class: "small" }), { textContent: page.operator.output.slice(0, 32) }));
    node.addEventListener("click", () => choose(index));
    svg.append(node);
  });
  byId("graph").append(svg);
}

/* ------------------------------------------------------------------------------------------------ details */

function bars(counts, label, off = () => false) {
  const width = 460, height = 90, bar = width / counts.length, largest = Math.max(...counts.map((c) => c[1]), 1);
  const svg = element("svg", { class: "bars", width, height: height + 16, role: "img", "aria-label": label });
  counts.forEach(([name, count], k) => {
    const tall = count ? Math.max(1, Math.sqrt(count / largest) * height) : 0;
    svg.append(element("rect", { x: k * bar, y: height - tall, width: Math.max(bar - 1, 1), height: tall, class: off(name) ? "off" : "" },
      Object.assign(element("title"), { textContent: `${name}: ${count}` })));
  });
  const ends = counts.length ? [counts[0][0], counts[counts.length - 1][0]] : [];
  ends.forEach((name, k) => svg.append(Object.assign(element("text", { x: k ? width : 0, y: height + 12, "text-anchor": k ? "end" : "start" }), { textContent: name })));
  return svg;
}

function table(head, rows) {
  const kind = (value) => typeof value === "number" ? "number" : String(value ?? "").length > 24 ? "long" : "";
  const shown = (value) => typeof value === "number" ? short(value) : String(value ?? "").length > 72 ? `${value.slice(0, 70)}…` : value ?? "";
  const cell = (tag, value) => Object.assign(element(tag, { class: kind(value), title: typeof value === "string" ? value : "" }), { textContent: shown(value) });
  return element("table", {}, element("tr", {}, ...head.map((name) => cell("th", name))), ...rows.map((row) => element("tr", {}, ...row.map((value) => cell("td", value)))));
}

const heading = (text) => Object.assign(element("h3"), { textContent: text });
const paragraph = (text, kind) => Object.assign(element("p", { class: kind }), { textContent: text });
const scaleOf = (tensor) => tensor.scale.length === 0 ? "" : tensor.scale.length === 1 ? `${short(tensor.scale[0])} * (q ${tensor.zero_point[0] < 0 ? "+" : "-"} ${Math.abs(tensor.zero_point[0])})` : `${tensor.scale.length} scales, axis ${tensor.quantized_dimension}`;

function tensorRows(indices) {
  return indices.filter((index) => index >= 0).map((index) => {
    const tensor = tensors.get(index);
    return [String(index), tensor.name, `${tensor.dtype}[${tensor.shape.join(", ")}]`, tensor.kind, scaleOf(tensor)];
  });
}

function choose(index) {
  chosen = index;
  document.querySelectorAll(".chosen").forEach((node) => node.classList.remove("chosen"));
  const page = pages[index], node = byId(`node${page.operator.index}`);
  node.classList.add("chosen");
  node.scrollIntoView({ block: "nearest", inline: "nearest" });
  location.hash = `op${page.operator.index}`;
  const parts = [
    Object.assign(element("h2"), { textContent: `${page.operator.index}  ${page.operator.name}` }),
    paragraph(page.why, "why"),
  ];
  for (const diff of report.diffs) {
    for (const line of diff.tensors.filter((line) => line.operator === page.operator.index)) {
      parts.push(heading(`Against ${diff.theirs}`), paragraph(line.verdict, "verdict"));
      if (!line.differing) continue;
      parts.push(table(["equal", "differing", "largest", "made here", "inherited", "SQNR dB", "cosine", "worst element", "ours", "theirs"],
        [[percent(line.equal), line.differing, line.largest, line.injected ?? "", line.inherited ?? "", line.sqnr ?? "", line.cosine ?? "", `[${line.worst.join(", ")}]`, line.ours, line.theirs]]));
      const histogram = [...Object.entries(line.histogram), ["0", line.elements - line.differing]];
      if (histogram.length > 1) parts.push(bars(histogram.sort((a, b) => order(a[0]) - order(b[0])), "histogram of differences", (name) => name !== "0"));
    }
  }
  for (const identity of report.identities) {
    for (const line of identity.operators.filter((line) => line.operator === page.operator.index)) {
      parts.push(heading(`What made ${identity.dump}`), paragraph(line.verdict, "verdict"));
      if (line.apart) parts.push(paragraph(line.apart.words, "verdict"));
    }
  }
  if (page.explanation) parts.push(heading("One element, step by step"), Object.assign(element("pre"), { textContent: shorten(page.explanation) }));
  for (const held of page.outputs.filter((held) => held.low !== null)) {
    parts.push(heading(`Values of tensor ${held.tensor}: ${short(held.low)} to ${short(held.high)}, mean ${short(held.mean)} (bars: square root of counts)`));
    parts.push(bars(held.counts.map((count, k) => [short(held.start + k * held.step), count]), "histogram of values"));
  }
  for (const line of page.audit) {
    parts.push(heading("Range and accumulator"));
    parts.push(table(["saturated low", "saturated high", "unused codes", "dead channels", "accumulator", "bits", "worst case", "headroom"],
      [[percent(line.saturated_low), percent(line.saturated_high), line.unused_codes, line.dead_channels.length,
        line.accumulator_low === null ? "" : `${line.accumulator_low} .. ${line.accumulator_high}`, line.accumulator_bits, line.worst_case_bits, line.headroom]]));
  }
  parts.push(heading("Tensors"), table(["tensor", "name", "type", "kind", "quantization"], tensorRows([...page.operator.inputs, ...page.operator.outputs])));
  byId("details").replaceChildren(...parts);
  byId("details").scrollTop = 0;
}

const order = (name) => name.startsWith("below") ? -99 : name.startsWith("above") ? 99 : Number(name);

function overview() {
  const head = ["", "operator", "output", "MACs", ...report.diffs.map((diff) => `differs from ${diff.theirs}`), "saturated"];
  const saturated = colourings.find(([name]) => name === "saturated elements")[1];
  const made = table(head, pages.map((page) => {
    const share = saturated(page);
    const shares = report.diffs.map((diff) => ofOutputs(page, diff.tensors, (line) => 1 - line.equal));
    return [page.operator.index, page.operator.name, page.operator.output, page.operator.macs, ...shares.map((v) => v === null ? "" : percent(v)), share === null ? "" : percent(share)];
  }));
  [...made.rows].slice(1).forEach((row, index) => { row.classList.add("link"); row.addEventListener("click", () => choose(index)); });
  byId("details").replaceChildren(Object.assign(element("h2"), { textContent: "All operators" }), made);
}

/* ------------------------------------------------------------------------------------------------ page */

byId("summary").textContent = `${pages.length} operators, ${report.macs.toLocaleString("en")} multiply-accumulates, run as ${report.profile}.`;
byId("verdicts").append(...report.diffs.map((diff) => element("li", {}, Object.assign(element("b"), { textContent: `${diff.theirs}: ` }), shorten(diff.verdict), ...diff.notes.map((note) => ` ${note}`))));
byId("verdicts").append(...report.identities.map((identity) => element("li", {}, Object.assign(element("b"), { textContent: `what made ${identity.dump}: ` }), shorten(identity.verdict))));
byId("colouring").append(...colourings.map(([name]) => Object.assign(element("option"), { textContent: name })));
byId("colouring").addEventListener("change", paint);
byId("find").addEventListener("input", (event) => {
  const wanted = event.target.value.toLowerCase();
  for (const page of pages) {
    const names = [page.operator.name, String(page.operator.index), ...page.operator.outputs.map((index) => tensors.get(index).name)];
    byId(`node${page.operator.index}`).classList.toggle("missed", !names.some((name) => name.toLowerCase().includes(wanted)));
  }
});
byId("graph").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  choose(Math.min(Math.max((chosen ?? -step) + step, 0), pages.length - 1));
});
byId("colouring").selectedIndex = Math.max(0, colourings.findIndex(([, value]) => pages.some((page) => value(page) > 0)));
drawGraph();
paint();
const asked = pages.findIndex((page) => location.hash === `#op${page.operator.index}`);
if (asked >= 0) choose(asked); else overview();

/* What is read out of the page; each of these functions runs inside of it. */

/** The points of the wave and what was learned from them. */
export function readWave() {
  const { state, learned, asked } = zoo.wave;
  const shown = (id) => document.getElementById(id).textContent;
  const influence = learned && Array.from(learned.influence);
  const radii = [...document.querySelectorAll("#wave-plot .point")].map((mark) => Number(mark.getAttribute("r")));
  return {
    points: state.points,
    target: state.target,
    curve: learned && Array.from(learned.curve),
    steps: learned && learned.steps,
    beside: learned?.beside && Array.from(learned.beside),
    besideDrawn: document.querySelector("#wave-plot .beside").getAttribute("d").length,
    errors: [...document.querySelectorAll("#wave-errors tr")].map((row) => [...row.children].map((cell) => cell.textContent)),
    influence,
    radii,
    asked: asked && { target: asked.target, scores: Array.from(asked.scores), best: asked.best },
    hidden: state.hidden && state.points.map(({ x }) => state.hidden.at(x)),
    drawn: document.querySelector("#wave-plot .curve:not(.beside)").getAttribute("d").length,
    truth: document.querySelector("#wave-plot .true").getAttribute("d").length,
    texts: Object.fromEntries(["hint", "asked", "ms", "bytes", "count", "error"].map((name) => [name, shown(`wave-${name}`)])),
    rows: document.querySelectorAll("#wave-table tr").length,
  };
}

/** The room, the flight, and what was learned from its windows. */
export function readBall() {
  const { state, learned, flying } = zoo.ball;
  const { room, start, angle, seen, thrown, flight } = state;
  return {
    room, start, angle, seen, thrown, flying,
    memory: state.memory.length,
    positions: flight.positions,
    support: state.support,
    learned: learned && { ...learned, influence: Array.from(learned.influence) },
    windows: document.querySelectorAll("#ball-plot .window").length,
    texts: Object.fromEntries(["hint", "ms", "bytes", "count", "error"].map((name) => [name, document.getElementById(`ball-${name}`).textContent])),
  };
}

/** The table, what was learned from it, and what is shown of that. */
export function readTable() {
  const { state, problem, learned, left, predicted, refused } = zoo.table;
  const text = (id) => document.getElementById(`table-${id}`).textContent;
  const cells = (id) => [...document.querySelectorAll(`#table-${id} tr`)].map((row) => [...row.children].map((cell) => cell.textContent));
  const bars = [...document.querySelectorAll("#table-bars li")].map((bar) => ({
    name: bar.firstChild.textContent, share: parseFloat(bar.querySelector("i").style.width), text: bar.lastChild.textContent,
  }));
  const visible = (id) => document.getElementById(`table-${id}`).checkVisibility();
  return {
    text: state.text, query: state.query, wanted: state.wanted, refused, bars,
    label: document.getElementById("table-label").value,
    problem: problem && { names: problem.names, columns: problem.columns, task: problem.labels.task, classes: problem.labels.classes, rows: problem.rows },
    tensors: learned && Object.keys(learned.tensors),
    left: left && { ...left, answers: Array.from(left.answers) },
    predicted: predicted && { answers: Array.from(predicted.answers), head: cells("predictions-head")[0], rows: cells("predictions") },
    rule: cells("rule"),
    texts: Object.fromEntries(["hint", "about", "notes", "trouble", "query-trouble", "query-notes", "measure", "score-name", "score", "alone-name", "alone", "ms", "bytes"]
      .map((name) => [name, text(name)])),
    shown: { trouble: visible("trouble"), queryTrouble: visible("query-trouble"), predicted: visible("predicted") },
    disabled: [...document.querySelectorAll("#table button:disabled")].map(({ id }) => id),
  };
}

/** The game of bandits: machines, luck, what both pulled, and what is shown of that. */
export function readBandit() {
  const { state } = zoo.bandit;
  const { chances, luck, choice, yours, agents, probabilities } = state;
  const text = (id) => document.getElementById(`bandit-${id}`).textContent;
  const cells = (id) => [...document.querySelectorAll(`#bandit-${id} tr`)].map((row) => [...row.children].map((cell) => cell.textContent));
  const bars = (layer) => [...document.querySelectorAll(`#bandit-plot .${layer} rect`)].map((bar) => bar.getAttribute("class"));
  return {
    chances, luck, choice, probabilities, yours: [...yours], agents: [...agents],
    machines: [...document.querySelectorAll("#bandit-machines button")].map((button) => ({ text: button.textContent, name: button.ariaLabel, disabled: button.disabled })),
    table: cells("table"), averages: cells("averages"),
    bars: { yours: bars("yours"), agents: bars("agents") },
    revealed: [...document.querySelectorAll("#bandit-plot .chances text")].map((each) => each.textContent),
    texts: Object.fromEntries(["hint", "you", "agent", "left", "ms", "games"].map((name) => [name, text(name)])),
  };
}

/** The symbols and their drawings, what was asked, and what is shown of the answer. */
export function readDraw() {
  const { state, task, answer, pad } = zoo.draw;
  const text = (id) => document.getElementById(`draw-${id}`).textContent;
  return {
    symbols: state.classes, query: state.query, pad: pad.strokes, classes: task && task.classes, rows: task && task.rows, answer,
    bars: [...document.querySelectorAll("#draw-bars li")].map((bar) => [bar.firstChild.textContent, bar.lastChild.textContent]),
    cards: [...document.querySelectorAll("#draw-symbols li")].map((card) => ({ name: card.querySelector("input").value, pads: card.querySelectorAll("canvas").length })),
    focus: document.activeElement.getAttribute("aria-label"),
    texts: Object.fromEntries(["hint", "verdict", "learn-ms", "tell-ms", "bytes", "count"].map((name) => [name, text(name)])),
    disabled: [...document.querySelectorAll("#draw button:disabled")].map(({ id }) => id),
    seen: [...document.getElementById("draw-seen").getContext("2d").getImageData(0, 0, 28, 28).data].filter((_, at) => at % 4 === 0),
  };
}

/** The lowest contrast of text with what lies behind it, and which text that is; disabled controls do not count. */
export function readContrast() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([...channels]) => {
    const [r, g, b] = channels.map((channel) => (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (part) => {
    const colors = [];
    for (let each = part; each; each = each.parentElement) colors.unshift(getComputedStyle(each).backgroundColor);
    return ["white", ...colors];
  };
  let worst = { ratio: 21, text: "" };
  for (const part of document.querySelectorAll("body *")) {
    const own = [...part.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join("");
    if (!own || !part.checkVisibility({ visibilityProperty: true }) || part.closest(":disabled, script, .away, [display=none]")) continue;
    const style = getComputedStyle(part);
    const back = behind(part);
    const [a, b] = [light(over([...back, part instanceof SVGElement ? style.fill : style.color])), light(over(back))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < worst.ratio) worst = { ratio, text: own.slice(0, 40) };
  }
  return worst;
}

/** Controls within an element without a name for a screen reader. */
export function unlabelled(within = "body") {
  return [...document.querySelector(within).querySelectorAll("button, input, textarea, select, [role=application], [role=button], [role=group], [role=tablist], [role=region]")]
    .filter((part) => !(part.getAttribute("aria-label") || part.labels?.length || part.textContent.trim()))
    .map((part) => part.outerHTML.slice(0, 80));
}

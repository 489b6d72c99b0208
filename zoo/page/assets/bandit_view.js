/* Draws a game of bandits: the machines as buttons, and every pull of both players as a bar, tall where it paid. */

import { byId, match, set, shown, svg } from "./dom.js";
import { Plot } from "./plot.js";

const TICKS = [1, 25, 50, 75, 100];
const [PAID, EMPTY] = [11, 3]; // pixels that a bar is high
const GAP = 3; // pixels between the bars of the two players

export class BanditView {
  /** host: of the plot; machines: how many; length: pulls of a game; pull: what to do when a machine is pressed. */
  constructor(host, machines, length, pull, redraw) {
    this.buttons = Array.from({ length: machines }, (_, machine) => {
      const button = document.createElement("button");
      button.id = `bandit-machine-${machine + 1}`;
      button.append(...["strong", "span", "span"].map((tag) => document.createElement(tag)));
      button.firstChild.textContent = machine + 1;
      button.addEventListener("click", () => pull(machine));
      return button;
    });
    byId("bandit-machines").append(...this.buttons);
    this.ticks = TICKS.filter((at) => at <= length);
    this.plot = new Plot(host, {
      x: [0.5, length + 0.5],
      y: [-machines - 0.5, -0.5],
      margin: [4, 44, 26, 22],
      height: () => 44 * machines + 30,
      layers: ["grid", "yours", "agents", "chances"],
      redraw: () => {
        this.axes();
        redraw();
      },
    });
  }

  axes() {
    const { plot, buttons } = this;
    const { left, right, bottom } = plot.box;
    plot.layers.grid.replaceChildren(
      ...buttons.map((_, machine) => svg("line", { x1: left, x2: right, y1: plot.py(-machine - 1), y2: plot.py(-machine - 1), class: "zero" })),
      ...buttons.map((_, machine) => svg("text", { x: left - 8, y: plot.py(-machine - 1) + 4, "text-anchor": "end", text: machine + 1 })),
      ...this.ticks.map((at) => svg("text", { x: plot.px(at), y: bottom + 18, "text-anchor": "middle", text: at })),
    );
  }

  /** The machines, every pull, and at the end the chances; `pull` is the last of the visitor, whose machine is marked. */
  draw(state) {
    this.drawButtons(state);
    const { plot } = this;
    if (!plot.ready) return;
    const width = Math.max(1.5, 0.7 * (plot.px(2) - plot.px(1)));
    const bar = (above) => ({ machine, paid }, at) => {
      const height = paid ? PAID : EMPTY;
      const middle = plot.py(-machine - 1);
      return { x: plot.px(at + 1) - width / 2, y: above ? middle - GAP - height : middle + GAP, width, height, class: paid ? "paid" : "empty" };
    };
    match(plot.layers.yours, "rect", state.yours, bar(true));
    match(plot.layers.agents, "rect", state.agents, bar(false));
    match(plot.layers.chances, "text", state.over ? state.chances : [], (chance, machine) => ({
      x: plot.box.right + 8, y: plot.py(-machine - 1) + 4, text: percent(chance), class: chance === Math.max(...state.chances) ? "best" : false,
    }));
  }

  drawButtons(state) {
    const last = state.yours.at(-1);
    this.buttons.forEach((button, machine) => {
      const { pulls, paid } = state.counted(state.yours, machine);
      const now = last?.machine === machine;
      const [, outcome, counted] = button.children;
      set(outcome, { text: now ? `+${last.paid}` : "", class: now && last.paid ? "coin" : false });
      counted.textContent = `${paid}/${pulls}`;
      set(button, { disabled: state.over, "aria-label": `Machine ${machine + 1}, paid you ${paid} of ${pulls} times` });
    });
  }

  /** What was pulled and what it paid, in numbers. */
  rows(state) {
    return state.chances.map((chance, machine) => {
      const [yours, agents] = [state.yours, state.agents].map((pulls) => state.counted(pulls, machine));
      const probability = state.probabilities ? percent(state.probabilities[machine]) : "–";
      return [machine + 1, `${yours.paid}/${yours.pulls}`, `${agents.paid}/${agents.pulls}`, probability, state.over ? percent(chance) : "?"];
    });
  }
}

export const percent = (share) => `${shown(100 * share, 0)} %`;

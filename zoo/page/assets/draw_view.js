/* Draws the tab of symbols: a card for each with its name and pads, the bars of the answer, and the picture that the learner sees. */

import { Pad } from "./draw_pad.js";
import { SIZE, picture } from "./draw_pen.js";
import { MOST_DRAWINGS } from "./draw_state.js";
import { byId, set } from "./dom.js";

/** The cards of classes. does: { rename, change, more, less, remove }, which are given a class, and what is meant. */
export function showSymbols(classes, does) {
  const cards = classes.map((one) => {
    const card = document.createElement("li");
    const name = set(document.createElement("input"), { "aria-label": "Name of the symbol", maxlength: 40, spellcheck: "false", autocomplete: "off" });
    name.value = one.name;
    name.addEventListener("input", () => does.rename(one, name.value));
    const head = document.createElement("div");
    head.append(name, button("×", `Remove the symbol ${one.name}`, () => does.remove(one)));
    const pads = set(document.createElement("div"), { class: "pads" });
    one.drawings.forEach((strokes, at) => pads.append(drawing(one, strokes, at, does)));
    if (one.drawings.length < MOST_DRAWINGS) pads.append(set(button("+", `Another drawing of ${one.name}`, () => does.more(one)), { class: "more" }));
    card.append(head, pads);
    return card;
  });
  byId("draw-symbols").replaceChildren(...cards);
}

function drawing(one, strokes, at, does) {
  const pad = new Pad(`Drawing ${at + 1} of ${one.name}`, (drawn) => does.change(one, at, drawn));
  const holder = set(document.createElement("div"), { class: "drawing" });
  holder.append(pad.canvas, set(button("×", `Delete drawing ${at + 1} of ${one.name}`, () => does.less(one, at)), { class: "delete" }));
  pad.show(strokes);
  return holder;
}

function button(text, label, pressed) {
  const made = set(document.createElement("button"), { text, "aria-label": label, title: label });
  made.addEventListener("click", pressed);
  return made;
}

/** The bars of an answer, or empty ones. */
export function showBars(names, answer) {
  const bars = names.map((name, at) => {
    const bar = set(document.createElement("li"), { class: answer && at === answer.best && !answer.none ? "best" : false });
    const track = set(document.createElement("span"), { class: "track" });
    const share = answer ? answer.probabilities[at] : 0;
    track.append(set(document.createElement("i"), { style: `width: ${(100 * share).toFixed(1)}%` }));
    bar.append(set(document.createElement("span"), { text: name }), track, set(document.createElement("span"), { text: answer ? percent(share) : "–" }));
    return bar;
  });
  set(byId("draw-bars"), { class: answer?.none ? "bars faint" : "bars" }).replaceChildren(...bars);
}

/** A probability for people: never a certainty. */
export const percent = (share) => (share >= 0.995 ? "> 99 %" : share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`);

/** What the learner sees of strokes. */
export function showSeen(strokes) {
  const pen = byId("draw-seen").getContext("2d", { willReadFrequently: true }); // on no graphics card, for 28 by 28 pixels
  const image = pen.createImageData(SIZE, SIZE);
  picture(strokes).forEach((byte, at) => image.data.set([byte, byte, byte, 255], 4 * at));
  pen.putImageData(image, 0, 0);
}

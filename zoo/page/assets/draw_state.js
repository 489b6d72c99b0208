/* What is drawn: classes with their names and drawings, and the drawing that is asked about. An empty drawing is none. */

import { example } from "./draw_example.js";
import { SIZE, picture } from "./draw_pen.js";

export const MOST_CLASSES = 20;
export const MOST_DRAWINGS = 5; // of a class

export class DrawState {
  version = 0; // grows when what is learned from changes
  query = []; // strokes

  constructor() {
    this.begin(example());
  }

  begin(classes) {
    this.classes = classes;
    this.query = [];
    this.version++;
  }

  /** Add an empty class; gives it, or null where there are as many as can be. */
  add() {
    if (this.classes.length >= MOST_CLASSES) return null;
    const made = { name: this.unused(), drawings: [[]] };
    this.classes.push(made);
    this.version++;
    return made;
  }

  remove(gone) {
    this.classes = this.classes.filter((each) => each !== gone);
    this.version++;
  }

  /** A name for a new class. */
  unused() {
    const names = new Set(this.classes.map(({ name }) => name.trim()));
    for (let number = this.classes.length + 1; ; number++) if (!names.has(`symbol ${number}`)) return `symbol ${number}`;
  }

  /** Change the drawings of a class. */
  change(one, drawings) {
    one.drawings = drawings.length ? drawings.slice(0, MOST_DRAWINGS) : [[]];
    this.version++;
  }

  /** The classes that have a drawing: { name, pictures }. Names are made to differ, as answers are told apart by them. */
  get learned() {
    const taken = new Set();
    const drawn = this.classes.filter(({ drawings }) => drawings.some((strokes) => strokes.length));
    return drawn.map(({ name, drawings }) => {
      const plain = name.trim() || "without a name";
      let [own, number] = [plain, 2];
      while (taken.has(own)) own = `${plain} (${number++})`;
      taken.add(own);
      return { name: own, pictures: drawings.filter((strokes) => strokes.length).map(picture) };
    });
  }
}

/** The support of classes: numbers from 0 to 1, one-hot labels, and how many of each. */
export function support(classes) {
  const rows = classes.flatMap(({ pictures }, label) => pictures.map((bytes) => ({ bytes, label })));
  const x = new Float32Array(rows.length * SIZE * SIZE);
  const y = new Float32Array(rows.length * classes.length);
  rows.forEach(({ bytes, label }, row) => {
    x.set(tones(bytes), row * SIZE * SIZE);
    y[row * classes.length + label] = 1;
  });
  return { x, y, rows: rows.length, ways: classes.length };
}

/** Bytes of a picture as the learner reads them. */
export const tones = (bytes) => Float32Array.from(bytes, (byte) => byte / 255);

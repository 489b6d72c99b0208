/* Small helpers for the document: elements by id, SVG that is reused, and what is said to a screen reader. */

const SVG = "http://www.w3.org/2000/svg";
const PAUSE = 350; // milliseconds of calm before something is said, so that a drag does not talk without end

export const byId = (id) => document.getElementById(id);

/** Set attributes; one that is null or false goes away. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
  return element;
}

export const svg = (tag, attributes = {}) => set(document.createElementNS(SVG, tag), attributes);

/** Give a layer one element for each item. They are reused, so that one under a finger is never replaced. */
export function match(layer, tag, items, attributes) {
  while (layer.childElementCount > items.length) layer.lastElementChild.remove();
  while (layer.childElementCount < items.length) layer.append(svg(tag));
  items.forEach((item, index) => set(layer.children[index], attributes(item, index)));
}

let waiting = 0;

/** Announce to a screen reader once input pauses. */
export function announce(text) {
  clearTimeout(waiting);
  waiting = setTimeout(() => (byId("live").textContent = text), PAUSE);
}

/** Show what went wrong where it will be read. */
export function trouble(error) {
  console.error(error);
  set(byId("trouble"), { text: `Something went wrong: ${error?.message ?? error}`, hidden: false });
}

/** Work that is asked for more often than it can be done: one run at a time, and a last one for the newest state. */
export function latest(work) {
  let running = null;
  let again = false;
  return function request() {
    again = true;
    running ??= (async () => {
      try {
        while (again) {
          again = false;
          await work();
        }
      } catch (error) {
        trouble(error);
      } finally {
        running = null;
      }
    })();
    return running;
  };
}

/** A number for people: a true minus sign, so many decimals. */
export const shown = (number, decimals = 1) => (Number.isFinite(number) ? number.toFixed(decimals).replace("-", "−") : "–");

/** Milliseconds and bytes for people. */
export const time = (milliseconds) => (milliseconds < 0.1 ? "< 0.1 ms" : `${shown(milliseconds, milliseconds < 10 ? 1 : 0)} ms`);
export const size = (bytes) => `${shown(bytes / 1000, 1)} kB`;

/** Give the visitor a file of what is made, or will be. */
export async function save(name, content, type) {
  const address = URL.createObjectURL(new Blob([await content], { type }));
  const link = document.createElement("a");
  Object.assign(link, { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

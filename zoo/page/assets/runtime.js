/* The learners: unpacks what the page carries, starts WebAssembly, and runs exported signatures. */

const REMEMBERED = 15; // passes of which the median time is shown

/** The bytes of a payload, which the page holds as gzip in base64; its text is dropped, as megabytes need not be kept twice. */
export async function unpack(id) {
  const holder = document.getElementById(id);
  const packed = Uint8Array.fromBase64
    ? Uint8Array.fromBase64(holder.textContent)
    : Uint8Array.from(atob(holder.textContent), (letter) => letter.charCodeAt(0));
  holder.remove();
  const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

/** Start WebAssembly on one thread: more would need headers that a file or a plain host does not send. */
export async function start() {
  if (!globalThis.WebAssembly || !globalThis.DecompressionStream) {
    throw new Error("This browser lacks WebAssembly or DecompressionStream; Chrome 97, Firefox 113, Safari 16.4 and later have both.");
  }
  Object.assign(ort.env.wasm, { numThreads: 1, proxy: false, wasmBinary: (await unpack("payload-wasm")).buffer });
  ort.env.logLevel = "error";
}

let last = Promise.resolve();

/** Do one thing after the other: a pass that runs while another session is created fails in this runtime. */
function inTurn(work) {
  const mine = last.then(work);
  last = mine.catch(() => {});
  return mine;
}

/** Numbers as a float32 tensor. */
export const floats = (numbers, ...shape) => new ort.Tensor("float32", Float32Array.from(numbers), shape);

/** Whole numbers as an int32 tensor with one axis, that of tasks. */
export const whole = (...numbers) => new ort.Tensor("int32", Int32Array.from(numbers), [numbers.length]);

/** One learner: its exported signatures by name. */
export class Learner {
  constructor(sessions) {
    this.sessions = sessions;
    this.times = {};
  }

  static async load(name, signatures) {
    const sessions = {};
    for (const signature of signatures) {
      const bytes = await unpack(`payload-${name}-${signature}`);
      sessions[signature] = await inTurn(() => ort.InferenceSession.create(bytes));
    }
    return new Learner(sessions);
  }

  /** Forget how long passes took: the first ones prepare memory, and are no measure. */
  warmed() {
    this.times = {};
  }

  /** Names of the tensors that a signature reads. */
  inputs(signature) {
    return this.sessions[signature].inputNames;
  }

  /** Run a signature on named tensors; gives named typed arrays. */
  async run(signature, inputs) {
    const outputs = await this.tensors(signature, inputs);
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.data]));
  }

  /** The same, and gives tensors, with their shapes. */
  async tensors(signature, inputs) {
    const outputs = await inTurn(async () => {
      const began = performance.now();
      const found = await this.sessions[signature].run(inputs);
      (this.times[signature] ??= []).push(performance.now() - began);
      return found;
    });
    this.times[signature] = this.times[signature].slice(-REMEMBERED);
    return outputs;
  }

  /** Median milliseconds of the last passes of a signature. */
  milliseconds(signature) {
    const sorted = [...(this.times[signature] ?? [])].sort((a, b) => a - b);
    return sorted.length ? sorted[sorted.length >> 1] : NaN;
  }
}

/** A support set as the signatures take it, for one task. */
export function support(x, y, width, labels) {
  const rows = y.length / labels;
  return { support_x: floats(x, 1, rows, width), support_y: floats(y, 1, rows, labels), support_size: whole(rows) };
}

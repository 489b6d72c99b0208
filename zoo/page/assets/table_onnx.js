/* Writes a learned task into the file of ONNX that waits for it: tensors as initializers, facts as metadata. */

const [GRAPH, PROPERTIES] = [7, 14]; // fields of onnx.proto: of ModelProto,
const INITIALIZER = 5; // of GraphProto,
const [DIMS, TYPE, NAME, RAW] = [1, 2, 8, 9]; // of TensorProto,
const [KEY, VALUE] = [1, 2]; // and of StringStringEntryProto
const FLOAT = 1; // a type of TensorProto
const [VARINT, BYTES] = [0, 2]; // how a field is written

/**
 * The bytes of a task model. template: the graph of a task without its constants, see `zoo.runtime.baked`.
 * tensors: { name: { data: Float32Array, dims } }. properties: { key: text }, the model's metadata.
 */
export function taskModel(template, tensors, properties) {
  const parts = fields(template).map(({ number, whole, content }) => (number === GRAPH ? bytesField(GRAPH, [content, ...initializers(tensors)]) : whole));
  const facts = Object.entries(properties).map(([key, text]) => bytesField(PROPERTIES, [textField(KEY, key), textField(VALUE, text)]));
  return joined([...parts, ...facts]);
}

function initializers(tensors) {
  return Object.entries(tensors).map(([name, { data, dims }]) => {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength); // little-endian, as every browser's machine is
    const sizes = dims.map((size) => joined([varint((DIMS << 3) | VARINT), varint(size)]));
    return bytesField(INITIALIZER, [...sizes, varint((TYPE << 3) | VARINT), varint(FLOAT), textField(NAME, name), bytesField(RAW, [raw])]);
  });
}

/** The outermost fields of a message: their numbers, their bytes, and what is in those that hold bytes. */
function fields(message) {
  const found = [];
  let at = 0;
  const next = () => {
    let [number, scale] = [0, 1];
    for (;;) {
      const byte = message[at++];
      number += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) return number;
    }
  };
  while (at < message.length) {
    const begin = at;
    const tag = next();
    if ((tag & 7) === VARINT) next();
    else if ((tag & 7) !== BYTES) throw new Error(`the template of the model has a field of type ${tag & 7}; make the page anew.`);
    const size = (tag & 7) === BYTES ? next() : 0;
    const content = message.subarray(at, at + size);
    at += size;
    found.push({ number: tag >> 3, whole: message.subarray(begin, at), content });
  }
  return found;
}

function varint(number) {
  const bytes = [];
  for (let left = number; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

function bytesField(number, parts) {
  const size = parts.reduce((total, part) => total + part.length, 0);
  return joined([varint((number << 3) | BYTES), varint(size), ...parts]);
}

const textField = (number, text) => bytesField(number, [new TextEncoder().encode(text)]);

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

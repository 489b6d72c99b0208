// One job, the same in Node and in a page: run an ONNX model on named arrays, and time it where asked.
//
//     job     {"model": path, "inputs": {name: array}, "rounds": 5, "calls": 20}     rounds and calls are 0 unless timed
//     answer  {"outputs": {name: array}, "microseconds": [mean of the calls of each round]}
//     array   {"type": "float32" or "int32", "shape": [...], "data": its bytes in base64, so that NaN and infinity pass}

const TYPES = { float32: Float32Array, int32: Int32Array };

/** Run a job in a session that `open(model)` makes; sessions stay open, as loading costs far more than running. */
export async function runJob(ort, sessions, open, job) {
  if (!sessions.has(job.model)) sessions.set(job.model, await open(job.model));
  const session = sessions.get(job.model);
  const inputs = Object.fromEntries(Object.entries(job.inputs).map(([name, array]) => [name, decoded(ort, array)]));
  const outputs = await session.run(inputs);
  const microseconds = [];
  for (let round = 0; round < (job.rounds ?? 0); round++) {
    const start = performance.now();
    for (let call = 0; call < job.calls; call++) await session.run(inputs);
    microseconds.push((1000 * (performance.now() - start)) / job.calls);
  }
  return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, encoded(tensor)])), microseconds };
}

function decoded(ort, array) {
  const bytes = Uint8Array.from(atob(array.data), (letter) => letter.charCodeAt(0));
  return new ort.Tensor(array.type, new TYPES[array.type](bytes.buffer), array.shape);
}

function encoded(tensor) {
  const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return { type: tensor.type, shape: [...tensor.dims], data: btoa(letters) };
}

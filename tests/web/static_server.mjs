// Folders served on 127.0.0.1, for pages under test; nothing outside the folders is reachable.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** Serve `mounts`, {"/prefix/": folder}, on a free port; resolves to {origin, close}. The longest prefix that fits wins. */
export async function serveFolders(mounts) {
  const prefixes = Object.keys(mounts).sort((one, other) => other.length - one.length);
  const server = createServer(async (request, response) => {
    try {
      const asked = decodeURIComponent(new URL(request.url, "http://127.0.0.1").pathname);
      const prefix = prefixes.find((each) => asked.startsWith(each));
      const folder = path.resolve(mounts[prefix]);
      const rest = asked.slice(prefix.length);
      const file = path.resolve(folder, rest === "" || rest.endsWith("/") ? `${rest}index.html` : rest);
      if (!file.startsWith(folder + path.sep)) throw new Error("outside of the folder");
      const body = await readFile(file);
      response.writeHead(200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream" });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}

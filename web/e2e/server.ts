/**
 * A `cpor demo` in a folder of its own for the end-to-end tests. With `CPOR_STAND_IN=1` a binary without the console
 * will do: a small server in front of it serves `dist` with the same headers, names the people, and forwards the rest.
 */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize, resolve } from "node:path";

export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const BINARY = process.env.CPOR_BIN ?? resolve(import.meta.dirname, "../../target/debug/cpor");
const DIST = resolve(import.meta.dirname, "../dist");

/** Names and companies of the demo's people, which a binary without the console does not report over HTTP. */
const PEOPLE: [string, string, string, string][] = [
  ["GLOBAL_ADMIN", "Gil Finch", "Alder & Finch Consulting", "GLOBAL_ADMIN"],
  ["BILLING_ADMIN", "Bea Lorne", "Alder & Finch Consulting", "BILLING_ADMIN"],
  ["INCENTIVES_ADMIN", "Ines Alder", "Alder & Finch Consulting", "INCENTIVES_ADMIN"],
  ["INCENTIVES_USER", "Ulf Brandt", "Alder & Finch Consulting", "INCENTIVES_USER"],
  ["BRIGHTWATER_ADMIN", "Bram de Wit", "Brightwater Systems", "GLOBAL_ADMIN"],
  ["REVIEWER", "Rita Moss", "the vendor", "REVIEWER"],
  ["REVIEW_LEAD", "Lena Hart", "the vendor", "REVIEW_LEAD"],
  ["AUDITOR", "Axel Noor", "the vendor", "AUDITOR"],
  ["DIRECTORY_SYNC", "Directory sync", "the vendor", "DIRECTORY_SYNC"],
  ["CUSTOMER_ADMIN", "Nora Reyes", "Northgate Foods", "CUSTOMER_ADMIN"],
];

export interface Demo {
  url: string;
  tokens: Record<string, string>;
  /** Stops the server as a crash or an update would, and starts it again on the same port and data. */
  restart: (pause: number) => Promise<void>;
  stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function ready(url: string) {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`${url} is not ready.`);
}

/** Starts a demo, with so many generated claims beside the samples. */
export async function startDemo(claims = 0): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), "cpor-e2e-"));
  if (claims) {
    mkdirSync(join(folder, "cpor-data"));
    execFileSync(BINARY, ["migrate", "up"], { cwd: folder, stdio: "ignore" });
    execFileSync(BINARY, ["generate", "--claims", String(claims)], { cwd: folder, stdio: "ignore" });
  }
  const port = await freePort();
  const backend = `http://127.0.0.1:${port}`;
  const start = () => spawn(BINARY, ["demo", "--listen", `127.0.0.1:${port}`], { cwd: folder, stdio: "ignore" });
  let process_: ChildProcess = start();
  const end = (child: ChildProcess) =>
    new Promise<void>((done) => {
      if (child.exitCode !== null) return done();
      child.once("exit", () => done());
      child.kill("SIGTERM");
    });
  await ready(backend);
  const file = join(folder, "cpor-data/tokens.env");
  for (let tries = 0; tries < 100 && !existsSync(file); tries += 1) await new Promise((done) => setTimeout(done, 100));
  const tokens = Object.fromEntries(
    readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.replace(/^export /, "").split(/=(.*)/s, 2) as [string, string]),
  );
  const embedded = await fetch(`${backend}/demo/people`).then(
    (answer) => answer.ok,
    () => false,
  );
  if (!embedded && !process.env.CPOR_STAND_IN) throw new Error(`${BINARY} has no console. Run scripts/console and build again.`);
  const sockets = new Set<Socket>();
  const front = embedded ? null : createServer((request, response) => serve(request, response, port, tokens));
  front?.on("upgrade", (request, socket, head) => tunnel(request, socket as Socket, head, port));
  front?.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  if (front) await new Promise<void>((done) => front.listen(0, "127.0.0.1", done));
  const url = front ? `http://127.0.0.1:${(front.address() as AddressInfo).port}` : backend;
  return {
    url,
    tokens,
    restart: async (pause) => {
      await end(process_);
      await new Promise((done) => setTimeout(done, pause));
      process_ = start();
      await ready(backend);
    },
    stop: async () => {
      await end(process_);
      for (const socket of sockets) socket.destroy();
      if (front) await new Promise((done) => front.close(done));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serve(request: IncomingMessage, response: ServerResponse, port: number, tokens: Record<string, string>) {
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (path === "/demo/people") {
    const people = PEOPLE.map(([key, name, company, role]) => ({ key, name, company, role, subject: key, token: tokens[key] }));
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify({ people }));
    return;
  }
  if (/^\/(graphql|documents\/|healthz|readyz|metrics)/.test(path)) {
    const passed = forward({ port, host: "127.0.0.1", path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
    return;
  }
  const name = normalize(path).replace(/^\/+/, "");
  const file = join(DIST, name);
  const page = name === "" || name === "graphiql" || name === "console" || name.startsWith("console/");
  const found = page ? join(DIST, "index.html") : file.startsWith(DIST) && existsSync(file) && extname(file) ? file : null;
  if (!found) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    "content-type": TYPES[extname(found)] ?? "application/octet-stream",
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  });
  response.end(readFileSync(found));
}

/** Forwards a WebSocket byte by byte. */
function tunnel(request: IncomingMessage, socket: Socket, head: Buffer, port: number) {
  const passed = connect(port, "127.0.0.1", () => {
    const lines = [`GET ${request.url} HTTP/1.1`];
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`);
    }
    passed.write(`${lines.join("\r\n")}\r\n\r\n`);
    passed.write(head);
    passed.pipe(socket);
    socket.pipe(passed);
  });
  passed.on("error", () => socket.destroy());
  socket.on("error", () => passed.destroy());
}

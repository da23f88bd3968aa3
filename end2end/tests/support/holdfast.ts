// One Holdfast server as a child process: started on a free port with its own data folder, killed as a power cut
// would, started again on the same port and folder.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");
const site = resolve(process.env.HOLDFAST_SITE_DIR ?? join(root, "site"));

/** How long a start may take: the sample study is imported on the first one. */
const START_LIMIT_MS = 60_000;
/** How long a server may take to end by itself before it is killed. */
const STOP_LIMIT_MS = 30_000;
/** The newest output that is kept for a failing test's report. */
const LOG_LIMIT = 20_000;

export type Settings = Record<string, string>;

export class Holdfast {
  readonly url: string;
  readonly dataDir: string;
  private child: ChildProcess | undefined;
  private output = "";

  private constructor(
    private readonly port: number,
    private readonly settings: Settings,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.dataDir = mkdtempSync(join(tmpdir(), "holdfast-e2e-"));
  }

  /** Starts a server. `settings` are environment variables: `{ HOLDFAST_STORES__BACKEND: "memory" }`. */
  static async start(settings: Settings = {}): Promise<Holdfast> {
    const server = new Holdfast(await freePort(), settings);
    try {
      await server.start();
    } catch (error) {
      await server.remove();
      throw error;
    }
    return server;
  }

  /** Starts again after `kill` or `stop`: same port, same data folder. */
  async start(): Promise<void> {
    if (this.child) throw new Error("this server is running already");
    // Not in the checkout: a developer's holdfast.toml must not reach the tests.
    const child = spawn(program(), [], { cwd: this.dataDir, env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    const keep = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString()).slice(-LOG_LIMIT);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => keep(Buffer.from(`${error}\n`)));
    await this.answers(child);
  }

  /** SIGKILL: nothing is flushed, no handler runs. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  /** SIGTERM: what a service manager does. Killed when it takes too long. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** A power cut, and the light comes back. */
  async killAndRestart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends the server and removes its data folder. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** What the server has printed lately. */
  get log(): string {
    return this.output;
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      HOLDFAST_SERVER__ADDR: `127.0.0.1:${this.port}`,
      HOLDFAST_DATA_DIR: this.dataDir,
      HOLDFAST_SITE_DIR: site,
      ...this.settings,
    };
  }

  private async answers(child: ChildProcess): Promise<void> {
    const until = Date.now() + START_LIMIT_MS;
    while (Date.now() < until) {
      if (child.exitCode !== null || child.signalCode !== null) break;
      try {
        const health = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2_000) });
        if (health.ok) return;
      } catch {
        // Not listening yet.
      }
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`the server at ${this.url} does not answer; it said:\n${this.output}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
    await ended;
    clearTimeout(timer);
  }
}

/** The release build; HOLDFAST_BINARY names another one. */
export function program(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const target = process.env.CARGO_TARGET_DIR ?? join(cache, "holdfast/target");
  const path = process.env.HOLDFAST_BINARY ?? join(target, "release/holdfast");
  if (!existsSync(path)) throw new Error(`${path} is not there: run make build first`);
  return path;
}

/** Ports of each worker, below those that the system gives to connections: two workers never take the same one. */
const FIRST_PORT = 20_000;
const PORTS_OF_A_WORKER = 1_000;
let tried = 0;

async function freePort(): Promise<number> {
  const first = FIRST_PORT + Number(process.env.TEST_PARALLEL_INDEX ?? 0) * PORTS_OF_A_WORKER;
  for (let attempt = 0; attempt < PORTS_OF_A_WORKER; attempt += 1) {
    const port = first + (tried++ % PORTS_OF_A_WORKER);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${first} on is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((known) => {
    const probe = createServer();
    probe.once("error", () => known(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => known(true)));
  });
}

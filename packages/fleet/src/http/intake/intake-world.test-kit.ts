/** A fleet's intake behind real HTTP, with the desk of the jobs: what gateways bring, and what they are asked for. */
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Interval } from "@meterport/engine/model/interval";
import type { ReadKind } from "@meterport/engine/model/visit";
import { silentLog } from "@meterport/engine/ports/log";
import type { Output } from "@meterport/engine/ports/output";
import { type Listening, listen } from "@meterport/gateway/http/server";
import { outputKinds } from "@meterport/gateway/outputs/list";
import type { OutputParts } from "@meterport/gateway/outputs/output-kind";
import { writeBody } from "@meterport/gateway/outputs/upstream/upstream-wire";
import { Secret } from "@meterport/protocol/mep/security/key";
import { systemClock, systemEntropy } from "@meterport/transports/clock";
import { HTTPException } from "hono/http-exception";
import type { Database } from "../../books/database.ts";
import { FleetServer } from "../../books/fleet-database.test-kit.ts";
import { jobsDesk } from "../../jobs/jobs-desk.ts";
import { addFleetRoutes } from "../fleet-routes.ts";
import { bringSites } from "../fleet-world.test-kit.ts";

export interface Told {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the stream says
  readonly data: any;
}

class IntakeWorld {
  readonly database: Database;
  /** What the gateway would log as a mistake of its own. */
  readonly mistakes: readonly string[];
  readonly #listening: Listening;

  private constructor(database: Database, listening: Listening, mistakes: readonly string[]) {
    this.mistakes = mistakes;
    this.database = database;
    this.#listening = listening;
  }

  static async open(database: Database): Promise<IntakeWorld> {
    await bringSites(database);
    const app = new OpenAPIHono();
    app.use(async (c, next) => {
      c.set("actor", { kind: "user", name: "anna", scope: "admin" });
      await next();
    });
    const mistakes: string[] = [];
    app.onError((error, c) => {
      // As the gateway answers to what is no JSON.
      if (error instanceof HTTPException) return c.json({}, error.status);
      mistakes.push(error.message);
      return c.json({}, 500);
    });
    const fleet = { id: "test", name: "Test", shards: 16 };
    const world = { database, fleet, clock: systemClock, entropy: systemEntropy, desk: jobsDesk };
    addFleetRoutes(app, world, { meters: new Map(), pointInfo: () => undefined });
    const own = { host: "127.0.0.1", port: 0, portAsked: true, log: silentLog };
    return new IntakeWorld(database, await listen({ ...own, fetch: (request) => app.fetch(request) }), mistakes);
  }

  close = (): Promise<void> => this.#listening.close();

  get url(): string {
    return this.#listening.url;
  }

  send(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}/api/v1/fleet${path}`, init);
  }

  post(path: string, body: unknown, token?: string): Promise<Response> {
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    return this.send(path, { method: "POST", headers, body: typeof body === "string" ? body : JSON.stringify(body) });
  }

  async json<T>(answer: Promise<Response>): Promise<T> {
    const got = await answer;
    const text = await got.text();
    assert.ok(got.ok, `${got.status} ${text}`);
    return JSON.parse(text) as T;
  }

  async token(name: string, what: object): Promise<string> {
    return (await this.json<{ readonly token: string }>(this.post("/intake/tokens", { name, ...what }))).token;
  }

  output(token: string, parts: Partial<OutputParts> = {}): Output {
    const settings = { url: this.url, token: new Secret(new TextEncoder().encode(token)) };
    return outputKinds.upstream.create(settings as never, {
      openLink: () => Promise.reject(new Error("no link")),
      data: "",
      ...parts,
    });
  }

  /** What a campaign's report says of its targets, without the zeros. */
  async counts(campaign: number): Promise<Readonly<Record<string, number>>> {
    const { targets } = await this.json<{ readonly targets: Readonly<Record<string, number>> }>(
      this.send(`/campaigns/${campaign}`),
    );
    return Object.fromEntries(Object.entries(targets).filter(([, count]) => count > 0));
  }

  async target(campaign: number): Promise<Readonly<Record<string, unknown>>> {
    const { targets } = await this.json<{ readonly targets: readonly Readonly<Record<string, unknown>>[] }>(
      this.send(`/campaigns/${campaign}/targets`),
    );
    return targets[0] ?? {};
  }

  /** The first events of a stream of requests, without those that only say that it lives. */
  async requests(token: string, count: number): Promise<readonly Told[]> {
    const answer = await this.send("/intake/requests", { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const found = [...text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)]
        .map(([, event = "", data = ""]) => ({ event, data: JSON.parse(data) }))
        .filter(({ event }) => event !== "alive");
      const { done, value } = found.length >= count ? { done: true, value: undefined } : await reader.read();
      if (done) {
        await reader.cancel();
        return found;
      }
      text += decoder.decode(value, { stream: true });
    }
  }
}

export const quarter = 900_000;
export const day = 86_400_000;
export const begin = Math.floor(Date.now() / day) * day - 5 * day;

export const device = (point: string, serial: string, from = begin) => ({
  ...{ point, from, to: null, serial, manufacturer: null, model: null, firmware: null, profile: null },
  ...{ start: {}, end: null },
});
export const interval = (point: string, n: number): Omit<Interval, "proof"> => ({
  ...{ point, channel: "energy_import_wh", end: begin + (n + 1) * quarter, seconds: 900, value: 100 + n },
  ...{ source: "profile", quality: "good", flags: [], register: null },
});

/** An entry of a journal. */
export const entryOf = (kind: "device" | "interval", own: { readonly point: string }, number = 1) => ({
  ...{ number, stored: begin, point: own.point, kind },
  [kind]: kind === "interval" ? { ...own, revision: 1, stored: begin } : own,
});

/** One fleet for the tests of a suite, what gateways send to it, and what people ask of it. */
export const intakeSuite = () => {
  const servers = new FleetServer();
  let world: IntakeWorld;
  before(async () => {
    world = await IntakeWorld.open(await servers.fleet());
  });
  after(async () => {
    await world.close();
    await servers.stop();
  });
  const fleet = (): IntakeWorld => world;
  const bring = (token: string, entries: readonly object[]) =>
    fleet().send("/intake", {
      ...{ method: "POST", headers: { authorization: `Bearer ${token}` } },
      body: writeBody(entries.map((entry) => ({ entry: entry as never, proof: undefined }))).text,
    });
  /** A gateway that has told which meter it reads. */
  const gateway = async (name: string, serial: string): Promise<string> => {
    const token = await fleet().token(name, { points: [name] });
    assert.equal((await bring(token, [entryOf("device", device(name, serial))])).status, 200);
    return token;
  };
  const read = async (point: string, reads: readonly ReadKind[] = ["registers"]): Promise<number> =>
    (await fleet().json<{ readonly campaign: number }>(fleet().post(`/points/${point}/read`, { reads }))).campaign;
  const answer = (token: string, ...outcomes: readonly object[]) =>
    fleet().post("/intake/outcomes", { outcomes }, token);
  return { fleet, bring, gateway, read, answer };
};

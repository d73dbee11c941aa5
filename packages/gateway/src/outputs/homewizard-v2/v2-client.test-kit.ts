/** A client of the API v2 for tests: it takes any certificate, as evcc and openHAB do. */
import { mkdtempSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Output } from "@meterport/engine/ports/output";
import { WebSocket } from "ws";
import { hashOf } from "../../access/token.ts";
import { outputKinds } from "../list.ts";
import type { HomewizardV2Settings } from "./homewizard-v2-settings.ts";
import { v2FileIn } from "./v2-file.ts";

/** Of the user `local/test` in a folder of `pairedFolder`. */
export const knownToken = "0123456789ABCDEF0123456789ABCDEF";

export const freshFolder = (): string => mkdtempSync(join(tmpdir(), "meterport-v2-"));

/** A data folder that knows one user, and so many others. */
export const pairedFolder = (others = 0): string => {
  const folder = freshFolder();
  const created = "2026-08-01T00:00:00.000Z";
  const user = { name: "local/test", hash: hashOf(knownToken), created };
  const more = Array.from({ length: others }, (_, n) => ({ name: `local/${n}`, hash: hashOf(`${n}`), created }));
  v2FileIn(folder).write({ certificate: null, users: [user, ...more] });
  return folder;
};

export const openV2 = (settings: HomewizardV2Settings, data: string): Output =>
  outputKinds.homewizard_v2.create(settings as never, { data } as never);

export interface V2Answer {
  readonly status: number;
  readonly text: string;
  /** Undefined if it is no JSON. */
  readonly json: Readonly<Record<string, unknown>> | undefined;
}

export interface V2Asked {
  readonly host?: string | undefined;
  readonly method?: string | undefined;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Undefined if the connection ends without an answer. */
export const askV2 = (port: number, path: string, asked: V2Asked = {}): Promise<V2Answer | undefined> =>
  new Promise((resolve) => {
    const { host = "127.0.0.1", method = "GET", token, body, headers } = asked;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
    // Node sets none for DELETE.
    const length = { "content-length": String(Buffer.byteLength(text)) };
    const options = { rejectUnauthorized: false, agent: false, method, path, port, host } as const;
    const sent = request(
      { ...options, headers: { "x-api-version": "2", ...authorization, ...length, ...headers } },
      (response) => {
        let said = "";
        response.setEncoding("utf8").on("data", (part) => {
          said += part;
        });
        response.on("error", () => resolve(undefined));
        response.on("end", () => {
          const isJson = response.headers["content-type"] === "application/json" && said !== "";
          resolve({ status: response.statusCode ?? 0, text: said, json: isJson ? JSON.parse(said) : undefined });
        });
      },
    );
    sent.on("error", () => resolve(undefined));
    sent.end(text);
  });

/** A connection by WebSocket with what has come so far. */
export class V2Socket {
  readonly socket: WebSocket;
  readonly seen: Readonly<Record<string, unknown>>[] = [];
  closed = false;

  constructor(port: number, scheme: "ws" | "wss" = "wss") {
    this.socket = new WebSocket(`${scheme}://127.0.0.1:${port}/api/ws`, { rejectUnauthorized: false });
    this.socket.on("message", (bytes) => void this.seen.push(JSON.parse(String(bytes))));
    this.socket.on("close", () => {
      this.closed = true;
    });
    this.socket.on("error", () => {});
  }

  say(type: string, data?: unknown): void {
    this.socket.send(JSON.stringify({ type, data }));
  }

  /** Those of a type. */
  of(type: string): readonly Readonly<Record<string, unknown>>[] {
    return this.seen.filter((each) => each.type === type);
  }
}

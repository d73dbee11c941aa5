/**
 * Home Assistant's WebSocket API as its developer documentation describes it: signing in, and the recorder's commands with the
 * checks that refuse a message. It keeps statistics as the recorder does: a row replaces the one of the same hour.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

type Fields = Record<string, unknown>;

/** Of `recorder/statistics.py`: no double underscore, none at an end. */
const validId = /^(?!.+__)(?!_)[\da-z_]+(?<!_):(?!_)[\da-z_]+(?<!_)$/;

const refusal = (text: string, code = "invalid_format"): never => {
  throw Object.assign(new Error(text), { code });
};

const check = (holds: boolean, text: string): void => {
  if (!holds) refusal(text);
};

const metadataKeys = ["has_sum", "mean_type", "name", "source", "statistic_id", "unit_class", "unit_of_measurement"];

const checkMetadata = (metadata: Fields): void => {
  check(Object.keys(metadata).sort().join() === metadataKeys.join(), `metadata has ${Object.keys(metadata).sort()}`);
  const id = String(metadata.statistic_id);
  check(validId.test(id), `${id} is no statistic_id`);
  check(id.split(":")[0] === metadata.source, "the source is not that of the id");
  check(metadata.mean_type === 0 && metadata.has_sum === true, "only sums");
  check(metadata.unit_class === "energy" && metadata.unit_of_measurement === "kWh", "the unit");
};

export interface FakeHomeAssistant {
  readonly port: () => number;
  /** By statistic, the sum of each hour. */
  readonly statistics: Map<string, Map<number, number>>;
  readonly names: Map<string, string>;
  /** Rows that were imported, again or not. */
  imported: number;
  isAdmin: boolean;
  isRecording: boolean;
  readonly close: () => Promise<void>;
}

export const fakeHomeAssistant = async (token: string): Promise<FakeHomeAssistant> => {
  const server: Server = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ server, path: "/api/websocket" });
  const self: FakeHomeAssistant = {
    port: () => (server.address() as AddressInfo).port,
    ...{ statistics: new Map(), names: new Map(), imported: 0, isAdmin: true, isRecording: true },
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };

  const importRows = ({ metadata, stats }: Fields): null => {
    if (!self.isAdmin) refusal("Unauthorized", "unauthorized");
    checkMetadata(metadata as Fields);
    const { statistic_id: id, name } = metadata as { readonly statistic_id: string; readonly name: string };
    const sums = self.statistics.get(id) ?? new Map<number, number>();
    for (const row of stats as readonly Fields[]) {
      check(Object.keys(row).sort().join() === "start,state,sum", `a row has ${Object.keys(row)}`);
      check(/(Z|[+-]\d\d:\d\d)$/.test(String(row.start)), "a start without a zone");
      const start = Date.parse(String(row.start));
      check(start % 3_600_000 === 0, "a start that is no full hour");
      check(typeof row.sum === "number" && typeof row.state === "number", "a row without numbers");
      sums.set(start, Number(row.sum));
      self.imported++;
    }
    self.statistics.set(id, sums);
    self.names.set(id, name);
    return null;
  };

  const during = ({ start_time: from, end_time: to, statistic_ids: ids }: Fields): Fields =>
    Object.fromEntries(
      (ids as readonly string[]).flatMap((id) => {
        const rows = [...(self.statistics.get(id) ?? [])]
          .filter(([start]) => start >= Date.parse(String(from)) && start < Date.parse(String(to)))
          .sort(([a], [b]) => a - b)
          .map(([start, sum]) => ({ start, end: start + 3_600_000, sum }));
        return rows.length === 0 ? [] : [[id, rows]];
      }),
    );

  const commands: Readonly<Record<string, (fields: Fields) => unknown>> = {
    "recorder/import_statistics": importRows,
    "recorder/statistics_during_period": during,
    "recorder/info": () => ({ recording: self.isRecording, backlog: 0 }),
  };

  const answer = (socket: WebSocket, message: Fields): void => {
    const { id, type } = message;
    const say = (fields: Fields): void => socket.send(JSON.stringify({ id, type: "result", ...fields }));
    if (type === "ping") {
      socket.send(JSON.stringify({ id, type: "pong" }));
      return;
    }
    const command = commands[String(type)];
    try {
      if (command === undefined) throw Object.assign(new Error("Unknown command."), { code: "unknown_command" });
      say({ success: true, result: command(message) });
    } catch (error) {
      const { message: text, code } = error as Error & { readonly code?: string };
      say({ success: false, error: { code: code ?? "unknown_error", message: text } });
    }
  };

  sockets.on("connection", (socket) => {
    let isKnown = false;
    let newest = 0;
    socket.on("error", () => {});
    socket.send(JSON.stringify({ type: "auth_required", ha_version: "2026.11.1" }));
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Fields;
      if (isKnown) {
        // Home Assistant refuses an id that does not rise.
        if (Number(message.id) <= newest) socket.close();
        newest = Number(message.id);
        answer(socket, message);
        return;
      }
      isKnown = message.type === "auth" && message.access_token === token;
      socket.send(JSON.stringify({ type: isKnown ? "auth_ok" : "auth_invalid", ha_version: "2026.11.1" }));
      if (!isKnown) socket.close();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return self;
};

/** A thread of the store: it opens the database and carries out one call after the other. */
import { setTimeout as pause } from "node:timers/promises";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { Log } from "@meterport/engine/ports/log";
import { SqliteCaretaker } from "./sqlite-caretaker.ts";
import { sqliteDriver, thisNode } from "./sqlite-driver.ts";
import { openReader, openWriter } from "./sqlite-store.ts";
import { type FromStore, type StoreCall, type StoreThreadData, sentError, type ToStore } from "./store-messages.ts";

const run = (port: MessagePort, { role, folder, driver: source, now }: StoreThreadData): void => {
  let wall = now;
  const tell = (message: FromStore): void => port.postMessage(message);
  const log: Log = {
    info: (text) => tell({ kind: "log", level: "info", text }),
    warn: (text) => tell({ kind: "log", level: "warn", text }),
    error: (text) => tell({ kind: "log", level: "error", text }),
  };
  let caretaker: SqliteCaretaker;
  try {
    const driver = sqliteDriver(source === "libsql" ? { ...thisNode, builtIn: () => undefined } : thisNode);
    const setting = { folder, log, wall: () => wall, driver };
    caretaker = new SqliteCaretaker({
      open: () => (role === "writer" ? openWriter(setting) : { store: openReader(setting, role), replaced: undefined }),
      replace: role === "writer" ? () => openWriter(setting, "damaged") : undefined,
      pause,
      now: () => performance.now(),
      say: log.error,
      report: (condition) => tell({ kind: "condition", condition }),
    });
  } catch (error) {
    tell({ kind: "refused", error: sentError(error) });
    port.close();
    return;
  }
  const figures = () => (role === "writer" ? caretaker.figures() : null);
  tell({ kind: "open", figures: figures() });
  const answer = async (call: StoreCall): Promise<void> => {
    wall = call.now;
    try {
      // A check that reads pages from memory would not see what has become of the file.
      if (call.method === "reopen" || call.method === "check") caretaker.close();
      const value = call.method === "reopen" ? undefined : await caretaker.call(call.method, call.args);
      tell({ kind: "result", id: call.id, value, figures: figures() });
    } catch (error) {
      tell({ kind: "error", id: call.id, error: sentError(error) });
    }
  };
  let turn = Promise.resolve();
  port.on("message", (message: ToStore) => {
    if (message.kind === "close") caretaker.hurry();
    turn = turn.then(() => {
      if (message.kind === "call") return answer(message);
      caretaker.close();
      port.close();
      return undefined;
    });
  });
};

if (parentPort !== null) run(parentPort, workerData as StoreThreadData);

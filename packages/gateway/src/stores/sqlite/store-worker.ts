/** A thread of the store: it opens the database and carries out one call after the other. */
import { setTimeout as pause } from "node:timers/promises";
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Log } from "@meterport/engine/ports/log";
import { SqliteCaretaker } from "./sqlite-caretaker.ts";
import { sqliteDriver, thisNode } from "./sqlite-driver.ts";
import { causeOf } from "./sqlite-errors.ts";
import { openReader, openWriter } from "./sqlite-store.ts";
import { type FromStore, type StoreCall, type StoreThreadData, sentError, type ToStore } from "./store-messages.ts";

const isWrite = (message: ToStore): message is StoreCall => message.kind === "call" && message.method === "writePacked";

const isOfDatabase = (error: unknown): boolean => {
  const cause = error instanceof Error ? causeOf(error.cause) : undefined;
  return cause !== undefined && cause !== "value";
};

/** Writes of one transaction at most: those behind it should not wait for long. */
const mostTogether = 32;

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
  const waiting: ToStore[] = [];
  const come = (message: ToStore): void => {
    if (message.kind === "close") caretaker.hurry();
    waiting.push(message);
  };
  /** The writes that wait right behind one, with it. What has arrived meanwhile is there without a turn of the event loop. */
  const withOthers = (first: StoreCall): readonly StoreCall[] => {
    for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port))
      come(more.message as ToStore);
    const end = waiting.findIndex((each, n) => n === mostTogether - 1 || !isWrite(each));
    return [first, ...waiting.splice(0, end < 0 ? waiting.length : end).filter(isWrite)];
  };
  const answerTogether = async (calls: readonly StoreCall[]): Promise<void> => {
    wall = calls.at(-1)?.now ?? wall;
    try {
      const results = (await caretaker.call("writeTogether", [calls.map(({ args }) => args)])) as readonly unknown[];
      const now = figures();
      for (const [n, { id }] of calls.entries()) tell({ kind: "result", id, value: results[n], figures: now });
    } catch (error) {
      // A lock or a full disk would refuse each of them. If one is wrong, the others are not.
      if (isOfDatabase(error)) for (const { id } of calls) tell({ kind: "error", id, error: sentError(error) });
      else for (const call of calls) await answer(call);
    }
  };
  const workOff = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.kind === "close") {
        caretaker.close();
        port.close();
        return;
      }
      const calls = isWrite(next) ? withOthers(next) : [next];
      await (calls.length === 1 ? answer(next) : answerTogether(calls));
    }
  };
  let turn = Promise.resolve();
  port.on("message", (message: ToStore) => {
    come(message);
    turn = turn.then(workOff);
  });
};

if (parentPort !== null) run(parentPort, workerData as StoreThreadData);

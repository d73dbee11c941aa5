/** The API v2 by HTTP: each answer in the words of the device. */
import type { Log } from "@meterport/engine/ports/log";
import { telegramIn } from "../homewizard/p1-telegram.ts";
import { type Answering, type Asked, json, type Said, silence } from "../listening/http-server.ts";
import { objectIn } from "../listening/json-object.ts";
import type { Topic, V2Device } from "./v2-device.ts";

const refused = (status: number, error: string): Said => json({ error }, { status });

const unauthorized = refused(401, "user:unauthorized");
const otherVersion = refused(400, "request:api-version-not-supported");
const notJson = refused(400, "request:invalid-json");
const unknown = refused(404, "request:not-found");
const otherMethod = refused(405, "request:method-not-allowed");
const readOnly = refused(403, "request:read-only");
const done: Said = { status: 204, type: "application/json", body: "" };

const topicAt: Readonly<Record<string, Topic>> = {
  "/api": "device",
  "/api/measurement": "measurement",
  "/api/system": "system",
  "/api/batteries": "batteries",
};

const isRead = ({ method }: Asked): boolean => method === "GET" || method === "HEAD";

const tokenOf = ({ headers }: Asked): string =>
  /^Bearer +(\S+)$/i.exec(typeof headers.authorization === "string" ? headers.authorization : "")?.[1] ?? "";

/** What is wrong with the name of a user; undefined if nothing is. */
const faultOf = (name: unknown): string | undefined => {
  if (name === undefined) return "json:parameter-missing:name";
  if (typeof name !== "string") return "json:parameter-invalid-type:name";
  if (name === "") return "user:name-empty";
  if (!name.startsWith("local/")) return "user:invalid-prefix";
  const own = name.slice("local/".length);
  if (own === "") return "user:name-empty";
  if (own.length > 40) return "user:name-too-long";
  return /^[a-zA-Z0-9\-_/\\# ]+$/.test(own) ? undefined : "user:name-invalid";
};

export interface V2AnswersOptions {
  readonly device: V2Device;
  readonly log: Log;
  /** Somebody came or has gone. */
  readonly usersChanged: () => void;
}

export const v2Answers = ({ device, log, usersChanged }: V2AnswersOptions): Answering => {
  const { users } = device;

  const admit = ({ body }: Asked): Said => {
    const object = objectIn(body);
    if (object === undefined) return notJson;
    const { name } = object;
    const fault = faultOf(name);
    if (fault !== undefined || typeof name !== "string") return refused(400, fault ?? "");
    const admission = users.admit(name);
    if ("refusal" in admission)
      return admission.refusal === "full" ? refused(400, "user:no-storage") : refused(403, "user:creation-not-enabled");
    log.info(`${name} may read from now on`);
    usersChanged();
    return json({ token: admission.token, name });
  };

  /** Without a name, of the one who asks. */
  const remove = ({ body }: Asked, self: string): Said => {
    const object = body === "" ? {} : objectIn(body);
    if (object === undefined) return notJson;
    const { name = self } = object;
    if (typeof name !== "string") return refused(400, "json:parameter-invalid-type:name");
    if (!users.remove(name)) return refused(404, "user:not-found");
    log.info(`${name} may no longer read`);
    usersChanged();
    return done;
  };

  const ofUsers = (asked: Asked, name: string): Said => {
    if (asked.method === "DELETE") return remove(asked, name);
    return isRead(asked) ? json(device.say("user", name)) : otherMethod;
  };

  const telegram = (asked: Asked): Said | typeof silence => {
    if (!isRead(asked)) return otherMethod;
    const { shown } = device;
    const body = shown === undefined ? undefined : telegramIn(shown);
    return body === undefined ? silence : { status: 200, type: "text/plain", body, values: true };
  };

  const topic = (asked: Asked, which: Topic, name: string): Said | typeof silence => {
    if (!isRead(asked)) return asked.method === "PUT" && which !== "device" ? readOnly : otherMethod;
    const value = device.say(which, name);
    return value === undefined ? silence : json(value, { values: which === "measurement" });
  };

  return (asked) => {
    const path = asked.path.replace(/(?<=.)\/$/, "");
    const version = asked.headers["x-api-version"];
    // The library of the maker sends none.
    if (version !== undefined && version !== "2") return otherVersion;
    if (path === "/api/user" && asked.method === "POST") return admit(asked);
    const name = users.nameOf(tokenOf(asked));
    if (name === undefined) return unauthorized;
    if (path === "/api/user") return ofUsers(asked, name);
    const which = Object.hasOwn(topicAt, path) ? topicAt[path] : undefined;
    if (which !== undefined) return topic(asked, which, name);
    if (path === "/api/telegram" && device.type === "HWE-P1") return telegram(asked);
    // A device blinks; there is nothing to see here, and nothing changes.
    if (path === "/api/system/identify") return asked.method === "PUT" ? done : otherMethod;
    if (path === "/api/system/reboot") return asked.method === "PUT" ? readOnly : otherMethod;
    return unknown;
  };
};

/** `/api/v1/points/{id}/link/doctor` and `key-test`, and `/api/v1/link/test`. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Diagnosis } from "@meterport/doctor/diagnosis";
import { examinedJson } from "@meterport/doctor/examined";
import type { Language } from "@meterport/doctor/words/words";
import { UsageError } from "@meterport/protocol/errors";
import type { Secret } from "@meterport/protocol/mep/security/key";
import type { Clock } from "@meterport/protocol/ports";
import type { Context } from "hono";
import type { LinkService } from "../../meters/link-service.ts";
import { type KeyVerdict, keyOf } from "../../meters/tested-link.ts";
import { refuse } from "../answers.ts";
import { type BodyOf, badRequest, give, iso, noPoint, type Points, pointOf } from "../give.ts";
import * as routes from "./routes.ts";
import { type LinkTestRecord, RunningTests } from "./running-tests.ts";

/** A link that no point has. */
export interface StrayLink {
  readonly optical: boolean;
  readonly run: (key: Secret | undefined) => Promise<KeyVerdict>;
}

export interface LinkTestOptions extends Points {
  readonly clock: Clock;
  readonly log: { readonly error: (text: string) => void };
  /** Undefined if links cannot be tested here. @throws UsageError if it is not a link, or a point has it */
  readonly strayLink?: ((link: string) => StrayLink) | undefined;
}

const headOf = ({ state, started, took, problem }: LinkTestRecord<unknown>) => ({
  state,
  started: iso(started),
  took_ms: took,
  problem,
});

const isBusy = (c: Context) =>
  refuse(c, 409, "busy", "a test of this link is in progress: ask for its result with GET");
const impossible = (c: Context, what: string) => refuse(c, 409, "not-possible", `${what} cannot be tested here`);
const noTest = (c: Context) => refuse(c, 404, "no-such-test", "nothing was tested since the start: begin with POST");

/** A 202 with a body of this schema, and where the result will be. */
const begun = <B>(c: Context, body: B) => c.json(body as never, 202, { location: c.req.path });

const diagnosed = (
  id: string,
  record: LinkTestRecord<Diagnosis>,
  { kind, security, optical }: LinkService["link"],
  language: Language,
): BodyOf<typeof routes.doctorTest> => {
  const { value: diagnosis, started } = record;
  const circumstances = { time: iso(started), kind, security: optical ? "C12.18" : security, language };
  const told = diagnosis === null ? null : examinedJson({ diagnosis, ...circumstances });
  return { id, ...headOf(record), diagnosis: told as BodyOf<typeof routes.diagnosis> | null };
};

const keyed = (id: string, record: LinkTestRecord<KeyVerdict>): BodyOf<typeof routes.keyTest> => ({
  id,
  ...headOf(record),
  verdict: record.value,
});

/** The key of a text; one sentence without it if it is none. */
const keyIn = (text: string | undefined, link: { readonly optical: boolean }): Secret | undefined | string => {
  if (text === undefined) return undefined;
  try {
    return keyOf(text, link);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
};

const addDoctor = (app: OpenAPIHono, options: LinkTestOptions, tests: RunningTests<Diagnosis>, rests: Rests): void => {
  app.openapi(routes.doctorRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { link } = point;
    if (link === undefined) return impossible(c, "the link of this point");
    const record = rests.isBusy(id) ? undefined : tests.begin(id, link.doctor);
    const { language = "en" } = c.req.valid("query");
    return record === undefined ? isBusy(c) : begun(c, diagnosed(id, record, link.link, language));
  });
  app.openapi(routes.doctorResultRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const record = tests.get(id);
    if (record === undefined || point.link === undefined) return noTest(c);
    const { language = "en" } = c.req.valid("query");
    return give(c, routes.doctorTest, diagnosed(id, record, point.link.link, language));
  });
};

const addKeyTest = (
  app: OpenAPIHono,
  options: LinkTestOptions,
  tests: RunningTests<KeyVerdict>,
  rests: Rests,
): void => {
  app.openapi(routes.keyTestRoute, (c) => {
    const { id } = c.req.valid("param");
    const point = pointOf(options, id);
    if (point === undefined) return noPoint(c, id);
    const { link } = point;
    if (link === undefined) return impossible(c, "the link of this point");
    const key = keyIn(c.req.valid("json").key, link.link);
    if (key === undefined || typeof key === "string") return badRequest(c, key ?? "the key is missing");
    const record = rests.isBusy(id) ? undefined : tests.begin(id, () => link.tryKey(key));
    return record === undefined ? isBusy(c) : begun(c, keyed(id, record));
  });
  app.openapi(routes.keyResultRoute, (c) => {
    const { id } = c.req.valid("param");
    if (pointOf(options, id) === undefined) return noPoint(c, id);
    const record = tests.get(id);
    return record === undefined ? noTest(c) : give(c, routes.keyTest, keyed(id, record));
  });
};

const summaryOf = (record: LinkTestRecord<unknown> | undefined) =>
  record === undefined ? null : { state: record.state, started: iso(record.started) };

const addSummary = (
  app: OpenAPIHono,
  options: LinkTestOptions,
  doctor: RunningTests<Diagnosis>,
  keys: RunningTests<KeyVerdict>,
): void => {
  app.openapi(routes.linkTestsRoute, (c) => {
    const { id } = c.req.valid("param");
    if (pointOf(options, id) === undefined) return noPoint(c, id);
    return give(c, routes.linkTests, { id, doctor: summaryOf(doctor.get(id)), key_test: summaryOf(keys.get(id)) });
  });
};

/** The only name of a link without a point. */
const stray = "";

const strayed = (record: LinkTestRecord<KeyVerdict>): BodyOf<typeof routes.linkTest> => ({
  ...headOf(record),
  verdict: record.value,
});

const addLinkTest = (app: OpenAPIHono, { clock, log, strayLink }: LinkTestOptions): void => {
  const tests = new RunningTests<KeyVerdict>(clock, log);
  app.openapi(routes.linkTestRoute, (c) => {
    const { link, key: text } = c.req.valid("json");
    if (strayLink === undefined) return impossible(c, "a link");
    let found: StrayLink;
    try {
      found = strayLink(link);
    } catch (error) {
      if (error instanceof UsageError) return badRequest(c, error.message);
      throw error;
    }
    const key = keyIn(text, found);
    if (typeof key === "string") return badRequest(c, key);
    const record = tests.begin(stray, () => found.run(key));
    return record === undefined ? isBusy(c) : begun(c, strayed(record));
  });
  app.openapi(routes.linkResultRoute, (c) => {
    const record = tests.get(stray);
    return record === undefined ? noTest(c) : give(c, routes.linkTest, strayed(record));
  });
};

/** Whether a link rests for a test of either kind. */
interface Rests {
  readonly isBusy: (id: string) => boolean;
}

export const addLinkTests = (app: OpenAPIHono, options: LinkTestOptions): void => {
  const { clock, log } = options;
  const doctor = new RunningTests<Diagnosis>(clock, log);
  const keys = new RunningTests<KeyVerdict>(clock, log);
  const rests: Rests = { isBusy: (id) => doctor.isRunning(id) || keys.isRunning(id) };
  addDoctor(app, options, doctor, rests);
  addKeyTest(app, options, keys, rests);
  addSummary(app, options, doctor, keys);
  addLinkTest(app, options);
};

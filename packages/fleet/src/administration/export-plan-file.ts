/** A file that says what is exported, when and where to: a `NewExportPlan` as JSON. */
import { z } from "@hono/zod-openapi";
import { UsageError } from "@meterport/protocol/errors";
import type { NewExportPlan } from "../jobs/desk.ts";

const word = z.string().min(1).max(1_024);
const whole = z.number().int();
const ids = z.array(word).min(1).max(10_000);
const parties = { sender: word, receiver: word };

const format = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["csv-long", "csv-wide"]), decimal: z.enum([".", ","]).optional() }),
  z.strictObject({ kind: z.literal("iec-61968-9"), source: word }),
  z.strictObject({
    ...{ kind: z.enum(["rsm-012-json", "rsm-012-xml"]), ...parties },
    measuredQuality: z.enum(["A04", "omitted"]).optional(),
  }),
  z.strictObject({ kind: z.literal("consumption-record"), ...parties, mode: z.enum(["PROD", "SIMU"]).optional() }),
  z.strictObject({ kind: z.literal("e66-fi"), ...parties }),
  z.strictObject({ kind: z.literal("espi"), title: word }),
  z.strictObject({
    ...{ kind: z.literal("statement"), form: z.enum(["csv", "text", "page"]), zone: word },
    ...{ language: z.enum(["en", "da", "de"]).optional(), decimal: z.enum([".", ","]).optional() },
    tenants: z.array(z.strictObject({ id: word, name: word, points: ids })).min(1),
  }),
]);

const target = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("folder"), folder: word }),
  z.strictObject({
    ...{ kind: z.literal("sftp"), host: word, port: whole.optional(), user: word },
    ...{ folder: word, keyFile: word, knownHostsFile: word },
  }),
  z.strictObject({ kind: z.literal("https"), url: word, tokenFile: word.optional() }),
]);

const planFile = z.strictObject({
  ...{ name: word, format, zone: word, target },
  scope: z.union([
    z.strictObject({ all: z.literal(true) }),
    z.strictObject({ sites: ids }),
    z.strictObject({ points: ids }),
  ]),
  channels: z.array(word).min(1).optional(),
  schedule: z.strictObject({
    ...{ every: z.enum(["day", "month"]), minute: whole },
    ...{ daysLater: whole.optional(), correctionsBack: whole.optional() },
  }),
  signingKeyFile: word.optional(),
}) satisfies z.ZodType<NewExportPlan>;

const json = (text: string, name: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError("export", `${name} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** @param name of the file, for people @throws UsageError (`export`) with all that is wrong, a line each */
export const parseExportPlan = (text: string, name: string): NewExportPlan => {
  const parsed = planFile.safeParse(json(text, name));
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${name}: ${path.join(".") || "the plan"}: ${message}`);
  throw new UsageError("export", lines.slice(0, 20).join("\n"));
};

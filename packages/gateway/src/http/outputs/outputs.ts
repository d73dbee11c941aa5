/** `/api/v1/outputs`: how the outputs are doing, and a test of each. */
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { OutputTest } from "@meterport/engine/outputs/output-runner";
import type { OutputStatus } from "@meterport/engine/ports/output";
import { refuse, shown } from "../answers.ts";
import { give, iso, isoOrNull } from "../give.ts";
import {
  type outputAnswer,
  outputPairing,
  outputPairRoute,
  outputsAnswer,
  outputsRoute,
  outputTest,
  outputTestRoute,
} from "./routes.ts";

/** What the API asks of the outputs. */
export interface OutputsAccess {
  readonly status: () => Promise<readonly OutputStatus[]>;
  readonly test: (name: string) => Promise<OutputTest | undefined>;
  readonly pair: (name: string) => OutputTest | undefined;
}

/** The answer of `GET /api/v1/outputs`, for the command. */
export type OutputsAnswer = z.output<typeof outputsAnswer>;
export type OutputTestAnswer = z.output<typeof outputTest>;
export type OutputPairingAnswer = z.output<typeof outputPairing>;

const answerOf = ({ since, lastDelivered, journal, ...status }: OutputStatus): z.output<typeof outputAnswer> => ({
  ...status,
  since: iso(since),
  last_delivered: isoOrNull(lastDelivered),
  journal: journal === null ? null : { ...journal },
});

export const addOutputs = (app: OpenAPIHono, outputs: OutputsAccess | undefined): void => {
  const noSuch = async (name: string): Promise<string> => {
    const known = ((await outputs?.status()) ?? []).map((each) => each.name);
    const which = known.length === 0 ? "none is on" : `those that are on: ${known.join(", ")}`;
    return `unknown output ${shown(name)}; ${which}`;
  };

  app.openapi(outputsRoute, async (c) => {
    const all = (await outputs?.status()) ?? [];
    return give(c, outputsAnswer, { outputs: all.map(answerOf) });
  });

  app.openapi(outputTestRoute, async (c) => {
    const { name } = c.req.valid("param");
    const seen = await outputs?.test(name);
    return seen === undefined ? refuse(c, 404, "no-such-output", await noSuch(name)) : give(c, outputTest, seen);
  });

  app.openapi(outputPairRoute, async (c) => {
    const { name } = c.req.valid("param");
    const said = outputs?.pair(name);
    return said === undefined ? refuse(c, 404, "no-such-output", await noSuch(name)) : give(c, outputPairing, said);
  });
};

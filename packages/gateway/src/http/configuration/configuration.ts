/** `/api/v1/configuration`: what the gateway runs with, and a reload. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Config } from "../../config/config.ts";
import { settings } from "../../config/config-schema.ts";
import { configJsonSchema } from "../../config/json-schema.ts";
import { shownValue } from "../../config/reload-plan.ts";
import type { ReloadOutcome } from "../../config/reloader.ts";
import { refuse } from "../answers.ts";
import { type BodyOf, give } from "../give.ts";
import {
  checkRoute,
  configurationAnswer,
  configurationRoute,
  reloadAnswer,
  reloadRoute,
  schemaRoute,
} from "./routes.ts";

/** What the daemon lets the API do with its configuration. */
export interface ConfigurationAccess {
  readonly file: () => string | null;
  /** What the daemon runs with. */
  readonly current: () => Config;
  readonly plan: () => ReloadOutcome;
  readonly reload: () => Promise<ReloadOutcome>;
}

const ids = (meters: readonly { readonly id: string }[]): readonly string[] => meters.map(({ id }) => id);

/** Without the meters' keys, which are in the plan. */
const outcomeAnswer = (outcome: ReloadOutcome): BodyOf<typeof reloadAnswer> => {
  if (!outcome.ok)
    return { ok: false, problems: outcome.problems, apply: [], restart: [], added: [], changed: [], removed: [] };
  const { apply, restart, added, changed, removed } = outcome.plan;
  return { ok: true, problems: [], apply, restart, added: ids(added), changed: ids(changed), removed };
};

export const addConfiguration = (
  app: OpenAPIHono,
  { configuration }: { readonly configuration?: ConfigurationAccess | undefined },
): void => {
  const schema = configJsonSchema();
  const unavailable = "this gateway was started without a configuration that can be read again";

  app.openapi(configurationRoute, (c) => {
    if (configuration === undefined) return refuse(c, 503, "not-available", unavailable);
    const config = configuration.current();
    return give(c, configurationAnswer, {
      file: configuration.file(),
      meters: config.meters.length,
      settings: settings.map(({ path, text, example, fallback = null, required, restart }) => ({
        ...{ path, text, example, fallback, required, restart },
        value: shownValue(config, path) ?? null,
      })),
    });
  });

  app.openapi(schemaRoute, (c) => c.json(schema as Record<string, unknown>, 200));

  app.openapi(checkRoute, (c) => {
    if (configuration === undefined) return refuse(c, 503, "not-available", unavailable);
    return give(c, reloadAnswer, outcomeAnswer(configuration.plan()));
  });

  app.openapi(reloadRoute, async (c) => {
    if (configuration === undefined) return refuse(c, 503, "not-available", unavailable);
    return give(c, reloadAnswer, outcomeAnswer(await configuration.reload()));
  });
};

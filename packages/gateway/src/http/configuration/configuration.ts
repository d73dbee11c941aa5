/** `/api/v1/configuration`: what the gateway runs with, and a reload. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Config } from "../../config/config.ts";
import { settings } from "../../config/config-schema.ts";
import type { ConfigEditor } from "../../config/edit/config-editor.ts";
import { machineOnly } from "../../config/edit/machine-only.ts";
import { valueAt } from "../../config/edit/raw-config.ts";
import { shownValueOf } from "../../config/edit/written-values.ts";
import { configJsonSchema } from "../../config/json-schema.ts";
import { shownValue } from "../../config/reload-plan.ts";
import type { ReloadOutcome } from "../../config/reloader.ts";
import { refuse } from "../answers.ts";
import { give } from "../give.ts";
import { addChangeConfiguration, notChangeable } from "./change-configuration.ts";
import { outcomeAnswer } from "./edits.ts";
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
  /** Changes the file; undefined if that is not possible. */
  readonly editor?: ConfigEditor | undefined;
}

export const addConfiguration = (
  app: OpenAPIHono,
  { configuration }: { readonly configuration?: ConfigurationAccess | undefined },
): void => {
  const schema = configJsonSchema();
  const unavailable = "this gateway was started without a configuration that can be read again";

  app.openapi(configurationRoute, (c) => {
    if (configuration === undefined) return refuse(c, 503, "not-available", unavailable);
    const config = configuration.current();
    const { editor } = configuration;
    const file = editor?.state();
    const writtenAt = (path: string): unknown => {
      const at = path.split(".");
      const value = file === undefined || path.startsWith("meters") ? undefined : valueAt(file.value, at);
      return value === undefined ? null : shownValueOf(value, at);
    };
    return give(c, configurationAnswer, {
      file: configuration.file(),
      path: file?.path ?? null,
      revision: file?.revision ?? null,
      unchangeable: file === undefined ? notChangeable : (file.frozen ?? null),
      meters: config.meters.length,
      settings: settings.map(({ path, text, example, fallback = null, required, restart, unit = null, secret }) => ({
        ...{ path, text, example, fallback, required, restart, unit, secret },
        value: shownValue(config, path) ?? null,
        written: writtenAt(path),
        variable: editor?.variableOf(path) ?? null,
        only_on_machine: machineOnly(path) ?? null,
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

  addChangeConfiguration(app, configuration?.editor);
};

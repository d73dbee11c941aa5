/** `PATCH /api/v1/configuration`: changes keys of the file. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { type ConfigEditor, type Edit, EditProblem } from "../../config/edit/config-editor.ts";
import { changeAt, isKeyName, type RawMap, withChange } from "../../config/edit/raw-config.ts";
import { refuse, shown } from "../answers.ts";
import { changeOf, editAnswer } from "./edits.ts";
import { changeRoute } from "./routes.ts";

export const notChangeable = "this gateway was started without a configuration that can be changed";

const partsOf = (path: string): readonly string[] => {
  const parts = path.split(".");
  if (parts[0] === "meters")
    throw new EditProblem([
      { path, message: "metering points are changed with /api/v1/points and /api/v1/points/{id}" },
    ]);
  if (parts.length <= 8 && parts.every(isKeyName)) return parts;
  throw new EditProblem([{ path, message: `${shown(path)} is not a key: write for example log.level` }]);
};

/** @throws EditProblem */
const edited = (file: RawMap, changes: readonly { readonly path: string; readonly value?: unknown }[]): Edit => {
  let value = file;
  const touched: (readonly string[])[] = [];
  for (const each of changes) {
    const path = partsOf(each.path);
    if (each.value === undefined)
      throw new EditProblem([
        { path: each.path, message: `${each.path} has no value: add it, or null to remove the key` },
      ]);
    const change = changeAt(path, changeOf(each.path, each.value));
    if (change !== null) value = withChange(value, change);
    touched.push(path);
  }
  return { value, touched };
};

export const addChangeConfiguration = (app: OpenAPIHono, editor: ConfigEditor | undefined): void => {
  app.openapi(changeRoute, async (c) => {
    if (editor === undefined) return refuse(c, 503, "not-available", notChangeable);
    const { revision, dry_run } = c.req.valid("query");
    const { changes } = c.req.valid("json");
    const outcome = await editor.change({
      edit: (file) => edited(file, changes),
      revision,
      dryRun: dry_run === "true",
    });
    return editAnswer(c, outcome);
  });
};

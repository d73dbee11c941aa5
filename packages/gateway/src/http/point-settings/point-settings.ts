/** `/api/v1/points`: adds, changes and removes metering points, and says what is configured for one. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ConfigEditor, EditOutcome, FileState } from "../../config/edit/config-editor.ts";
import { EditProblem } from "../../config/edit/config-editor.ts";
import { addPoint, changePoint, idFor, metersIn, removePoint } from "../../config/edit/edit-points.ts";
import { isRawMap, type RawChange, type RawMap, type RawValue } from "../../config/edit/raw-config.ts";
import { shownValueOf } from "../../config/edit/written-values.ts";
import { refuse, shown } from "../answers.ts";
import { notChangeable } from "../configuration/change-configuration.ts";
import type { ConfigurationAccess } from "../configuration/configuration.ts";
import { changeOf, doneAnswer, notDone } from "../configuration/edits.ts";
import { give, noPoint, type Points } from "../give.ts";
import { addRoute, patchRoute, pointChangeAnswer, pointSettings, removeRoute, settingsRoute } from "./routes.ts";

export interface PointSettingsOptions extends Points {
  readonly configuration?: ConfigurationAccess | undefined;
}

type Keys = { readonly [name: string]: RawChange | null };

/** The body of a request in the form of the file. @throws EditProblem */
const keysOf = (body: Readonly<Record<string, unknown>>): Keys => {
  const named = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    named.map(([name, value]) => {
      // The name is checked with the others.
      const [change] = Object.values(changeOf("", { [name]: null }) ?? {});
      return [name, value === null ? (change as null) : changeOf(name, value)];
    }),
  );
};

const impossible = (c: Context, message: string) =>
  notDone(c, { result: "impossible", problems: [{ path: null, message }] });

const unavailable = (c: Context) => refuse(c, 503, "not-available", notChangeable);

const answered = (c: Context, id: string, outcome: EditOutcome, status: 200 | 201 = 200) => {
  if (outcome.result !== "done") return notDone(c, outcome);
  const body = { ...doneAnswer(outcome), id };
  if (status === 200) return give(c, pointChangeAnswer, body);
  return c.json(body as never, 201, { location: `/api/v1/points/${id}` });
};

/** Why a point that is read is not in the file; undefined if it is. */
const absence = (options: Points, id: string, meters: readonly RawMap[]): string | undefined => {
  if (meters.some((meter) => meter.id === id)) return undefined;
  if (options.meters.get(id)?.summary().simulated === true)
    return "the simulated household has no configuration: it leaves when a point is added";
  return "the file does not have this point: the environment of the gateway sets it, or it is a meter behind another one";
};

const settingsOf = (options: Points, { value, revision, frozen }: FileState, id: string) => {
  const index = metersIn(value).findIndex((meter) => meter.id === id);
  const meter = metersIn(value)[index];
  const settings = meter === undefined ? null : shownValueOf(meter, ["meters", index]);
  return {
    ...{ id, revision },
    settings: settings !== null && isRawMap(settings) ? settings : null,
    unchangeable: frozen ?? absence(options, id, metersIn(value)) ?? null,
  };
};

/** Also one that is in the file and could not be started. */
const isKnown = ({ meters, children, configuration }: PointSettingsOptions, id: string): boolean => {
  if (meters.has(id) || children?.get(id) !== undefined) return true;
  const list = configuration?.editor?.state().value.meters;
  return Array.isArray(list) && (list as readonly RawValue[]).some((each) => isRawMap(each) && each.id === id);
};

const addNew = (app: OpenAPIHono, options: PointSettingsOptions, editor: ConfigEditor | undefined): void => {
  app.openapi(addRoute, async (c) => {
    if (editor === undefined) return unavailable(c);
    const { id: asked, ...keys } = c.req.valid("json");
    const { revision, dry_run } = c.req.valid("query");
    if (asked !== undefined && options.meters.get(asked)?.summary().simulated === true)
      return impossible(
        c,
        `the simulated household has the id ${shown(asked)}, and its values stay: choose another id`,
      );
    if (asked !== undefined && options.children?.get(asked) !== undefined)
      return impossible(c, `a meter behind another one has the id ${shown(asked)}: choose another id`);
    let id = asked ?? "";
    const dryRun = dry_run === "true";
    const outcome = await editor.change({
      edit: (file) => {
        const listed = metersIn(file).map((meter) => String(meter.id));
        const isTaken = [
          ...listed,
          ...options.meters.keys(),
          ...[...(options.children?.all() ?? [])].map((each) => each.id),
        ];
        id = asked ?? idFor(typeof keys.name === "string" ? keys.name : "", isTaken);
        return addPoint(file, id, keysOf(keys));
      },
      ...{ revision, dryRun },
    });
    return answered(c, id, outcome, dryRun ? 200 : 201);
  });
};

export const addPointSettings = (app: OpenAPIHono, options: PointSettingsOptions): void => {
  const editor = options.configuration?.editor;
  addNew(app, options, editor);

  app.openapi(settingsRoute, (c) => {
    const { id } = c.req.valid("param");
    if (!isKnown(options, id)) return noPoint(c, id);
    if (editor === undefined) return unavailable(c);
    try {
      return give(c, pointSettings, settingsOf(options, editor.state(), id));
    } catch (error) {
      if (error instanceof EditProblem) return refuse(c, 503, "not-available", error.message);
      throw error;
    }
  });

  /** A change of a point that is read now. */
  const change = async (
    c: Context,
    id: string,
    { revision, dry_run }: { readonly revision?: string | undefined; readonly dry_run?: string | undefined },
    edit: (file: RawMap) => ReturnType<typeof changePoint>,
  ) => {
    if (!isKnown(options, id)) return noPoint(c, id);
    if (editor === undefined) return unavailable(c);
    const outcome = await editor.change({
      edit: (file) => {
        const why = absence(options, id, metersIn(file));
        if (why !== undefined) throw new EditProblem([{ path: null, message: why }]);
        return edit(file);
      },
      ...{ revision, dryRun: dry_run === "true" },
    });
    return answered(c, id, outcome);
  };

  app.openapi(patchRoute, (c) => {
    const { id } = c.req.valid("param");
    const keys = c.req.valid("json");
    return change(c, id, c.req.valid("query"), (file) => changePoint(file, id, keysOf(keys))) as never;
  });

  app.openapi(removeRoute, (c) => {
    const { id } = c.req.valid("param");
    return change(c, id, c.req.valid("query"), (file) => removePoint(file, id)) as never;
  });
};

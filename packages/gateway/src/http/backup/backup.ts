/** `/api/v1/backup` gives the stored data away; `/api/v1/restore` takes a backup, for the next start. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { UsageError } from "@meterport/protocol/errors";
import type { Context } from "hono";
import { refuse } from "../answers.ts";
import { type BodyOf, badRequest, give } from "../give.ts";
import type { BackupAccess, BackupArchive } from "./backup-access.ts";
import * as routes from "./routes.ts";

const unavailable = (c: Context) => refuse(c, 503, "not-available", "this gateway keeps no data that can be copied");

const stateOf = ({ restore }: BackupAccess): BodyOf<typeof routes.restoreState> => {
  const { state, received, backup } = restore.state();
  return {
    ...{ state, received, part_bytes: routes.longestPart },
    backup:
      backup === undefined
        ? null
        : {
            created: backup.created,
            files: backup.files.map(({ name, bytes }) => ({ name, bytes })),
            values: backup.hasValues,
          },
  };
};

/** A piece is read when the client asks for it. The copy goes when the stream ends, however it ends. */
const streamOf = ({ pieces, done }: BackupArchive): ReadableStream<Uint8Array> =>
  new ReadableStream(
    {
      pull: async (controller) => {
        try {
          const { done: isOver, value } = await pieces.next();
          if (value !== undefined) controller.enqueue(value);
          if (isOver !== true) return;
          controller.close();
          done();
        } catch (error) {
          done();
          throw error;
        }
      },
      cancel: async () => {
        await pieces.return(undefined);
        done();
      },
    },
    { highWaterMark: 0 },
  );

const addDownload = (app: OpenAPIHono, backup: BackupAccess | undefined): void => {
  app.openapi(routes.backupRoute, async (c) => {
    if (backup === undefined) return unavailable(c);
    const type = { "content-type": "application/x-tar" };
    // The body of a HEAD answer is dropped, and the copy would be made for nothing.
    if (c.req.raw.method === "HEAD") return c.body(null, 200, type);
    try {
      const archive = await backup.make();
      if (archive === undefined)
        return refuse(c, 503, "busy", "another backup is made or taken: try again when it is done");
      return c.body(streamOf(archive), 200, {
        ...type,
        "content-length": String(archive.bytes),
        "content-disposition": `attachment; filename="${archive.name}"`,
      });
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return refuse(c, 409, "not-possible", error.message);
    }
  });
};

export const addBackup = (app: OpenAPIHono, { backup }: { readonly backup?: BackupAccess | undefined }): void => {
  addDownload(app, backup);

  app.openapi(routes.restoreStateRoute, (c) =>
    backup === undefined ? unavailable(c) : give(c, routes.restoreState, stateOf(backup)),
  );

  app.openapi(routes.uploadRoute, async (c) => {
    if (backup === undefined) return unavailable(c);
    const { offset = 0 } = c.req.valid("query");
    const part = new Uint8Array(await c.req.arrayBuffer());
    if (part.length === 0 || part.length > routes.longestPart)
      return badRequest(c, `a part has ${part.length} bytes: send from 1 to ${routes.longestPart}`);
    const appended = await backup.restore.append(offset, part);
    if (appended.result === "no-room") return refuse(c, 409, "not-possible", appended.message);
    if (appended.result === "elsewhere")
      return refuse(
        c,
        409,
        "not-possible",
        `the next part begins at ${appended.received}: send it with this offset, or begin again with 0`,
      );
    return give(c, routes.restoreState, stateOf(backup));
  });

  app.openapi(routes.restoreRoute, async (c) => {
    if (backup === undefined) return unavailable(c);
    try {
      await backup.restore.stage(c.req.valid("json").bytes);
      return give(c, routes.restoreState, stateOf(backup));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return refuse(c, 400, "no-backup", error.message);
    }
  });

  app.openapi(routes.discardRoute, async (c) => {
    if (backup === undefined) return unavailable(c);
    await backup.restore.discard();
    return give(c, routes.restoreState, stateOf(backup));
  });
};

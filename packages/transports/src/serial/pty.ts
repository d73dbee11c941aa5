/** A pseudo-terminal that others open as if it were the serial port of a meter. Made by socat. */
import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { lstat, open, readlink } from "node:fs/promises";
import { LinkError, UsageError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";
import { streamTransport } from "../stream-transport.ts";

/** Stderr of socat that is kept for a message. */
const keptComplaint = 2_000;

/** socat would delete any file there; only a link to a terminal that is gone may go. */
const refuseTaken = async (path: string, name: string): Promise<void> => {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (found.isSymbolicLink()) {
    const terminal = await readlink(path);
    const alive = (await lstat(terminal).catch(() => undefined)) !== undefined;
    if (terminal.startsWith("/dev/pts/") && !alive) return;
    if (alive)
      throw new LinkError(
        "not-open",
        name,
        `cannot open it: it is the link to ${terminal}, which is in use; take another path or remove it`,
      );
  }
  throw new LinkError("not-open", name, "cannot open it: there is a file of that name already; take another one");
};

/**
 * Makes a pseudo-terminal with a link at `path`; the transport is its inner side. It outlives the programs that open
 * and close it. Both go when the transport is closed.
 *
 * @throws LinkError not-open
 * @throws UsageError if socat is missing or the path has characters that it does not take
 */
export const openPty = async (path: string): Promise<Transport> => {
  const name = `pty://${path}`;
  if (!/^[\w./+@-]+$/.test(path))
    throw new UsageError("link", `${name}: the path may have only letters, digits and . / _ + @ -`);
  await refuseTaken(path, name);
  // The second -d makes socat say when it is ready.
  const child = spawn("socat", ["-d", "-d", "-", `pty,raw,echo=0,link=${path}`], { stdio: ["pipe", "pipe", "pipe"] });
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  let complaint = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", (cause) => {
      const missing = "code" in cause && cause.code === "ENOENT";
      reject(
        missing
          ? new UsageError(
              "socat-missing",
              "a pty needs the program socat: install it (apt install socat), or use tcp://",
              {
                cause,
              },
            )
          : new LinkError("not-open", name, `cannot open it: ${cause.message}`, { cause }),
      );
    });
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      complaint = (complaint + text).slice(-keptComplaint);
      if (/starting data transfer/.test(complaint)) resolve();
    });
    void exited.then(() => {
      const error = / E (.*)/.exec(complaint)?.[1] ?? "socat ended at once";
      reject(new LinkError("not-open", name, `cannot open it: ${error}`));
    });
  });
  // While one side stays open the terminal does not hang up when a program closes it.
  const held = await open(path, constants.O_RDWR | constants.O_NOCTTY).catch((cause: unknown) => {
    child.kill("SIGTERM");
    throw new LinkError("not-open", name, `cannot open it: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
  return streamTransport({
    name,
    readable: child.stdout,
    writable: child.stdin,
    unread: "lost",
    shut: async () => {
      await held.close();
      child.stdin.end();
      child.kill("SIGTERM");
      await exited;
    },
  });
};

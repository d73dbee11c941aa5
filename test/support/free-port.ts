/** Ports of the loopback for programs that cannot choose one. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
};

/** Waits until a program listens, without connecting to it: the system knows. */
const listening = async (port: number): Promise<void> => {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (let attempt = 0; attempt < 500; attempt++) {
    // State 0A is LISTEN.
    if (new RegExp(`:${hex} 00000000:0000 0A`).test(readFileSync("/proc/net/tcp", "utf8"))) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`nobody listens on ${port}`);
};

/**
 * Starts a third-party program and waits until it listens there; the returned function kills it.
 * The program neither outlives a test that failed before calling that function, nor keeps it from ending.
 */
export const startListening = async (
  program: string,
  args: readonly string[],
  port: number,
): Promise<() => Promise<void>> => {
  const child = spawn(program, args, { stdio: "ignore" });
  const ended = once(child, "close");
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  child.unref();
  const stop = async (): Promise<void> => {
    child.ref();
    kill();
    await ended;
    process.off("exit", kill);
  };
  try {
    await listening(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
};

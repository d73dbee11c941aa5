/** Files to an SFTP server, by OpenSSH's own program in batch mode: keys, agents and ciphers are its business. */
import { spawn } from "node:child_process";
import { UsageError } from "@meterport/protocol/errors";
import { DeliveryError, type Parcel, type Target } from "./target.ts";

export interface SftpSettings {
  readonly host: string;
  readonly port?: number | undefined;
  readonly user: string;
  /** Folder on the server, from the user's home unless it begins with "/". */
  readonly folder: string;
  /** File with the private key, without a passphrase. */
  readonly keyFile: string;
  /** File with the server's key, as `ssh-keyscan` prints it. A server whose key is not there gets nothing. */
  readonly knownHostsFile: string;
  /** The program; `sftp` of the path if omitted. */
  readonly program?: string | undefined;
  /** Seconds that a parcel may take; 600 if omitted. */
  readonly timeoutSeconds?: number | undefined;
}

const defaultTimeout = 600;
/** What a server says is kept to its end, where the reason is. */
const keptOutput = 2_000;

const checked = (settings: SftpSettings): SftpSettings => {
  const refuse = (what: string): never => {
    throw new UsageError("sftp", what);
  };
  // Neither may be taken for an option, nor leave the quotes of a batch line.
  if (!/^[A-Za-z0-9.:[\]_][A-Za-z0-9.:[\]_-]*$/.test(settings.host))
    refuse("the host of an SFTP target is a name or an address");
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(settings.user))
    refuse("the user of an SFTP target has letters, digits, ., _ and -");
  if (!/^[A-Za-z0-9._/ -]+$/.test(settings.folder))
    refuse("the folder of an SFTP target has letters, digits, spaces, ., _, / and -");
  for (const path of [settings.keyFile, settings.knownHostsFile])
    if (/["\r\n\0%]/.test(path))
      refuse("files of an SFTP target have no quotes, percent signs and line ends in their names");
  return settings;
};

const argumentsOf = ({ host, port = 22, user, keyFile, knownHostsFile }: SftpSettings): readonly string[] => {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    `UserKnownHostsFile="${knownHostsFile}"`,
    "GlobalKnownHostsFile=none",
    `IdentityFile="${keyFile}"`,
    "IdentitiesOnly=yes",
    "ConnectTimeout=30",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
  ];
  // Without a file of settings, the same target behaves the same for each user.
  return [
    "-F",
    "none",
    "-b",
    "-",
    "-P",
    String(port),
    ...options.flatMap((option) => ["-o", option]),
    "--",
    `${user}@${host}`,
  ];
};

/**
 * Each file is sent under a name with a dot, then renamed. Servers without OpenSSH's rename refuse to replace a file, so a repeated attempt removes
 * first what the one before may have left.
 */
const batchOf = ({ files }: Parcel, folder: string, attempt: number): string =>
  files
    .flatMap(({ name }) => {
      const [part, whole] = [`"${folder}/.${name}.part"`, `"${folder}/${name}"`];
      return [`put "${name}" ${part}`, ...(attempt > 1 ? [`-rm ${whole}`] : []), `rename ${part} ${whole}`];
    })
    .map((line) => `${line}\n`)
    .join("");

/** The last line that says something, without control characters. */
const reasonIn = (output: string): string =>
  output
    .replace(/[^\x20-\x7e\n]/g, "?")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("sftp>") && !/^Connection closed/.test(line))
    .at(-1) ?? "it gave no reason";

const run = (
  program: string,
  args: readonly string[],
  cwd: string,
  batch: string,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["pipe", "pipe", "pipe"], signal, killSignal: "SIGKILL" });
    let output = "";
    const keep = (chunk: unknown): void => {
      output = (output + String(chunk)).slice(-keptOutput);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    // A program that ends before it read all of its input says why itself.
    child.stdin.on("error", () => {});
    child.stdin.end(batch);
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(reasonIn(output)))));
  });

/**
 * A target of an SFTP server.
 *
 * @throws UsageError (`sftp`) for settings that no batch can hold
 */
export const sftpTarget = (given: SftpSettings): Target => {
  const settings = checked(given);
  const name = `sftp://${settings.user}@${settings.host}:${settings.port ?? 22}/${settings.folder}`;
  const timeout = (settings.timeoutSeconds ?? defaultTimeout) * 1000;
  return {
    name,
    deliver: async (parcel, attempt, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      try {
        // The folder of the parcel is the working folder, so that only plain names stand in the batch.
        await run(
          settings.program ?? "sftp",
          argumentsOf(settings),
          parcel.folder,
          batchOf(parcel, settings.folder, attempt),
          limited,
        );
      } catch (error) {
        signal.throwIfAborted();
        const reason = limited.aborted ? `it took longer than ${timeout / 1000} s` : (error as Error).message;
        throw new DeliveryError(`${name} did not take the files: ${reason}`);
      }
    },
  };
};

/** Files to an SFTP server, by OpenSSH's own program in batch mode: keys, agents and ciphers are its business. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "@meterport/protocol/errors";
import { DeliveryError, FileRefused, type Parcel, type Target } from "./target.ts";

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

const lines = (commands: readonly string[]): string => commands.map((line) => `${line}\n`).join("");

const partOf = (folder: string, name: string): string => `"${folder}/.${name}.part"`;

/**
 * Each file is sent under a name with a dot, then renamed. Servers without OpenSSH's rename refuse to replace a file, so a repeated attempt removes
 * first what the one before may have left.
 */
const batchOf = ({ files }: Parcel, folder: string, attempt: number): string =>
  lines(
    files.flatMap(({ name }) => {
      const [part, whole] = [partOf(folder, name), `"${folder}/${name}"`];
      return [`put "${name}" ${part}`, ...(attempt > 1 ? [`-rm ${whole}`] : []), `rename ${part} ${whole}`];
    }),
  );

const probe = "probe";

/**
 * Whether a server takes anything: the same commands with a small file, which is gone again. What the files left is removed first, or they would
 * take the room that the small one needs.
 */
const probeOf = ({ files }: Parcel, folder: string): string => {
  // Of its own for each parcel: several may go to one folder at once.
  const name = `meterport-${files.at(-1)?.sha256.slice(0, 16)}.${probe}`;
  const [part, whole] = [partOf(folder, name), `"${folder}/.${name}"`];
  const left = files.map((file) => `-rm ${partOf(folder, file.name)}`);
  return lines([...left, `put "${probe}" ${part}`, `-rm ${whole}`, `rename ${part} ${whole}`, `-rm ${whole}`]);
};

/** The last line that says something, without control characters. */
const reasonIn = (output: string): string =>
  output
    .replaceAll("\r", "")
    .replace(/[^\x20-\x7e\n]/g, "?")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("sftp>") && !/^Connection closed/.test(line))
    .at(-1) ?? "it gave no reason";

/** The program's own, for a command that the server did not do; ssh ends with 255 if it is not reached or does not let in. */
const commandFailed = 1;

class SftpFailure extends Error {
  readonly code: number | null;

  constructor(code: number | null, reason: string) {
    super(reason);
    this.code = code;
  }
}

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
    child.once("close", (code) => (code === 0 ? resolve() : reject(new SftpFailure(code, reasonIn(output)))));
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
  const batch = (cwd: string, text: string, signal: AbortSignal): Promise<void> =>
    run(settings.program ?? "sftp", argumentsOf(settings), cwd, text, signal);
  /** SFTP's statuses say as little of a file that is not wanted as of a disk that is full: another file tells them apart. */
  const takesOthers = async (parcel: Parcel, signal: AbortSignal): Promise<boolean> => {
    const folder = await mkdtemp(join(tmpdir(), "meterport-sftp-"));
    try {
      await writeFile(join(folder, probe), `${probe}\n`);
      await batch(folder, probeOf(parcel, settings.folder), signal);
      return true;
    } catch {
      return false;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    name,
    deliver: async (parcel, attempt, signal) => {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      try {
        // The folder of the parcel is the working folder, so that only plain names stand in the batch.
        await batch(parcel.folder, batchOf(parcel, settings.folder, attempt), limited);
      } catch (error) {
        signal.throwIfAborted();
        const reason = limited.aborted ? `it took longer than ${timeout / 1000} s` : (error as Error).message;
        const mayRefuse = !limited.aborted && error instanceof SftpFailure && error.code === commandFailed;
        if (mayRefuse && (await takesOthers(parcel, limited)))
          throw new FileRefused(`${name} takes other files, and not these: ${reason}`);
        signal.throwIfAborted();
        throw new DeliveryError(`${name} did not take the files: ${reason}`);
      }
    },
  };
};

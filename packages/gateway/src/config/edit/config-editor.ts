/** Changes the configuration file on behalf of the API: checked as a whole, written at once, then reloaded. */
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { UsageError } from "@meterport/protocol/errors";
import type { Entropy, Millis } from "@meterport/protocol/ports";
import { isSealed } from "../../settings/sealing.ts";
import { pathText } from "../complaints.ts";
import { type Config, loadConfigOf } from "../config.ts";
import { type ConfigFile, parseConfigFile } from "../config-file.ts";
import { type ConfigSources, configPath } from "../config-sources.ts";
import { planReload } from "../reload-plan.ts";
import type { ReloadOutcome } from "../reloader.ts";
import { sealSecret } from "../seal-secret.ts";
import { type Refusal, refusalsOf, variableInEffect } from "./machine-only.ts";
import { isRawMap, type RawMap, type RawValue } from "./raw-config.ts";
import { rewriteConfig } from "./rewrite-config.ts";
import { mapNewSecrets } from "./written-values.ts";

/** What is wrong, and of which key; the key is null if it is of no single one. */
export interface Problem {
  readonly path: string | null;
  readonly message: string;
}

/** What the editor gets of the world. */
export interface EditorWorld {
  readonly entropy: Entropy;
  readonly wall: () => Millis;
  /** @throws UsageError if it exists or cannot be written */
  readonly createFile: (path: string, text: string) => void;
  /** @throws UsageError if it cannot be written */
  readonly replaceFile: (path: string, text: string) => void;
  /** The names of the files beside one that begin with its name. */
  readonly siblings: (path: string) => readonly string[];
  readonly removeFile: (path: string) => void;
  /** Whether the file can be replaced, or made. */
  readonly canWrite: (path: string) => boolean;
}

export interface ConfigEditorOptions {
  readonly sources: ConfigSources;
  readonly world: EditorWorld;
  /** What the daemon runs with. */
  readonly current: () => Config;
  readonly reload: () => Promise<ReloadOutcome>;
  /** Why this configuration would not start here; undefined if it would. */
  readonly objection?: ((config: Config) => Refusal | undefined) | undefined;
  /** Why nothing can be changed, in one sentence; undefined if it can. */
  readonly frozen?: string | undefined;
}

/** The file as it is now. */
export interface FileState {
  /** Where the file is, or will be. */
  readonly path: string;
  readonly exists: boolean;
  /** Changes with each change of the file. */
  readonly revision: string;
  readonly value: RawMap;
  /** Why it cannot be changed; undefined if it can. */
  readonly frozen: string | undefined;
}

/** A tree that is to replace the file's. */
export interface Edit {
  readonly value: RawMap;
  /** What was changed: problems elsewhere are told with their place in the file. */
  readonly touched: readonly (readonly PropertyKey[])[];
  /** What a path is called in sentences; as in the file if omitted. */
  readonly named?: ((path: readonly PropertyKey[]) => string) | undefined;
}

export interface EditRequest {
  /** Makes the new tree of the one that is there. @throws EditProblem */
  readonly edit: (file: RawMap) => Edit;
  /** That of the file that the change was made for; any if omitted. */
  readonly revision?: string | undefined;
  /** Whether only to tell what would come of it. */
  readonly dryRun?: boolean | undefined;
}

/** Thrown by an edit that its own request makes impossible. */
export class EditProblem extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    super(problems[0]?.message);
    this.problems = problems;
  }
}

export type EditOutcome =
  | {
      readonly result: "done";
      readonly revision: string;
      /** The file; null if nothing was written. */
      readonly written: string | null;
      /** A copy of the old file; null if there was none, or nothing was written. */
      readonly before: string | null;
      /** What came of the reload, or would come of it. */
      readonly outcome: ReloadOutcome;
    }
  | { readonly result: "wrong"; readonly problems: readonly Problem[] }
  /** Somebody else has changed the file. */
  | { readonly result: "stale"; readonly revision: string }
  | { readonly result: "impossible"; readonly problems: readonly Problem[] };

type NotDone = Exclude<EditOutcome, { readonly result: "done" }>;

interface Written {
  readonly revision: string;
  readonly written: string | null;
  readonly before: string | null;
}

const revisionOf = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 16);

/** Copies of the old file that are kept. */
const mostCopies = 20;

/** A mark in front of what the request itself is to blame for. */
const mark = "@";

const problemOf = (sentence: string): Problem => {
  const [, path = "", message] = /^@(\S*): ([\s\S]*)$/.exec(sentence) ?? [];
  return message === undefined ? { path: null, message: sentence } : { path: path === "" ? null : path, message };
};

const startsWith = (path: readonly PropertyKey[], start: readonly PropertyKey[]): boolean =>
  start.every((part, n) => path[n] === part);

/** The file with another tree; what was changed is named as in the request. */
const editedFile = (file: ConfigFile, { value, touched, named = pathText }: Edit) => {
  const isTouched = (at: readonly PropertyKey[]): boolean =>
    touched.some((path) => startsWith(at, path) || startsWith(path, at));
  return {
    value,
    place: (at: readonly PropertyKey[], name?: string): string => {
      if (!isTouched(at)) return file.place(at, name);
      const path = named(name === undefined ? at : [...at, name]);
      // Words in place of a path are of the whole.
      return `${mark}${path.includes(" ") ? "" : path}`;
    },
    named,
  };
};

export class ConfigEditor {
  readonly #options: ConfigEditorOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigEditorOptions) {
    this.#options = options;
  }

  /** The variable of the environment that sets a key now. */
  readonly variableOf = (path: string): string | undefined => variableInEffect(path, this.#options.sources.env);

  /** The file as it is now. */
  readonly state = (): FileState => {
    const { text: _, file: __, ...state } = this.#read();
    return state;
  };

  /** One change after the other. */
  readonly change = (request: EditRequest): Promise<EditOutcome> => {
    const result = this.#last.then(() => this.#change(request));
    this.#last = result.catch(() => {});
    return result;
  };

  #frozen(path: string): string | undefined {
    const { world, frozen } = this.#options;
    if (frozen !== undefined || world.canWrite(path)) return frozen;
    return `the gateway may not write ${path}: change the file on the machine, or give the user of the gateway the right to write in its folder`;
  }

  #read(): FileState & { readonly text: string; readonly file: ConfigFile } {
    const { sources } = this.#options;
    const { path } = configPath(sources);
    const frozen = this.#frozen(path);
    try {
      const text = sources.readFile(path);
      const file = parseConfigFile(path, text ?? "");
      const value = file.value as RawValue;
      if (!isRawMap(value)) throw new UsageError("config", `${path} does not hold names with values`);
      const revision = revisionOf(text ?? "");
      return { ...{ path, exists: text !== undefined, revision, value, frozen }, text: text ?? "", file };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const nothing = { value: {}, place: () => path };
      return {
        ...{ path, exists: true, revision: "", value: {}, frozen: frozen ?? error.message },
        text: "",
        file: nothing,
      };
    }
  }

  async #change({ edit, revision, dryRun = false }: EditRequest): Promise<EditOutcome> {
    const { sources, objection, current, reload } = this.#options;
    const { path, text, file, ...state } = this.#read();
    if (state.frozen !== undefined) return { result: "impossible", problems: [{ path: null, message: state.frozen }] };
    if (revision !== undefined && revision !== state.revision) return { result: "stale", revision: state.revision };
    try {
      const wanted = edit(state.value);
      const refusals = refusalsOf(state.value, wanted.value, sources.env);
      if (refusals.length > 0) return { result: "impossible", problems: refusals };
      const config = loadConfigOf(sources, editedFile(file, wanted));
      const against = objection?.(config);
      if (against !== undefined) return { result: "impossible", problems: [against] };
      if (dryRun) {
        const outcome: ReloadOutcome = { ok: true, plan: planReload(current(), config) };
        return { result: "done", revision: state.revision, written: null, before: null, outcome };
      }
      const written = this.#written(path, text, state.value, wanted.value);
      return "result" in written ? written : { result: "done", ...written, outcome: await reload() };
    } catch (error) {
      if (error instanceof EditProblem) return { result: "wrong", problems: error.problems };
      if (!(error instanceof UsageError)) throw error;
      return { result: "wrong", problems: error.message.split("\n").map(problemOf) };
    }
  }

  #written(path: string, before: string, old: RawMap, wanted: RawMap): Written | NotDone {
    try {
      return this.#write(path, before, old, wanted);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { result: "impossible", problems: [{ path: null, message: error.message }] };
    }
  }

  /** @throws UsageError if it cannot be written */
  #write(path: string, before: string, old: RawMap, wanted: RawMap): Written | NotDone {
    const { sources, world } = this.#options;
    const sealed = this.#sealed(old, wanted);
    const after = rewriteConfig(path, before, old, sealed);
    if (after === before) return { revision: revisionOf(before), written: null, before: null };
    // The next start has to open what is sealed now.
    if (!isDeepStrictEqual(sealed, wanted)) loadConfigOf(sources, { value: sealed, place: () => path });
    if ((sources.readFile(path) ?? "") !== before) return { result: "stale", revision: this.state().revision };
    const copy = before === "" ? null : this.#copy(path, before);
    world.replaceFile(path, after);
    return { revision: revisionOf(after), written: path, before: copy };
  }

  #copy(path: string, text: string): string {
    const { world } = this.#options;
    const start = `${path}.changed-`;
    const copy = `${start}${new Date(world.wall()).toISOString().replaceAll(":", "-")}-${revisionOf(text).slice(0, 4)}`;
    const others = world.siblings(start);
    if (!others.includes(copy)) world.createFile(copy, text);
    for (const old of [...others].sort().slice(0, Math.max(0, others.length + 1 - mostCopies))) world.removeFile(old);
    return copy;
  }

  /** The tree with each new secret sealed, so that the file alone tells none. */
  #sealed(old: RawMap, wanted: RawMap): RawMap {
    const { sources, world, current } = this.#options;
    const deps = { env: sources.env, data: current().data, readFile: sources.readFile, ...world };
    return mapNewSecrets(wanted, old, [], (text) =>
      text.startsWith("@") || isSealed(text) ? text : sealSecret(text, deps).sealed,
    ) as RawMap;
  }
}

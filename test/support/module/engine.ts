/** A JavaScript engine as small as a microcontroller's, with limited memory, on a line to a virtual meter in virtual time. */
import variant from "@jitl/quickjs-wasmfile-release-sync";
import { parseProfile } from "@meterport/protocol";
import { Secret } from "@meterport/protocol/mep/security/key";
import { modelledLine, seeded, VirtualMeter } from "@meterport/simulator";
import { build } from "esbuild";
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
  type QuickJSWASMModule,
} from "quickjs-emscripten-core";
import { root } from "../sources.ts";
import { VirtualClock } from "../virtual-clock.ts";

/** What a program needs before it runs. */
export interface ModuleOptions {
  /** "live-program" of this folder. */
  readonly program: string;
  readonly profile: string;
  readonly tls: boolean;
  /** Bytes of heap that the engine may take once the program is loaded, with what the allocator adds to each. */
  readonly memory: number;
  /** Bytes of stack that it may take. */
  readonly stack: number;
}

export interface Ran {
  /** What the program ended with. */
  readonly outcome: { readonly value?: unknown; readonly error?: string };
  /** Bytes of the program's text. */
  readonly program: number;
  /** Bytes of heap as the engine counts them: after it was loaded, and the most that was seen while it ran. */
  readonly loaded: number;
  readonly most: number;
  /** Bytes of heap that were taken when it was loaded, with what the allocator adds. */
  readonly taken: number;
  /** Milliseconds on the meter's line. */
  readonly took: number;
}

/** 64 kB each, as WebAssembly counts: what the engine's build asks for at least. */
const pages = 256;
/** What Node has and its types do not name as a value. */
const { WebAssembly: host } = globalThis as unknown as {
  readonly WebAssembly: { readonly Memory: new (size: { initial: number; maximum: number }) => object };
};

interface Allocator {
  readonly _malloc: (bytes: number) => number;
  readonly _free: (address: number) => void;
}

/**
 * Reserves all of a heap except what its program may use. The engine's own limit cannot: in this build it counts eight bytes per
 * allocation of any size. Here the heap cannot grow, so the part that the program must not use is allocated beforehand.
 */
class Ballast {
  readonly #allocator: Allocator;
  readonly #all: number;

  constructor(allocator: Allocator) {
    this.#allocator = allocator;
    const pieces = this.#take();
    this.#all = sum(pieces);
    for (const { at } of pieces) allocator._free(at);
  }

  /** Takes all that is free, to the smallest gap. */
  #take(): Piece[] {
    const pieces: Piece[] = [];
    for (const size of [4096, 256, 16])
      for (let at = this.#allocator._malloc(size); at !== 0; at = this.#allocator._malloc(size))
        pieces.push({ at, size: size + overhead });
    return pieces;
  }

  /** Leaves the program that many bytes, including those that it has; returns how many it has. */
  lower(bytes: number): number {
    const pieces = this.#take();
    const used = this.#all - sum(pieces);
    // The large ones that were taken last lie next to each other.
    const large = pieces.filter(({ size }) => size > 4096);
    for (let left = bytes - used; left > 0; left -= 4096 + overhead) this.#allocator._free((large.pop() as Piece).at);
    return used;
  }
}
interface Piece {
  readonly at: number;
  readonly size: number;
}
const overhead = 8;
const sum = (pieces: readonly Piece[]): number => pieces.reduce((total, { size }) => total + size, 0);

const openEngine = async (): Promise<{ readonly quick: QuickJSWASMModule; readonly ballast: Ballast }> => {
  const wasmMemory = new host.Memory({ initial: pages, maximum: pages });
  const base = variant as unknown as QuickJSSyncVariant;
  const quick = await newQuickJSWASMModuleFromVariant(newVariant(base, { wasmMemory: wasmMemory as never }));
  return { quick, ballast: new Ballast((quick as unknown as { readonly module: Allocator }).module) };
};

const bundled = async (program: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [`${root}test/support/module/${program}.ts`],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]?.text ?? "";
};

/** Runs a program of this folder to its end. */
export const runOnModule = async ({ program, profile, tls, memory, stack }: ModuleOptions): Promise<Ran> => {
  const text = await bundled(program);
  const clock = new VirtualClock();
  const meter = new VirtualMeter({
    profile: parseProfile(profile),
    keys: { basic: new Secret(new Uint8Array(16).fill(1)), advanced: new Secret(new Uint8Array(16).fill(2)) },
    scenario: "house",
    seed: 1,
    start: clock.wall(),
    tls: tls ? ["required"] : ["off"],
  });
  const line = modelledLine({ meter, clock });
  const { quick, ballast } = await openEngine();
  const runtime = quick.newRuntime({ memoryLimitBytes: memory, maxStackSizeBytes: stack });
  const context = runtime.newContext();
  const random = seeded(9);

  const use = <T>(handle: QuickJSHandle, look: (handle: QuickJSHandle) => T): T => {
    try {
      return look(handle);
    } finally {
      handle.dispose();
    }
  };
  const heap = (): number =>
    use(
      runtime.computeMemoryUsage(),
      (usage) => (context.dump(usage) as { memory_used_size: number }).memory_used_size,
    );
  let most = 0;
  lend(context, {
    now: () => context.newNumber(clock.now()),
    wall: () => context.newNumber(clock.wall()),
    random: (length) =>
      context.newArrayBuffer(
        Uint8Array.from({ length: context.getNumber(length) }, () => Math.floor(random() * 256)).buffer,
      ),
    write: (bytes) => {
      most = Math.max(most, heap());
      const copy = use(bytes, (handle) => Uint8Array.from(context.getArrayBuffer(handle).value));
      void line.write(copy);
      return context.undefined;
    },
  });
  use(tls ? context.true : context.false, (flag) => context.setProp(context.global, "inTls", flag));
  // A module loads compiled code from its flash; compiling it here takes more memory than running it.
  context.unwrapResult(context.evalCode(text, "program.js")).dispose();
  const taken = ballast.lower(memory);
  const loaded = heap();

  let unschedule = (): void => {};
  const guest = context.getProp(context.global, "guest");
  const call = (name: string, ...args: readonly QuickJSHandle[]): unknown =>
    use(context.getProp(guest, name), (member) =>
      use(context.unwrapResult(context.callFunction(member, guest, ...args)), (result) => context.dump(result)),
    );
  /** Promises of the program run until none can, and its next time is noted. */
  const settle = (): void => {
    context.unwrapResult(runtime.executePendingJobs());
    unschedule();
    const next = call("next") as number | undefined;
    unschedule = next === undefined ? () => {} : clock.at(next, tick);
  };
  const tick = (): void => {
    call("tick");
    settle();
  };
  const hear = (async () => {
    for await (const chunk of line.chunks) {
      use(context.newArrayBuffer(Uint8Array.from(chunk).buffer), (bytes) => call("receive", bytes));
      settle();
    }
  })();
  settle();
  let outcome: unknown;
  for (const began = clock.now(); outcome === undefined && clock.now() - began < 3_600_000; outcome = call("outcome"))
    await clock.advance(100);
  most = Math.max(most, heap());
  await line.close();
  await hear;
  unschedule();
  guest.dispose();
  context.dispose();
  runtime.dispose();
  return {
    outcome: JSON.parse((outcome as string | undefined) ?? '{"error":"it hangs"}') as Ran["outcome"],
    program: text.length,
    loaded,
    most,
    taken,
    took: clock.now(),
  };
};

/** The four functions that the program gets from its host. */
const lend = (
  context: QuickJSContext,
  functions: Readonly<Record<string, (argument: QuickJSHandle) => QuickJSHandle>>,
): void => {
  const host = context.newObject();
  for (const [name, body] of Object.entries(functions)) {
    const made = context.newFunction(name, body);
    context.setProp(host, name, made);
    made.dispose();
  }
  context.setProp(context.global, "host", host);
  host.dispose();
};

/** The contract of every transport, as one suite for all of them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concat, toHex } from "@meterport/protocol/bytes";
import { LinkError } from "@meterport/protocol/errors";
import type { Transport } from "@meterport/protocol/ports";

export interface TransportCase {
  readonly name: string;
  readonly skip?: string | false;
  /** Two ends that are joined. */
  readonly open: () => Promise<readonly [Transport, Transport]>;
  /** Whether the second end learns that the first was closed: a serial line does not show it. */
  readonly tellsEnd: boolean;
}

/** The next `length` bytes. */
export const take = async (transport: Transport, length: number): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let got = 0;
  const iterator = transport.chunks[Symbol.asyncIterator]();
  while (got < length) {
    const { value, done } = await iterator.next();
    if (done === true) throw new Error(`ended after ${got} of ${length} bytes`);
    parts.push(value);
    got += value.length;
  }
  return concat(...parts);
};

const isClosed = (error: unknown): boolean => error instanceof LinkError && error.code === "closed";
const everyByte = Uint8Array.from({ length: 256 }, (_, n) => n);

export const transportContract = ({ name, skip = false, open, tellsEnd }: TransportCase): void => {
  describe(`transport ${name}`, { skip, timeout: 30_000 }, () => {
    const both = async (use: (a: Transport, b: Transport) => Promise<void>): Promise<void> => {
      const [a, b] = await open();
      try {
        await use(a, b);
      } finally {
        await Promise.all([b.close(), a.close()]);
      }
    };

    test("carries every byte unchanged, both ways at once", () =>
      both(async (a, b) => {
        await Promise.all([a.write(everyByte), b.write(everyByte.toReversed())]);
        const [atB, atA] = await Promise.all([take(b, 256), take(a, 256)]);
        assert.equal(toHex(atB), toHex(everyByte));
        assert.equal(toHex(atA), toHex(everyByte.toReversed()));
      }));

    test("keeps the order of writes, and takes a copy of what is written", () =>
      both(async (a, b) => {
        const buffer = new Uint8Array(2);
        const writes: Promise<void>[] = [];
        for (let i = 0; i < 200; i++) {
          buffer.set([i, 255 - i]);
          writes.push(a.write(buffer));
        }
        await Promise.all(writes);
        const got = await take(b, 400);
        assert.deepEqual([...got], Array.from({ length: 200 }, (_, i) => [i, 255 - i]).flat());
      }));

    test("hands out plain arrays of bytes", () =>
      both(async (a, b) => {
        await a.write(Uint8Array.of(1));
        const { value } = await b.chunks[Symbol.asyncIterator]().next();
        assert.equal(Object.getPrototypeOf(value), Uint8Array.prototype);
      }));

    test("ends its own chunks and refuses writes once it is closed, which may be done twice", () =>
      both(async (a) => {
        const waiting = a.chunks[Symbol.asyncIterator]().next();
        await Promise.all([a.close(), a.close()]);
        await a.close();
        assert.equal((await waiting).done, true);
        await assert.rejects(a.write(Uint8Array.of(1)), isClosed);
      }));

    test(
      "ends the chunks of the other side when it is closed",
      { skip: !tellsEnd && "a serial line does not show it" },
      () =>
        both(async (a, b) => {
          await a.write(Uint8Array.of(7));
          await a.close();
          const seen: number[] = [];
          for await (const piece of b.chunks) seen.push(...piece);
          assert.deepEqual(seen, [7]);
        }),
    );

    test("hands on what came and what comes, one after the other while it is wanted, and then its end", async (t) => {
      const [a, b] = await open();
      const { handTo } = b.chunks;
      if (handTo === undefined) {
        await Promise.all([a.close(), b.close()]);
        return t.skip("it only gives what it is asked for");
      }
      await a.write(Uint8Array.of(1, 2));
      const got: number[] = [];
      let wants = false;
      let heard = (): void => {};
      const until = async (done: () => boolean): Promise<void> => {
        while (!done()) await new Promise<void>((resolve) => (heard = resolve));
      };
      let ends = 0;
      const more = handTo({
        take: (bytes) => {
          got.push(...bytes);
          heard();
          return wants;
        },
        end: (error) => {
          assert.equal(error, undefined);
          ends++;
          heard();
        },
      });
      assert.deepEqual(got, [], "not before it has returned");
      await until(() => got.length > 0);
      await a.write(Uint8Array.of(3));
      const before = [...got];
      await new Promise<void>((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(got, before, "nothing while that was enough");
      wants = true;
      more();
      await until(() => got.length === 3);
      await a.write(Uint8Array.of(4));
      await until(() => got.length === 4);
      assert.deepEqual([got, ends], [[1, 2, 3, 4], 0]);
      await b.close();
      await until(() => ends > 0);
      await a.close();
      assert.equal(ends, 1);
    });

    test("has a name for messages", () =>
      both(async (a, b) => {
        assert.match(a.name, /\S/);
        assert.match(b.name, /\S/);
      }));
  });
};

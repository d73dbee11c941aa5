/** The two ways to read a pipe, each made of the other: pieces that are handed on as they come, and a loop that asks for each. */
import type { Chunks, Receiver } from "@meterport/protocol/ports";

type HandTo = NonNullable<Chunks["handTo"]>;
type Piece = IteratorResult<Uint8Array, undefined>;

const last: Piece = { done: true, value: undefined };

/** Hands on what a loop would give. Nothing is asked for while the receiver has had enough. */
export const handing = (chunks: AsyncIterable<Uint8Array>): HandTo => {
  const pieces = chunks[Symbol.asyncIterator]();
  return ({ take, end }) => {
    const came = (piece: IteratorResult<Uint8Array>): void => {
      if (piece.done === true) end();
      else if (take(piece.value)) more();
    };
    const more = (): void => void pieces.next().then(came, end);
    more();
    return more;
  };
};

/** A loop over what is handed on. Nothing is taken that was not asked for. */
export const iterated = (handTo: HandTo): AsyncIterator<Uint8Array, undefined> => {
  let more: (() => void) | undefined;
  let waiting: { readonly resolve: (piece: Piece) => void; readonly reject: (error: unknown) => void } | undefined;
  /** What came, or the end, while nobody asked. */
  const kept: (() => Piece)[] = [];
  const settle = (): void => {
    const next = waiting === undefined ? undefined : kept.shift();
    if (waiting === undefined || next === undefined) return;
    const { resolve, reject } = waiting;
    waiting = undefined;
    try {
      resolve(next());
    } catch (error) {
      reject(error);
    }
  };
  const receiver: Receiver = {
    take: (value) => {
      kept.push(() => ({ done: false, value }));
      settle();
      return false;
    },
    end: (error) => {
      kept.push(() => {
        kept.push(() => last);
        if (error !== undefined) throw error;
        return last;
      });
      settle();
    },
  };
  return {
    next: () =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        settle();
        if (waiting === undefined) return;
        if (more === undefined) more = handTo(receiver);
        else more();
      }),
  };
};

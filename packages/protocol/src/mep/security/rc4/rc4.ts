/** The RC4 stream cipher. It was broken long ago; it is here because the meters speak it (MEP guide 1.1, Appendix B). */

/** A key stream at some place. */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** Starts with a key, or goes on from if another stream stands. @throws RangeError for a key that is empty or longer than 256 bytes. */
  constructor(key: Uint8Array | Rc4) {
    if (key instanceof Rc4) {
      this.#state.set(key.#state);
      this.#i = key.#i;
      this.#j = key.#j;
      return;
    }
    if (key.length === 0 || key.length > 256) throw new RangeError(`an RC4 key has 1 to 256 bytes, not ${key.length}`);
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      const held = state[i] as number;
      j = (j + held + (key[i % key.length] as number)) & 0xff;
      state[i] = state[j] as number;
      state[j] = held;
    }
  }

  /** A stream that goes on from here; this one stays as it is. */
  fork(): Rc4 {
    return new Rc4(this);
  }

  /** Encrypts or decrypts `bytes` from `start` up to `end` in place and moves on. */
  apply(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let at = start; at < end; at++) {
      i = (i + 1) & 0xff;
      const a = state[i] as number;
      j = (j + a) & 0xff;
      const b = state[j] as number;
      state[i] = b;
      state[j] = a;
      bytes[at] = (bytes[at] as number) ^ (state[(a + b) & 0xff] as number);
    }
    this.#i = i;
    this.#j = j;
  }
}

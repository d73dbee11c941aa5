import assert from "node:assert/strict";
import { test } from "node:test";
import { stayAwake } from "./stay-awake.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));

class Page extends EventTarget {
  hidden = false;
  show(seen: boolean): void {
    this.hidden = !seen;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

const locks = () => {
  const count = { taken: 0, released: 0 };
  const request = async () => {
    count.taken++;
    return {
      release: async () => {
        count.released++;
      },
    };
  };
  return { count, request };
};

test("holds the screen on, takes the lock again when the page is seen again, and gives it back", async () => {
  const [page, { count, request }] = [new Page(), locks()];
  const end = stayAwake(page, request);
  await settled();
  assert.deepEqual(count, { taken: 1, released: 0 });
  page.show(false);
  page.show(true);
  await settled();
  assert.equal(count.taken, 2);
  end();
  page.show(true);
  await settled();
  assert.deepEqual(count, { taken: 2, released: 1 });
});

test("a lock that is granted after the end is given back", async () => {
  const { count, request } = locks();
  stayAwake(new Page(), request)();
  await settled();
  assert.deepEqual(count, { taken: 1, released: 1 });
});

test("a browser that has no lock, or refuses it, changes nothing", async () => {
  stayAwake(new Page(), () => undefined)();
  stayAwake(new Page(), () => Promise.reject(new Error("the battery is low")))();
  await settled();
});

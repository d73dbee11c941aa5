/** Records that carry their own length, in a run of known length. */
import { walkRecords } from "./array.ts";
import { type Dim, toExpr } from "./expression.ts";
import { joinPath, type Layout, outermost } from "./layout.ts";

/** Elements one after another that fill exactly `length` bytes: however many the device has put there. */
export const recordsWithin = <T, E, S>(length: Dim<S>, element: Layout<T, E>): Layout<T[], E & S> => {
  const expr = toExpr(length);
  return {
    fixedSize: expr.fixed,
    needs: [...expr.needs, ...element.needs],
    indexed: expr.indexed,
    size: (env, scope) => expr.eval(env, scope),
    describe: () => ({
      kind: "array",
      count: `filling ${expr.text} bytes`,
      extent: ["length", expr.tree],
      element: element.describe(),
    }),
    // Where the second record lies is only known from the first.
    walk: (walk, env, scope, offset, path, value) => {
      if (value !== undefined) walkRecords(element, walk, env, offset, path, value);
      else if (expr.eval(env, scope) > 0) element.walk?.(walk, env, outermost, offset, joinPath(path, 0));
    },
    decode: (reader, env, scope) => {
      const start = reader.pos;
      const end = start + expr.eval(env, scope);
      if (!(end >= start)) throw reader.error("shape", `its records cannot have ${end - start} bytes`);
      const out: T[] = [];
      while (reader.pos < end) {
        const from = reader.pos;
        reader.path.push(out.length);
        out.push(element.decode(reader, env, { index: out.length, self: undefined }));
        if (reader.pos > end) throw reader.error("shape", `a record goes past the ${end - start} bytes of the list`);
        if (reader.pos === from) throw reader.error("shape", "a record without bytes");
        reader.path.pop();
      }
      return out;
    },
    encode: (writer, values, env, scope) => {
      if (!Array.isArray(values)) throw writer.error("shape", "needs a list of records");
      const start = writer.pos;
      values.forEach((value, index) => {
        writer.path.push(index);
        element.encode(writer, value as T, env, { index, self: undefined });
        writer.path.pop();
      });
      const wanted = expr.eval(env, scope);
      if (writer.pos - start !== wanted)
        throw writer.error("shape", `its records have ${writer.pos - start} bytes, but ${expr.text} says ${wanted}`);
    },
  };
};

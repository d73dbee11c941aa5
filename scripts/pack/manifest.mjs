/** The published package.json, made from the one in the checkout. */

/** Where the packages run once they are JavaScript; their sources need a Node that strips types. */
const engines = { node: ">=20" };

const keywords = ["smart-meter", "electricity", "energy", "osgp", "nes", "echelon", "mep", "ansi-c12"];

/** "./src/*.ts" becomes "./dist/*.js" with its declarations; anything else stays unchanged. */
const published = (target) => {
  const [, path] = /^\.\/src\/(.+)\.ts$/.exec(target ?? "") ?? [];
  return path === undefined ? target : { types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` };
};

/** Whether it has importable entries, for which declarations are needed. */
export const isLibrary = ({ exports = {} }) => Object.values(exports).some((target) => target?.startsWith("./src/"));

/**
 * @param own what the checkout says
 * @param files names of the files and folders that are published beside README, LICENSE and package.json
 */
export const publishedManifest = (own, files) => {
  const { name, version, description, license, type, sideEffects, bin, exports = {} } = own;
  const { dependencies, peerDependencies, peerDependenciesMeta } = own;
  const entries = Object.entries(exports).map(([entry, target]) => [entry, published(target)]);
  return {
    name,
    version,
    description,
    keywords,
    license,
    type,
    sideEffects,
    engines,
    bin,
    exports: { ...Object.fromEntries(entries), "./package.json": "./package.json" },
    files,
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
    publishConfig: { access: "public" },
  };
};

/** The ready-made pieces of docs/consumers: pages, the fences in them, and files to import. */
import { projectFiles, textOf } from "./sources.ts";

const folder = "docs/consumers/";

/** Paths of the files with an ending, such as ".md". */
export const piecesWith = (ending: string): readonly string[] =>
  projectFiles().filter((path) => path.startsWith(folder) && path.endsWith(ending));

export interface Piece {
  /** "docs/consumers/evcc.md:31" */
  readonly place: string;
  readonly text: string;
  /** The file that it is, as its first line says: "evcc.yaml"; meterport.yaml if it says nothing. */
  readonly file: string;
}

/** The fences of a language on all pages. */
export const fences = (language: string): readonly Piece[] =>
  piecesWith(".md").flatMap((path) => {
    const page = textOf(path);
    return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
      ({ index, 1: text = "" }) => ({
        place: `${path}:${page.slice(0, index).split("\n").length}`,
        text,
        file: /^# (\S+\.yaml|\S+\.yml)\n/.exec(text)?.[1] ?? "meterport.yaml",
      }),
    );
  });

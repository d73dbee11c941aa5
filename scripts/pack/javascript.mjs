/**
 * JavaScript of a source, line for line: types, comments and the space between tokens are removed, and the rest
 * stays in its line. So a stack trace names the source's lines even without source maps, and
 * what is published is what Node makes of the sources in a checkout. Comments are in the declarations, where editors look
 * for them. Space was a twentieth of a tarball.
 */
import { stripTypeScriptTypes } from "node:module";
import ts from "typescript";

/** Whether two tokens would become another one, or a comment, if these characters touched. */
const wouldJoin = (last, first) =>
  (/[\w$]/.test(last) && /[\w$#\\]/.test(first)) ||
  (/[+-]/.test(last) && last === first) ||
  (last === "/" && /[/*]/.test(first)) ||
  (/\d/.test(last) && first === ".");

const isDocumentation = ({ kind }) => kind >= ts.SyntaxKind.FirstJSDocNode && kind <= ts.SyntaxKind.LastJSDocNode;

const isSpecifier = ({ parent }) =>
  ts.isImportDeclaration(parent) ||
  ts.isExportDeclaration(parent) ||
  (ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword);

const written = (token, text) =>
  ts.isStringLiteral(token) && isSpecifier(token) ? text.replace(/^(["']\.{1,2}\/.*)\.ts(["'])$/, "$1.js$2") : text;

/**
 * @example
 * javaScriptOf('import { a } from "./a.ts";\nexport const b: number = a; // why\n')
 * // 'import{a}from"./a.js";\nexport const b=a;\n'
 */
export const javaScriptOf = (source) => {
  const text = stripTypeScriptTypes(source);
  const [hashbang = ""] = /^#!.*/.exec(text) ?? [];
  const file = ts.createSourceFile("x.js", text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  let result = hashbang;
  const visit = (node) => {
    // Documentation is a separate node, but still part of the text between tokens.
    const children = node.getChildren(file).filter((child) => !isDocumentation(child));
    if (children.length > 0) return children.forEach(visit);
    if (node.pos === node.end) return;
    const [from, start] = [Math.max(node.pos, hashbang.length), node.getStart(file, false)];
    const breaks = text.slice(from, start).split("\n").length - 1;
    const token = written(node, text.slice(start, node.end));
    result += breaks > 0 ? "\n".repeat(breaks) : start > from && wouldJoin(result.at(-1) ?? "", token[0]) ? " " : "";
    result += token;
  };
  visit(file);
  return `${result.trimEnd()}\n`;
};

/** The source map of such JavaScript: each line is that of the source. */
export const lineMapOf = (javaScript, source) => {
  const lines = javaScript.split("\n").length - 1;
  const mappings = ["AAAA", ...Array.from({ length: lines - 1 }, () => "AACA")].join(";");
  return JSON.stringify({ version: 3, sources: [source], names: [], mappings });
};

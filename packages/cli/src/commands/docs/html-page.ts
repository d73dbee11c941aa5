/** The reference as one self-contained HTML page, with styles, script and search. */
import { referenceRows } from "@meterport/protocol/layout/markdown";
import { escaped } from "../../format/html.ts";
import { pageScript, pageStyle } from "./page-parts.ts";
import type { Part, Reference, Section } from "./reference.ts";

const heads = ["Field", "Offset", "Type", "Unit", "VCI", "Meaning"]
  .map((head) => `<th scope="col">${head}</th>`)
  .join("");

const partHtml = (section: Section, { title, layout }: Part): string => {
  const rows = referenceRows(layout).map(({ path, offset, type, unit, control, meaning }) => {
    const name = `${section.id}.${path}`;
    const rest = [offset, type, unit, control, meaning].map((text) => `<td>${escaped(text)}</td>`).join("");
    return `<tr><th scope="row"><a id="${escaped(name)}" href="#${escaped(name)}">${escaped(path)}</a></th>${rest}</tr>`;
  });
  const caption = title === "" ? "" : `<h3>${escaped(title)}</h3>\n`;
  return `${caption}<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table></div>`;
};

const sectionHtml = (section: Section): string => {
  const { id, number, title, notes, parts } = section;
  return `<section id="${id}">
<h2><a href="#${id}">${id}</a> <small>${number}</small> ${escaped(title)}</h2>
<p>${escaped(notes.join(" "))}</p>
${parts.map((part) => partHtml(section, part)).join("\n")}
</section>`;
};

export const htmlPage = ({ title, introduction, sections, named }: Reference): string => {
  const links = sections.map(({ id, title }) => `<li><a href="#${id}"><b>${id}</b> ${escaped(title)}</a></li>`);
  const others = named.map(({ id, number, title }) => `<li>${id} <small>${number}</small> ${escaped(title)}</li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<nav aria-label="Tables and procedures">
<label for="search">Search <kbd>/</kbd></label>
<input id="search" type="search" placeholder="ET13, billing, 0x001c, mA" autocomplete="off" spellcheck="false">
<p id="found" role="status"></p>
<ul>
${links.join("\n")}
</ul>
</nav>
<main>
<h1>${escaped(title)}</h1>
${introduction.map((text) => `<p>${escaped(text)}</p>`).join("\n")}
${sections.map(sectionHtml).join("\n")}
<section id="named">
<h2>Named only</h2>
<p>The guides name these without a layout; Meterport reads such tables as bytes.</p>
<ul>
${others.join("\n")}
</ul>
</section>
</main>
<script>${pageScript}</script>
</body>
</html>
`;
};

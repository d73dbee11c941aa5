/** The style of the reference page, and its search. */

export const pageStyle = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0a6c74; }
@media (prefers-color-scheme: dark) { :root { --accent: #5cc8d0; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1rem; border-right: 1px solid var(--line); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .15rem .3rem .15rem 4.6rem; text-indent: -4.3rem; color: inherit; text-decoration: none; border-radius: .25rem; }
nav li a:hover, nav li a:focus-visible { background: var(--soft); }
nav b { display: inline-block; min-width: 4rem; text-indent: 0; color: var(--accent); }
input { width: 100%; font: inherit; padding: .4rem .5rem; margin: .25rem 0; border: 1px solid var(--line); border-radius: .25rem; }
#found { margin: 0 0 .5rem; min-height: 1.5em; opacity: .75; }
kbd { border: 1px solid var(--line); border-radius: .25rem; padding: 0 .3rem; font-size: .85em; }
main { padding: 1rem 2rem 4rem; }
section { margin: 2.5rem 0 0; scroll-margin-top: 1rem; }
h2 { margin: 0; border-bottom: 1px solid var(--line); }
h2 a, th a { color: inherit; text-decoration: none; }
small { font-weight: normal; opacity: .7; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9em; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
tbody th { font: .95em ui-monospace, monospace; }
tr:target, tr:has(:target) { background: var(--soft); }
[hidden] { display: none !important; }
@media (max-width: 60rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 45vh; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
}
@media print { nav { display: none; } body { display: block; } }
`;

/** Each word must occur in a row or in the heading of its section; sections without a matching row are hidden. */
export const pageScript = `
const search = document.getElementById("search");
const found = document.getElementById("found");
const links = new Map([...document.querySelectorAll("nav li")].map((item) => [item.firstChild.hash.slice(1), item]));
const sections = [...document.querySelectorAll("main section")].map((section) => ({
  section,
  head: (section.querySelector("h2").textContent + " " + (section.querySelector("p")?.textContent ?? "")).toLowerCase(),
  rows: [...section.querySelectorAll("tbody tr, ul li")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
}));
const filter = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const { section, head, rows } of sections) {
    const left = words.filter((word) => !head.includes(word));
    let hits = 0;
    for (const { row, text } of rows) {
      const hit = left.every((word) => text.includes(word));
      row.hidden = !hit;
      if (hit) hits++;
    }
    const visible = left.length === 0 || hits > 0;
    section.hidden = !visible;
    const link = links.get(section.id);
    if (link) link.hidden = !visible;
    if (visible) shown++;
  }
  found.textContent = words.length === 0 ? "" : shown === 1 ? "1 section" : shown + " sections";
};
search.addEventListener("input", filter);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && search.value !== "") {
    search.value = "";
    filter();
  }
});
`;

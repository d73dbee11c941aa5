/** A diagnosis as one self-contained HTML page to attach to a report; it contains nothing secret. */
import type { Verdict } from "@meterport/doctor/diagnosis";
import type { Examined } from "@meterport/doctor/examined";
import { filled, findingText, wordsOf } from "@meterport/doctor/words/words";
import { escaped } from "../../format/html.ts";

const marks: Readonly<Record<Verdict, string>> = { good: "✓", warning: "!", bad: "✗", unknown: "·" };

const style = `
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --warning: #9a6700; --bad: #c62828; --unknown: #777; }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --warning: #d4a72c; --bad: #ff7b72; --unknown: #999; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 50rem; padding: 1.5rem 1rem 3rem; font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
p { margin: .4rem 0; }
.who, footer { opacity: .75; font-size: .9em; }
.verdict { border-left: .35rem solid var(--tone); padding: .2rem 0 .2rem 1rem; margin: 1.5rem 0; }
.verdict strong { font-size: 1.25rem; color: var(--tone); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; white-space: nowrap; }
td:first-child { font-weight: 700; color: var(--tone); width: 1.6rem; }
.bar { display: inline-block; height: .7rem; background: var(--bad); border-radius: 2px; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .75rem; }
@media (max-width: 36rem) { th { white-space: normal; } }
`;

/** The whole document. */
export const diagnosisPage = ({ diagnosis, time, kind, security, language }: Examined): string => {
  const words = wordsOf(language);
  const { sickness, usable, checks, broken, meter, took } = diagnosis;
  const told = sickness === null ? undefined : words.sicknesses[sickness];
  const tone = sickness === null ? "good" : usable ? "warning" : "bad";
  const rows = checks.map(
    (check) =>
      `<tr style="--tone: var(--${check.verdict})"><td>${marks[check.verdict]}</td><th scope="row">${escaped(words.checks[check.name])}</th><td>${escaped(findingText(words, check))}</td></tr>`,
  );
  const most = Math.max(1, ...broken.map(({ count }) => count));
  const bars = broken.map(
    (lengths) =>
      `<tr><td>${escaped(filled(words.brokenLine, { ...lengths }))}</td><td><span class="bar" style="width: ${Math.round((100 * lengths.count) / most)}%"></span></td></tr>`,
  );
  const verdict =
    told === undefined
      ? `<p><strong>${escaped(words.healthy)}</strong></p>`
      : `<p><strong>${escaped(told.name)}</strong></p><p>${escaped(told.cause)}</p><p>${escaped(usable ? words.usable : words.unusable)}</p>
<h2>${escaped(words.remedy)}</h2><ol>${told.remedies.map((remedy) => `<li>${escaped(remedy)}</li>`).join("")}</ol>`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(words.title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(words.title)}</h1>
<p class="who">${escaped(`${time} · ${kind} · ${security} · ${meter ?? words.unknownMeter} · ${Math.round(took / 1000)} s`)}</p>
<div class="verdict" style="--tone: var(--${tone})">${verdict}</div>
<h2>${escaped(words.layers)}</h2>
<table>${rows.join("\n")}</table>
${broken.length === 0 ? "" : `<h2>${escaped(words.brokenTitle)}</h2><table>${bars.join("\n")}</table>`}
<footer>${escaped(words.noSecrets)}</footer>
</body>
</html>
`;
};

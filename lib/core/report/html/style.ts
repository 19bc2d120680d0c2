import type { Html } from "./text.ts";

const LIGHT = `color-scheme:light dark;--page:#f7f8fa;--panel:#fff;--text:#17202b;--soft:#55616f;--rule:#dfe4ea;--track:#e6eaef;--link:#0a58b5;
--compliant:#1a7f4b;--noncompliant:#c4321c;--exempt:#6f55c2;--na:#7d8896;--unknown:#a96f00;--warn:#fdf1ee;--edge:#c9d1da`;
const DARK = `--page:#0f141a;--panel:#171e27;--text:#e7ecf2;--soft:#a2aebb;--rule:#2c3744;--track:#2a3440;--link:#82b8ff;
--compliant:#45b882;--noncompliant:#ff7d66;--exempt:#b09af2;--na:#8793a1;--unknown:#e3b152;--warn:#2c1c1a;--edge:#05080b`;

/** Text, headings, links and boxes. */
const BASE = `*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);overflow-wrap:anywhere;font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif}
header,main,footer,nav ul{max-width:76rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:1.75rem}
h1{font-size:1.05rem;font-weight:600;margin:0}
header p{margin:.15rem 0 .9rem;font-size:.875rem}
h2{font-size:1.35rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;margin:0 0 .35rem;scroll-margin-top:4rem}
section{padding:2.25rem 0 .5rem}
p{max-width:46rem;margin:.4rem 0}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:.2rem}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;z-index:3;background:var(--panel);padding:.5rem}
nav{position:sticky;top:0;z-index:2;background:var(--page);border-bottom:1px solid var(--rule)}
nav ul{list-style:none;display:flex;gap:1.4rem;overflow-x:auto;scrollbar-width:none}
nav a{display:block;padding:.65rem 0;white-space:nowrap;text-decoration:none;font-size:.9rem;font-weight:500}nav a:hover{text-decoration:underline}
nav a:focus-visible{outline-offset:-3px}
footer{padding-top:2rem;padding-bottom:2.5rem;font-size:.875rem}
.soft,.more,.none,figcaption{color:var(--soft)}.more,.none,figcaption{font-size:.875rem}
.panel{background:var(--panel);border:1px solid var(--rule);border-radius:.75rem;padding:1.5rem 1.75rem}
.warn{background:var(--warn);border:1px solid var(--noncompliant);border-radius:.75rem;padding:.85rem 1.25rem;margin:1rem 0 0}
.warn p{margin:0}.warn ul{margin:.35rem 0 0}
ul.plain{padding-left:1.2rem;max-width:60rem;font-size:.9rem}ul.plain li{margin:.15rem 0}
details{margin:.75rem 0}summary{cursor:pointer;color:var(--link);width:fit-content;font-size:.9rem}`;

/** The headline, tiles and charts. */
const FIGURES = `.hero{display:grid;grid-template-columns:minmax(16rem,1fr) minmax(20rem,1.55fr);gap:1.5rem 3rem}
.headline{font-size:4rem;line-height:1.05;font-weight:700;letter-spacing:-.03em;margin:.25rem 0 0;font-variant-numeric:tabular-nums}
.headline.words{font-size:2.25rem;letter-spacing:-.02em}
.change{margin:.35rem 0 .6rem}.up,.down{font-weight:600}.up{color:var(--compliant)}.down{color:var(--noncompliant)}
.glance{margin:0;align-self:center}.glance div{display:grid;grid-template-columns:8.5rem 1fr;gap:.75rem;padding:.5rem 0;border-top:1px solid var(--rule)}
.glance div:first-child{border-top:0}.glance dt{color:var(--soft)}.glance dd{margin:0}
.whole{grid-column:1/-1}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.tiles div{background:var(--panel);border:1px solid var(--rule);border-radius:.75rem;padding:.8rem 1.1rem}
.tiles dt{color:var(--soft);font-size:.875rem}.tiles dd{margin:0;font-size:1.75rem;line-height:1.25;font-weight:650;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.tiles dd.note{font-size:.8rem;line-height:1.4;font-weight:400;letter-spacing:0;color:var(--soft)}
figure{margin:1rem 0 0}svg{display:block;width:100%}
.bar{height:1.1rem;border-radius:.3rem}.bar rect{stroke:var(--panel);stroke-width:1.5}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.4rem;padding:0;margin:.6rem 0 0;font-size:.9rem;font-variant-numeric:tabular-nums}
.key{display:inline-block;width:.7rem;height:.7rem;border-radius:.2rem;margin-right:.45rem}
.fill-compliant{fill:var(--compliant);background:var(--compliant)}.fill-noncompliant{fill:var(--noncompliant);background:var(--noncompliant)}
.fill-exempt{fill:var(--exempt);background:var(--exempt)}.fill-not-applicable{fill:var(--na);background:var(--na)}
.fill-unknown{fill:var(--unknown);background:var(--unknown)}.track{fill:var(--track)}
.trend svg{overflow:visible}.trend{display:grid;grid-template-columns:46px minmax(0,1fr)}
.grid{stroke:var(--rule)}.changed{stroke:var(--soft);stroke-dasharray:3 3}.tick{fill:var(--soft);font-size:12px}.value{fill:var(--text);font-size:13px;font-weight:600}
.line{fill:none;stroke:var(--link);stroke-width:2.25;vector-effect:non-scaling-stroke;stroke-linejoin:round}.area{fill:var(--link);opacity:.1}
.dot{fill:var(--link);stroke:var(--panel);stroke-width:1.5}.dot.partial{fill:var(--panel);stroke:var(--link);stroke-width:2}
.meter{width:4.5rem;height:.4rem;border-radius:.2rem;display:inline-block;margin-right:.6rem;vertical-align:middle}`;

/** Tables scroll in boxes of their own, so that the page never scrolls sideways. */
const TABLES = `.scroll{overflow:auto;max-height:36rem;margin:.9rem 0 .4rem;background:linear-gradient(to left,var(--panel) 1.2rem,transparent) right/2.5rem 100% no-repeat local,linear-gradient(to left,var(--edge),transparent) right/1.1rem 100% no-repeat scroll,var(--panel);border:1px solid var(--rule);border-radius:.75rem}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:.875rem;line-height:1.4}
caption{text-align:left;padding:.75rem 1rem .5rem;font-weight:600;font-size:.95rem}
th,td{text-align:left;padding:.5rem .6rem;border-top:1px solid var(--rule);vertical-align:top;min-width:5rem}
th:first-child{padding-left:1rem}th:last-child,td:last-child{padding-right:1rem}
thead th{position:sticky;top:0;z-index:1;background:var(--panel);border-bottom:1px solid var(--rule);overflow-wrap:normal;font-weight:600;color:var(--soft);vertical-align:bottom}
tbody tr:first-child>*{border-top:0}tbody tr:hover>*{background:var(--page)}
tbody th{font-weight:500;min-width:11rem}thead .n{white-space:normal}th:first-child{position:sticky;left:0;background:var(--panel)}thead th:first-child{z-index:2}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;min-width:0}
.wide{min-width:14rem}.fold{min-width:6rem}.middle{min-width:7.75rem}.long{min-width:9rem}.day{white-space:nowrap}.narrow{max-width:46rem}.share{display:inline-block;min-width:3.3rem}tbody .note{color:var(--soft);font-weight:400;font-size:.8rem;margin-top:.15rem}.place{display:none;color:var(--soft);font-weight:400;font-size:.8rem;margin-top:.15rem}
.pill{display:inline-block;border:1px solid currentColor;border-radius:1rem;padding:0 .5rem;font-size:.75rem;font-weight:600;white-space:nowrap}.pill.bad{color:var(--noncompliant)}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:inherit}
th button::after{content:"\\a0\\2195";opacity:.55}th[aria-sort=ascending] button::after{content:"\\a0\\2191";opacity:1}th[aria-sort=descending] button::after{content:"\\a0\\2193";opacity:1}
th button:hover,th[aria-sort] button{color:var(--text)}
.filter{display:flex;flex-wrap:wrap;align-items:center;gap:.35rem .75rem;margin:1rem 0 0;font-size:.9rem}
.filter input::placeholder{color:var(--soft);opacity:1}.filter input{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--na);border-radius:.4rem;padding:.35rem .6rem;width:20rem;max-width:100%}`;

const PHONE = `header,main,footer,nav ul{padding-left:1rem;padding-right:1rem}header{padding-top:1.1rem}
section{padding-top:1.75rem}.panel{padding:1.1rem 1rem}
.hero{grid-template-columns:minmax(0,1fr)}.headline{font-size:3.25rem}.glance div{grid-template-columns:6rem 1fr;font-size:.95rem}
.tiles{grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr));gap:.5rem}.tiles:has(div:nth-child(4)){grid-template-columns:1fr 1fr}.tiles div{padding:.6rem .75rem}.tiles dd{font-size:1.4rem}
.scroll{max-height:32rem}.fold{display:none}.place{display:block}tbody th{min-width:7rem}.wide{min-width:8rem}
.meter{width:2.5rem;margin-right:.3rem}th,td{padding:.45rem .5rem}th:first-child,caption{padding-left:.75rem}`;

const PRINT = `:root{color-scheme:light}body{font-size:11pt;background:#fff}nav,.skip,.filter,th button::after{display:none}.scroll{overflow:visible;max-height:none}th,th:first-child,thead th{position:static}
.panel,.scroll,.tiles div{border-color:#bbb}tr,.tiles div,figure{break-inside:avoid}h2,caption{break-after:avoid}section{padding-top:1.25rem}
svg,.key{print-color-adjust:exact;-webkit-print-color-adjust:exact}details::details-content{content-visibility:visible;block-size:auto}`;

/** The page's style: no font, image or sheet from elsewhere; contrast at least 4.5:1 for text, light and dark. */
export const STYLE: Html = {
  html: `:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
${BASE}
${FIGURES}
${TABLES}
@media(max-width:44rem){${PHONE}}
@media(prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{${PRINT}}`,
};

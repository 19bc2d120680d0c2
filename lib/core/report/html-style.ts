import type { Html } from "./html-text.ts";

/** The page's style: no font, image or sheet from elsewhere; contrast at least 4.5:1 for text, light and dark. */
export const STYLE: Html = {
  html: `:root{color-scheme:light dark;--page:#fff;--text:#1c2430;--soft:#55606f;--rule:#d5dbe3;--panel:#f5f7fa;--link:#0b57b0;
--compliant:#1a7f4b;--noncompliant:#c4321c;--exempt:#7a5cc4;--na:#8a94a3;--unknown:#b07708}
@media(prefers-color-scheme:dark){:root{--page:#12161c;--text:#e6eaf0;--soft:#a3adbb;--rule:#333c48;--panel:#1b212a;--link:#7db5ff;
--compliant:#4cc38a;--noncompliant:#ff7a63;--exempt:#b39cf5;--na:#8a94a3;--unknown:#e5b454}}
*{box-sizing:border-box}
body{margin:0;overflow-wrap:anywhere;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:72rem;margin:0 auto;padding:1rem}
h1{font-size:1.25rem;margin:.5rem 0 0;font-weight:600}
h2{font-size:1.2rem;margin:2.5rem 0 .75rem;border-bottom:1px solid var(--rule);padding-bottom:.25rem}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{max-width:46rem;margin:.5rem 0}
a{color:var(--link)}
a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--page);padding:.5rem}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;padding:0;margin:.75rem 0}
.headline{font-size:3.25rem;line-height:1.1;font-weight:700;margin:.25rem 0}
.soft,.more,.none,figcaption,caption{color:var(--soft)}
.warn{border-left:4px solid var(--noncompliant);background:var(--panel);padding:.75rem 1rem;margin:1rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0;padding:0}
.tiles div{background:var(--panel);border:1px solid var(--rule);border-radius:.5rem;padding:.75rem 1rem}
.tiles dt{color:var(--soft);font-size:.875rem}.tiles dd{margin:0;font-size:1.6rem;font-weight:650;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}
caption{text-align:left;padding:.25rem 0;font-weight:600}
th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--rule);vertical-align:top;overflow-wrap:anywhere;min-width:5rem}
thead th{background:var(--panel);overflow-wrap:normal}
tbody th{font-weight:500;min-width:11rem}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;min-width:0}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-decoration:underline dotted}
input{font:inherit;color:inherit;background:var(--page);border:1px solid var(--soft);border-radius:.3rem;padding:.3rem .5rem;max-width:100%}
figure{margin:1rem 0}svg{display:block;width:100%;height:auto}
.bar{height:1.25rem;border-radius:.3rem}.trend{max-width:46rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.5rem 0;font-size:.9rem}
.key{display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;margin-right:.4rem}
.fill-compliant{fill:var(--compliant);background:var(--compliant)}.fill-noncompliant{fill:var(--noncompliant);background:var(--noncompliant)}
.fill-exempt{fill:var(--exempt);background:var(--exempt)}.fill-not-applicable{fill:var(--na);background:var(--na)}
.fill-unknown{fill:var(--unknown);background:var(--unknown)}
.grid{stroke:var(--rule)}.tick{fill:var(--soft);font-size:12px}.line{fill:none;stroke:var(--link);stroke-width:2.5}
.dot{fill:var(--link)}.dot.partial{fill:var(--page);stroke:var(--link);stroke-width:2}
details{margin:.5rem 0}ul.plain{padding-left:1.2rem;max-width:60rem;overflow-wrap:anywhere}
@media(max-width:40rem){header,main,footer{padding:.75rem}.headline{font-size:2.5rem}th,td{padding:.35rem .4rem}}
@media print{nav,.filter{display:none}.scroll{overflow:visible}}`,
};

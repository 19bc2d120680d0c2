import type { Html } from "./text.ts";

/** Sorting by a column and filtering rows. Nothing on the page needs it, and no value of a report stands in it. */
export const SCRIPT = `"use strict";
for(const table of document.querySelectorAll("table[data-sort]")){
const body=table.tBodies[0],heads=[...table.tHead.rows[0].cells];
const order=new Intl.Collator("en",{numeric:true}).compare;
heads.forEach((head,column)=>{
const button=document.createElement("button");button.type="button";button.textContent=head.textContent.trim();head.replaceChildren(button);
button.addEventListener("click",()=>{
const number=head.classList.contains("n");
const next=head.ariaSort===null?(number?"descending":"ascending"):head.ariaSort==="ascending"?"descending":"ascending";
for(const other of heads)other.removeAttribute("aria-sort");
head.setAttribute("aria-sort",next);
const value=(row)=>{const cell=row.cells[column];return number?Number(cell.dataset.value):(cell.dataset.value??cell.textContent).trim()};
const rows=[...body.rows].sort((a,b)=>number?value(a)-value(b):order(value(a),value(b)));
body.replaceChildren(...(next==="descending"?rows.reverse():rows))})});
if(table.dataset.filter===undefined)continue;
const box=document.createElement("div");box.className="filter";
const label=document.createElement("label");label.textContent="Filter rows ";
const input=document.createElement("input");input.type="search";input.placeholder="name, type, region, tag …";label.append(input);
const shown=document.createElement("span");shown.className="soft";shown.setAttribute("role","status");
box.append(label,shown);table.parentElement.before(box);
input.addEventListener("input",()=>{const wanted=input.value.trim().toLowerCase();let count=0;
for(const row of body.rows){row.hidden=!row.textContent.toLowerCase().includes(wanted);if(!row.hidden)count+=1}
shown.textContent=wanted===""?"":count+" of "+body.rows.length+" rows"})}`;

/** Of the script, for the page's content security policy: nothing else may run there. */
export const SCRIPT_HASH = "sha256-n16iald0ZlvDh2CG5N7GAtGzkVGXlZEqvRZlfwW0nIU=";

/** The script as it stands on the page, to the letter: its hash covers all that is between the tags. */
export const SCRIPT_ELEMENT: Html = { html: `<script>${SCRIPT}</script>` };

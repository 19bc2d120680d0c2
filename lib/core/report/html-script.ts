import type { Html } from "./html-text.ts";

/** Sorting by a column and filtering rows. Nothing on the page needs it, and no value of a report stands in it. */
export const SCRIPT: Html = {
  html: `for(const table of document.querySelectorAll("table[data-sort]")){
const body=table.tBodies[0];
table.querySelectorAll("thead th").forEach((head,column)=>{
const button=document.createElement("button");button.type="button";button.textContent=head.textContent;head.replaceChildren(button);
button.addEventListener("click",()=>{
const down=head.getAttribute("aria-sort")==="ascending";
table.querySelectorAll("thead th").forEach((other)=>other.removeAttribute("aria-sort"));
head.setAttribute("aria-sort",down?"descending":"ascending");
const value=(row)=>{const cell=row.cells[column];return cell.dataset.value===undefined?cell.textContent:Number(cell.dataset.value)};
const rows=[...body.rows].sort((a,b)=>{const x=value(a),y=value(b);return typeof x==="number"&&typeof y==="number"?x-y:String(x).localeCompare(String(y))});
body.replaceChildren(...(down?rows.reverse():rows))})});
if(table.dataset.filter===undefined)continue;
const label=document.createElement("label");label.className="filter";label.textContent="Show only rows with ";
const input=document.createElement("input");input.type="search";label.append(input);
const shown=document.createElement("span");shown.className="soft filter";shown.setAttribute("role","status");
table.parentElement.before(label," ",shown);
input.addEventListener("input",()=>{const wanted=input.value.toLowerCase();let count=0;
for(const row of body.rows){row.hidden=!row.textContent.toLowerCase().includes(wanted);if(!row.hidden)count+=1}
shown.textContent=wanted===""?"":count+" of "+body.rows.length+" rows"})}`,
};

/** The checker's build without Java and native binaries, which its own types don't name. */
declare module "recheck/lib/browser.js" {
  export { checkSync } from "recheck";
}

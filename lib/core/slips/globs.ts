/** Signs that mean something in other languages, and in a glob only themselves. */
export function globSlip(glob: string): string | undefined {
  if (glob.includes("|")) {
    return `"${glob}" stands for itself, | and all: for one of several write a list, [${glob.split("|").join(", ")}]`;
  }
  if (glob.includes(".*")) {
    return `"${glob}" is a glob, in which . stands for itself and * alone for any text: write "${glob.replaceAll(".*", "*")}"`;
  }
  const whole = glob.replace(/^\^/, "").replace(/\$$/, "");
  return whole === glob ? undefined : `"${glob}" is a glob, which holds for the whole text anyway: write "${whole}"`;
}

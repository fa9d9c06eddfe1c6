/** The configuration files that the lab ships in lab/ at the package's root, with {{names}} to fill in. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the package: three levels above both src/platform/lab and dist/platform/lab. */
export const PACKAGE_FOLDER = fileURLToPath(new URL("../../../", import.meta.url));

/** Returns the template of that name with every {{name}} replaced; a name without a value is a mistake in our code. */
export function fillTemplate(file: string, values: Readonly<Record<string, string | number>>): string {
  return fill(readFileSync(`${PACKAGE_FOLDER}lab/${file}`, "utf8"), values);
}

export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`expected a value for {{${name}}}, got none`);
    return String(value);
  });
}
